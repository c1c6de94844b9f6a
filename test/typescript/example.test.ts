import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { parseManifest } from "../../host/capability/manifest.ts";
import { buildScript } from "../../host/cli/javascript/build.ts";
import { compileComponent } from "../../host/component/index.ts";
import type { Message } from "../../host/contract/message.ts";
import { createHost } from "../../host/node.ts";
import { EXAMPLE } from "./building.ts";

const GRANTS = ["state", "publish=usage.>", "log", "subscribe=meters.*"];
/** More arrays inside each other than any stack has room for. */
const DEEP = "[".repeat(200_000);

describe("the example in TypeScript", () => {
  let typesChecked: boolean | undefined;
  let component = new Uint8Array();
  let manifest = parseManifest({ name: "meter", version: "1.0.0", capabilities: {}, subscriptions: [] });

  beforeAll(async () => {
    const text = await readFile(join(EXAMPLE, "capsule.yaml"), "utf8");
    manifest = parseManifest(parse(text));
    const project = { file: join(EXAMPLE, "src", "index.ts"), folder: EXAMPLE, wit: join(EXAMPLE, "..", "..", "..", "wit"), world: "capsule" };
    const built = await buildScript({ ...project, manifest: { text, value: manifest }, size: "fast" });
    typesChecked = built.typesChecked;
    component = new Uint8Array(built.component);
  }, 120_000);

  it("has its types checked", () => expect(typesChecked).toBe(true));

  it("imports the functions it uses and no others", async () => {
    const { imports } = await compileComponent(component);
    const functions = imports.flatMap(({ name, type }) => (type.kind === "instance" ? type.exports.filter((part) => part.type.kind === "func").map((part) => `${name}#${part.name}`) : []));
    expect(functions.sort()).toEqual([
      "doteros:capsule/messaging@0.1.0#publish",
      "doteros:capsule/state@0.1.0#get",
      "doteros:capsule/state@0.1.0#put",
      "wasi:logging/logging@0.1.0-draft#log",
    ]);
  });

  it("handles messages one transition after the other: state, publish, fault, trap", async () => {
    const lines: string[] = [];
    const host = await createHost({ log: ({ message }) => void lines.push(message) });
    const meter = await host.load(component, { manifest: { ...manifest, retry: { attempts: 1 } }, grants: GRANTS, limits: { fuelPerMessage: 1_000_000_000 } });
    const heard: string[] = [];
    host.subscribe("usage.>", ({ subject, payload }: Message) => void heard.push(`${subject} ${new TextDecoder().decode(payload)}`));
    const dead: string[] = [];
    host.subscribe("dlq.>", ({ headers }: Message) => void dead.push(headers.find(([name]) => name === "dead-letter-reason")?.[1] ?? ""));
    const send = async (subject: string, text: string): Promise<void> => {
      await host.publish(subject, text);
      await host.idle();
    };
    const last = (key: string): string => new TextDecoder().decode(meter.state.get(key));

    await send("meters.north", '{"kilowattHours":100}');
    expect([heard, last("north"), meter.state.version]).toEqual([[], "100", 1n]);

    await send("meters.north", '{"kilowattHours":112.5}');
    expect([heard, last("north"), meter.state.version]).toEqual([['usage.north {"kilowattHours":12.5}'], "112.5", 2n]);

    await send("meters.north", '{"kilowattHours":"much"}');
    await send("meters.north", "{");
    expect(dead).toEqual(["invalid: kilowattHours is not a number from 0 on", expect.stringMatching(/^failed: SyntaxError: .* \(src\/reading\.ts:10\)$/)]);
    expect([heard.length, last("north"), meter.counters.faults, meter.counters.traps]).toEqual([1, "112.5", 2, 0]);

    await send("meters.north", DEEP);
    expect(dead[2]).toContain("called itself too deep");
    expect([heard.length, last("north"), meter.counters.exhausted]).toEqual([1, "112.5", 1]);

    await send("meters.north", '{"kilowattHours":3}');
    expect(heard[1]).toBe('usage.north {"kilowattHours":3}');
    expect(lines).toEqual(["north fell from 112.5 to 3"]);
    expect(meter.counters.transitions).toBe(3);
    await host.close();
  }, 60_000);
});
