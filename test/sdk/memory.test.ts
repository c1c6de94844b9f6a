import * as fc from "fast-check";
import { expect, it } from "vitest";
import { coreModuleOf } from "../capsule/built.ts";
import { buildCapsule, linkCapsule } from "./capsule.ts";

const MESSAGES = 1_000_000;
const HANDLE = "doteros:capsule/handler@0.1.0#handle";

// Texts, arrays, documents, a fault now and then: all that a message leaves behind.
const SOURCE = `import { CborWriter, Json, Message, invalid, takeFault } from "doteros-wasm/sdk/assemblyscript";

export function handle(message: Message): void {
  const json = Json.read(message.payload);
  if (json === null) return invalid("no JSON at " + Json.problemAt().toString());
  const parts = (message.subject + "." + json.getNumber("n").toString()).split(".");
  const out = new CborWriter().array(parts.length);
  for (let i = 0; i < parts.length; i++) out.text(parts[i].toUpperCase());
  if (Json.read(out.bytes()) === null && json.getBool("fault")) invalid("not this one");
  if (json.getBool("taken")) takeFault();
}
`;

interface Core {
  readonly memory: WebAssembly.Memory;
  cabi_realloc(old: number, oldSize: number, align: number, size: number): number;
  [HANDLE](...message: number[]): number;
}

// Blocks of sizes that the payload says, each filled and looked at again at the end, some of them grown on the way.
const BLOCKS = `import { Message, invalid } from "doteros-wasm/sdk/assemblyscript";

export function handle(message: Message): void {
  const sizes = Uint32Array.wrap(message.payload.buffer);
  const blocks = new Array<Uint8Array>();
  const grown = new Array<i32>();
  for (let i = 0; i < sizes.length; i++) {
    const block = new Uint8Array(sizes[i]);
    for (let at = 0; at < block.length; at++) if (block[at] != 0) return invalid("a new block is not empty");
    blocks.push(block.fill(<u8>i));
    for (let more: u32 = 0; more < sizes[i] % 7; more++) grown.push(i);
  }
  let next = 0;
  for (let i = 0; i < blocks.length; i++) {
    for (let at = 0; at < blocks[i].length; at++) if (blocks[i][at] != <u8>i) return invalid("a block was written over");
    for (let more: u32 = 0; more < sizes[i] % 7; more++) if (grown[next++] != i) return invalid("an array was written over");
  }
}
`;

it("blocks of any size keep to themselves, up to the last byte of a page", async () => {
  const capsule = await linkCapsule((await buildCapsule({ "index.ts": BLOCKS })).component, {});
  const size = fc.oneof(fc.nat({ max: 40 }), fc.nat({ max: 3000 }), fc.integer({ min: 60_000, max: 66_000 }));
  fc.assert(
    fc.property(fc.array(size, { maxLength: 60 }), (sizes) => {
      expect(capsule.send("blocks", new Uint8Array(Uint32Array.from(sizes).buffer))).toBeUndefined();
    }),
    { numRuns: Number(process.env["DOTEROS_RUNS"] ?? 100), seed: Number(process.env["DOTEROS_SEED"] ?? 4711) },
  );
}, 600_000);

it("blocks to the last byte of memory", async () => {
  const { component } = await buildCapsule({ "index.ts": BLOCKS });
  for (let size = 58_000; size < 64_000; size += 8) {
    const capsule = await linkCapsule(component, {});
    expect(capsule.send("blocks", new Uint8Array(Uint32Array.of(size, 8, 8, 8, 70_000).buffer))).toBeUndefined();
  }
}, 600_000);

// With a collector, for plug-ins that remember: what a global refers to lives on, and an outcome lives until it is read.
const REMEMBERING = `import { CborWriter, Json, JsonWriter, Message, invalid, messaging } from "doteros-wasm/sdk/assemblyscript";

let seen = new Array<string>();

export function handle(message: Message): void {
  const json = Json.read(message.payload);
  if (json === null) return invalid("no JSON at " + Json.problemAt().toString() + " after " + seen.join(" "));
  const out = new JsonWriter().array();
  seen.push(json.getText("word")!);
  for (let i = max(0, seen.length - 3); i < seen.length; i++) out.text(seen[i]);
  messaging.publish(new Message("seen", out.end().bytes()));
  messaging.publish(new Message("seen", new CborWriter().array(1).text(seen[0] + "x".repeat(300)).bytes()));
}
`;

it("with memory that is kept, objects live as long as something refers to them", async () => {
  const { component } = await buildCapsule({ "index.ts": REMEMBERING }, "capsule", "kept");
  const sent: string[] = [];
  const capsule = await linkCapsule(component, { messaging: { publish: ({ payload }: { payload: Uint8Array }) => void sent.push(new TextDecoder().decode(payload)) } });
  const words = Array.from({ length: 300 }, (_, index) => `wörd${index}`);
  for (const word of words) {
    sent.length = 0;
    expect(capsule.send("seen", JSON.stringify({ word }))).toBeUndefined();
    expect(sent[1]).toContain(`wörd0${"x".repeat(300)}`);
  }
  expect(JSON.parse(sent[0] ?? "")).toEqual(words.slice(-3));
  expect(capsule.send("seen", "[")).toEqual({ tag: "invalid", val: `no JSON at 1 after ${words.join(" ")}` });
}, 300_000);

it("a million messages leave the heap where it was", async () => {
  const { component } = await buildCapsule({ "index.ts": SOURCE });
  const core = new WebAssembly.Instance(new WebAssembly.Module(coreModuleOf(component)), {}).exports as unknown as Core;
  const texts = ['{"n":1}', '{"n":2.5,"fault":true}', '{"n":3,"fault":true,"taken":true}', '{"n":'].map((text) => new TextEncoder().encode(text));
  const subject = Buffer.from("readings.seattle", "utf16le");
  const send = (payload: Uint8Array): boolean => {
    const to = core.cabi_realloc(0, 0, 2, subject.length);
    const body = core.cabi_realloc(0, 0, 1, payload.length);
    const bytes = new Uint8Array(core.memory.buffer);
    bytes.set(subject, to);
    bytes.set(payload, body);
    return bytes[core[HANDLE](to, subject.length / 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, body, payload.length)] === 0;
  };
  /** Where the next block would be. */
  const top = (): number => {
    const at = core.cabi_realloc(0, 0, 8, 8);
    send(texts[0] as Uint8Array);
    return at;
  };
  expect(texts.map(send)).toEqual([true, false, true, false]);
  const before = [top(), core.memory.buffer.byteLength];
  for (let index = 0; index < MESSAGES; index += 1) send(texts[index & 3] as Uint8Array);
  expect([top(), core.memory.buffer.byteLength]).toEqual(before);
}, 600_000);
