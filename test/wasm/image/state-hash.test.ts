import { expect, it } from "vitest";
import { type State, stateHash } from "../../../host/wasm/image/index.ts";
import { hex, sha256 } from "./sha256.ts";

const PAGE_BYTES = 65_536;
const BLOCK_BYTES = 1024;

function stateOfPages(...pages: readonly number[]): { readonly state: State; readonly bytes: (memory: number) => Uint8Array } {
  const memories = pages.map((initial) => new WebAssembly.Memory({ initial }));
  const global = new WebAssembly.Global({ value: "i32", mutable: true }, 0x01020304);
  return {
    state: { memories, globals: [{ global, type: "i32" }] },
    bytes: (memory) => new Uint8Array((memories[memory] as WebAssembly.Memory).buffer),
  };
}

it("the hash of a state is that of what its documentation says", () => {
  const { state, bytes } = stateOfPages(1, 300);
  bytes(1)[2 * PAGE_BYTES + 3 * BLOCK_BYTES + 5] = 9;
  bytes(1)[300 * PAGE_BYTES - 1] = 8;
  const block = (mask: readonly number[], at: number, value: number): Uint8Array => {
    const content = new Uint8Array(8 + BLOCK_BYTES);
    content.set(mask);
    content[8 + at] = value;
    return sha256(content);
  };
  const first = block([8], 5, 9);
  const last = block([0, 0, 0, 0, 0, 0, 0, 0x80], 1023, 8);
  // Version, globals, two memories: of one page, of 300; pages 2 and 299.
  const whole = [1, 4, 4, 3, 2, 1, 2, 1, 0, 0xac, 2, 3, ...first, 0xa9, 2, ...last, 0];
  expect(hex(stateHash(state, sha256))).toBe(hex(sha256(Uint8Array.from(whole))));
});

it("every byte counts, and where it stands, and how many pages there are", () => {
  const seen = new Set<string>();
  const add = (change: (of: ReturnType<typeof stateOfPages>) => unknown, ...pages: readonly number[]): void => {
    const made = stateOfPages(...pages);
    change(made);
    seen.add(hex(stateHash(made.state, sha256)));
  };
  add(() => undefined, 1);
  add(() => undefined, 2);
  add(() => undefined, 1, 0);
  add(() => undefined, 0, 1);
  add(({ bytes }) => (bytes(0)[0] = 1), 2);
  add(({ bytes }) => (bytes(0)[BLOCK_BYTES] = 1), 2);
  add(({ bytes }) => (bytes(0)[PAGE_BYTES] = 1), 2);
  add(({ bytes }) => (bytes(0)[PAGE_BYTES] = 1), 2, 1);
  add(({ bytes }) => (bytes(1)[0] = 1), 1, 2);
  add(({ state }) => state.globals.forEach(({ global }) => (global.value = 5)), 2);
  expect(seen.size).toBe(10);
});
