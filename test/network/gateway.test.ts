import { afterAll, beforeAll, expect, it } from "vitest";
import { createHost, serveHttp } from "../../host/index.ts";
import { foreignComponent, witOf } from "../dialect/foreign.ts";
import { threadPlatform } from "../fixture/threads.ts";
import { type Peers, startPeers } from "./peers.ts";
import { outsidePlatform } from "./platform.ts";

// A component that answers requests by asking a server: both worlds of wasi:http in one.
const code = `
import { Fields, OutgoingBody, OutgoingRequest, OutgoingResponse, ResponseOutparam } from "wasi:http/types@0.2.3";
import { handle as send } from "wasi:http/outgoing-handler@0.2.3";
const text = (data) => String.fromCharCode(...data);
const bytes = (line) => Uint8Array.from(line, (letter) => letter.charCodeAt(0));
const forward = (asked) => {
  const request = new OutgoingRequest(new Fields());
  request.setScheme({ tag: "HTTP" });
  request.setAuthority(text(asked.headers().get("x-to")[0]));
  request.setPathWithQuery(asked.pathWithQuery());
  const future = send(request, undefined);
  future.subscribe().block();
  const { tag, val } = future.get().val;
  return tag === "err" ? [502, val.tag] : [val.status(), text(val.headers().get("x-path")[0])];
};
export const incomingHandler = {
  handle(asked, out) {
    let answer;
    try { answer = forward(asked); } catch (error) { answer = [403, error.payload.tag]; }
    const response = new OutgoingResponse(new Fields());
    response.setStatusCode(answer[0]);
    const body = response.body();
    ResponseOutparam.set(out, { tag: "ok", val: response });
    body.write().blockingWriteAndFlush(bytes(answer[1]));
    OutgoingBody.finish(body, undefined);
  },
};`;

let component: Uint8Array;
let peers: Peers;
beforeAll(async () => {
  component = await foreignComponent({
    packages: [witOf("io"), witOf("http")],
    imports: ["wasi:http/types@0.2.3", "wasi:http/outgoing-handler@0.2.3"],
    exports: "wasi:http/incoming-handler@0.2.3",
    code,
  });
  peers = await startPeers();
}, 60_000);
afterAll(() => peers.close());

it.each([["none"], ["thread"]] as const)("answers requests by asking a server that it was granted, with isolation %s", async (isolation) => {
  const { web, echo } = peers.ports;
  const host = await createHost({ platform: { ...outsidePlatform, ...(threadPlatform.thread === undefined ? {} : { thread: threadPlatform.thread }) } });
  const capsule = await host.load(component, { grants: [`net:127.0.0.1:${web}`], limits: { fuelPerMessage: 1_000_000_000 }, isolation });
  const service = serveHttp(host, capsule);
  const ask = async (to: string, path: string): Promise<[number, string]> => {
    const response = await service.fetch(new Request(`http://gateway.test${path}`, { headers: { "x-to": to } }));
    return [response.status, await response.text()];
  };
  expect(await ask(`127.0.0.1:${web}`, "/a?b")).toEqual([200, "/a?b"]);
  expect(await ask(`127.0.0.1:${echo}`, "/")).toEqual([403, "HTTP-request-denied"]);
  expect(await Promise.all(Array.from({ length: 20 }, (_, index) => ask(`127.0.0.1:${web}`, `/${index}`)))).toEqual(Array.from({ length: 20 }, (_, index) => [200, `/${index}`]));
  service.close();
  await host.close();
  expect(peers.count("open")).toBe(0);
}, 30_000);
