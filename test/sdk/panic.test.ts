import { beforeAll, expect, it } from "vitest";
import { buildCapsule, linkCapsule } from "./capsule.ts";

const SOURCE = `import { Message, CborWriter, JsonWriter, u64Of } from "doteros-wasm/sdk/assemblyscript";

export function handle(message: Message): void {
  const what = message.text();
  if (what == "throw") throw new Error("the ärger is real");
  if (what == "assert") assert(message.subject.length > 100, "a subject of more than 100 letters");
  if (what == "bare") assert(false);
  if (what == "index") message.payload[7] = 1;
  if (what == "null") { const none: string | null = message.replyTo; none!.length; }
  if (what == "long") throw new Error("x".repeat(10000));
  if (what == "unreachable") unreachable();
  if (what == "short") u64Of(message.payload);
  if (what == "memory") heap.alloc(0xfffffff0);
  if (what == "json") new JsonWriter().object().text("no key");
  if (what == "cbor") new CborWriter().array(2).null().bytes();
}
`;
let bytes: Uint8Array = new Uint8Array();

beforeAll(async () => {
  ({ component: bytes } = await buildCapsule({ "index.ts": SOURCE }));
}, 300_000);

it.each([
  ["throw", /^the ärger is real in assembly\/index\.ts:5:24$/],
  ["assert", /^a subject of more than 100 letters in assembly\/index\.ts:6:25$/],
  ["bare", /^abort in assembly\/index\.ts:7:23$/],
  ["index", /^Index out of range in ~lib\/typedarray\.ts:\d+:\d+$/],
  ["null", /^unexpected null|Unexpected 'null' .* in assembly\/index\.ts:9:/],
  ["long", /^x{500}$/],
  ["unreachable", /^unreachable$/],
  ["short", /^a number of 64 bits has eight bytes in .*bytes\.ts:\d+:\d+$/],
  ["memory", /^out of memory in .*arena\.ts:\d+:\d+$/],
  ["json", /^a value in an object needs a name before it in .*writer\.ts:/],
  ["cbor", /^the CBOR document lacks items that were announced in .*writer\.ts:/],
])("a capsule that does %s says so in its trap", async (what, words) => {
  const capsule = await linkCapsule(bytes, {});
  expect(capsule.send("a", "fine")).toBeUndefined();
  let message = "";
  try {
    capsule.send("a", what);
  } catch (error) {
    message = (error as Error).message;
  }
  const prefix = "doteros:capsule/handler@0.1.0#handle trapped: ";
  expect(message.startsWith(prefix)).toBe(true);
  expect(message.slice(prefix.length)).toMatch(words);
});
