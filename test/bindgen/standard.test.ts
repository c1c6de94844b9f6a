import { cp, mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { witText } from "../../host/cli/bindgen/wit-text.ts";
import { ComponentError, compileComponent } from "../../host/component/index.ts";
import { command } from "../cli/command.ts";
import { buildGuest } from "./guest.ts";

const BUILD = join(import.meta.dirname, "..", "..", ".build");

/** The WIT of WASI as jco brings it: the HTTP package, with what it stands on under deps/. */
async function copyHttp(folder: string): Promise<void> {
  const jco = dirname(dirname(createRequire(import.meta.url).resolve("@bytecodealliance/jco")));
  const builtin = join(jco, "lib", "wit", "builtin");
  const version = (await readdir(builtin)).find((name) => name.startsWith("0.2.") && name >= "0.2.11");
  if (version === undefined) throw new Error("jco brings no WIT of WASI 0.2 along");
  for (const name of await readdir(join(builtin, version))) {
    await cp(join(builtin, version, name), name === "wasi-http" ? folder : join(folder, "deps", name), { recursive: true });
  }
}

const VISIT = `import { Result } from "./bindings/value";
import { increment } from "./bindings/atomics";
import { getMany, setMany } from "./bindings/batch";
import { ErrorTag, open } from "./bindings/store";
import { Tuple2 } from "./bindings/value";

export function visit(name: string, who: string): Result<u64, string> {
  const opened = open(name);
  if (opened.isError) {
    return Result.error<u64, string>(opened.error.tag == ErrorTag.Other ? opened.error.other : "not there");
  }
  const bucket = opened.value;
  const pairs = new Array<Tuple2<string, Uint8Array>>();
  pairs.push(new Tuple2<string, Uint8Array>("last", Uint8Array.wrap(String.UTF8.encode(who))));
  setMany(bucket, pairs);
  const keys: string[] = ["last", "missing"];
  const found = getMany(bucket, keys).value;
  const first = found[0];
  if (first === null || found[1] !== null || first.item0 != "last") return Result.error<u64, string>("wrong answer");
  const count = increment(bucket, "visits:" + String.UTF8.decode(first.item1.buffer), 2);
  bucket.delete("last");
  bucket.drop();
  return Result.ok<u64, string>(count.value);
}
`;

const HANDLER = `import { Fields, IncomingRequest, MethodTag, OutgoingResponse, ResponseOutparam } from "./bindings/types";
import { ErrorCode } from "./bindings/types";
import { Result } from "./bindings/value";

export function handle(request: IncomingRequest, out: ResponseOutparam): void {
  if (request.method().tag != MethodTag.Get) {
    ResponseOutparam.set(out, Result.error<OutgoingResponse, ErrorCode>(ErrorCode.HTTPRequestMethodInvalid()));
    return;
  }
  const headers = new Fields();
  const path = request.pathWithQuery();
  headers.append("x-path", Uint8Array.wrap(String.UTF8.encode(path === null ? "none" : path)));
  const response = new OutgoingResponse(headers);
  response.setStatusCode(418);
  request.drop();
  ResponseOutparam.set(out, Result.ok<OutgoingResponse, ErrorCode>(response));
}
`;

class Fields {
  readonly list: [string, string][] = [];
  append(name: string, value: Uint8Array): void {
    this.list.push([name, new TextDecoder().decode(value)]);
  }
}

class OutgoingResponse {
  readonly headers: Fields;
  status = 200;
  constructor(headers: Fields) {
    this.headers = headers;
  }
  setStatusCode(status: number): void {
    this.status = status;
  }
}

class IncomingRequest {
  readonly #method: string;
  constructor(method: string) {
    this.#method = method;
  }
  method(): unknown {
    return { tag: this.#method };
  }
  pathWithQuery(): string {
    return "/tea?pot=1";
  }
}

class ResponseOutparam {
  answer: unknown;
  static set(out: ResponseOutparam, answer: unknown): void {
    out.answer = answer;
  }
}

class Bucket {
  readonly entries = new Map<string, Uint8Array>();
  delete(key: string): void {
    this.entries.delete(key);
  }
}

describe("bindings of standard worlds", () => {
  let folder = "";

  beforeAll(async () => {
    await mkdir(BUILD, { recursive: true });
    folder = await mkdtemp(join(BUILD, "standard-"));
    await copyHttp(join(folder, "wit"));
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  it("serve wasi:http, and the functions that the guest leaves alone compile, too", async () => {
    const bytes = await buildGuest((await witText(join(folder, "wit"))).text, "proxy", { "incoming-handler.ts": HANDLER }, { isWhole: true });
    const component = await compileComponent(bytes);
    const types = component.imports.map(({ name }) => name).find((name) => name.startsWith("wasi:http/types@"));
    const handler = component.exports.map(({ name }) => name).find((name) => name.startsWith("wasi:http/incoming-handler@"));
    if (types === undefined || handler === undefined) throw new Error("the guest lacks its interfaces");
    const { exports } = await component.instantiate({ [types]: { Fields, OutgoingResponse, IncomingRequest, ResponseOutparam } });
    const { handle } = exports[handler] as { readonly handle: (request: IncomingRequest, out: ResponseOutparam) => void };
    const out = new ResponseOutparam();
    handle(new IncomingRequest("get"), out);
    const { val } = out.answer as { val: OutgoingResponse };
    expect([val.status, val.headers.list]).toEqual([418, [["x-path", "/tea?pot=1"]]]);
    handle(new IncomingRequest("post"), out);
    expect(out.answer).toEqual({ tag: "err", val: { tag: "HTTP-request-method-invalid" } });
  }, 300_000);

  it("use a key-value store in the shape of wasi:keyvalue", async () => {
    const wit = await readFile(join(import.meta.dirname, "keyvalue.wit"), "utf8");
    const component = await compileComponent(await buildGuest(wit, "client", { "world.ts": VISIT }, { isWhole: true }));
    const bucket = new Bucket();
    const counts = new Map<string, bigint>();
    const { exports } = await component.instantiate({
      "example:keyvalue/store@0.2.0-draft": {
        Bucket,
        open: (name: string) => {
          if (name !== "visits") throw new ComponentError({ tag: "other", val: `no ${name}` });
          return bucket;
        },
      },
      "example:keyvalue/atomics@0.2.0-draft": {
        increment: (_: Bucket, key: string, delta: bigint) => {
          counts.set(key, (counts.get(key) ?? 0n) + delta);
          return counts.get(key);
        },
      },
      "example:keyvalue/batch@0.2.0-draft": {
        getMany: ({ entries }: Bucket, keys: readonly string[]) =>
          keys.map((key) => (entries.has(key) ? [key, entries.get(key)] : undefined)),
        setMany: ({ entries }: Bucket, pairs: readonly [string, Uint8Array][]) => {
          for (const [key, value] of pairs) entries.set(key, value);
        },
      },
    });
    const visit = exports["visit"] as (store: string, who: string) => bigint;
    expect([visit("visits", "Ada"), visit("visits", "Ada"), counts, bucket.entries.size]).toEqual([2n, 4n, new Map([["visits:Ada", 4n]]), 0]);
    expect(() => visit("else", "Ada")).toThrow(expect.objectContaining({ payload: "no else" }));
  }, 300_000);

  it("are the same each time the command writes them", async () => {
    const texts = await Promise.all(
      ["one", "two"].map(async (name) => {
        const out = join(folder, name);
        const { code, stderr } = await command(["bindgen", "--wit", join(folder, "wit"), "--world", "proxy", "--out", out]);
        expect([code, stderr]).toEqual([0, ""]);
        const files = (await readdir(out)).sort();
        return Promise.all(files.map(async (file) => [file, await readFile(join(out, file), "utf8")]));
      }),
    );
    expect(texts[0]).toEqual(texts[1]);
    expect(texts[0]?.map(([file]) => file)).toEqual(expect.arrayContaining(["entry.ts", "exports.json", "types.ts", "value.ts"]));
  }, 300_000);
});
