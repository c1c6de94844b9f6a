import { expect, it } from "vitest";
import { coreModuleOf } from "../capsule/built.ts";
import { buildCapsule } from "./capsule.ts";

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
}, 120_000);
