// Snapshots of states that are random. DOTEROS_STATES says how many, DOTEROS_SEED from which seed on.
import { describe, expect, it } from "vitest";
import { type Image, imageOf, restoreSnapshot, type State, stateHash, takeSnapshot } from "../../../host/wasm/image/index.ts";
import { DoterosError } from "../../../host/contract/error.ts";
import { fromEnvironment, Random } from "../../component/random.ts";
import { refusal } from "../../refusal.ts";
import { change, emptyState, randomStateShape } from "./random-state.ts";
import { hex, sha256 } from "./sha256.ts";

const STATES = fromEnvironment("DOTEROS_STATES", 150);
const SEED = fromEnvironment("DOTEROS_SEED", 1);
const PAGES_MAX = 100;

/** All bytes of a state, byte by byte. */
function contentsOf(state: State): string {
  const { globals, globalBytes } = imageOf(state);
  return [...state.memories.map(({ buffer }) => Buffer.from(buffer).toString("latin1")), hex(globals.bytes.subarray(0, globalBytes))].join("\n");
}

/** A base that is not empty, and a way to make more states that are equal to it. */
function randomBase(seed: number): { readonly base: Image; readonly fresh: () => State } {
  const shape = randomStateShape(new Random(seed));
  const fresh = (): State => {
    const state = emptyState(shape);
    const random = new Random(seed + 1);
    if (seed % 5 > 0) change(random, state, 0);
    return state;
  };
  return { base: imageOf(fresh()), fresh };
}

const seeds = Array.from({ length: STATES }, (_, index) => SEED + index);

describe(`${STATES} random states from seed ${SEED} on`, () => {
  it("are restored byte for byte into new instances and used ones, and their snapshots and hashes are those of no other state", () => {
    for (const seed of seeds) {
      const { base, fresh } = randomBase(seed);
      const random = new Random(seed + 2);
      const [state, used, restored] = [fresh(), fresh(), fresh()];
      change(random, state, 3);
      change(random, used, 0);
      const snapshot = takeSnapshot(state, base);
      const pages = (of: State): number => of.memories.reduce((sum, { buffer }) => sum + buffer.byteLength / 65_536, 0);
      const grown = pages(state) - pages(restored);
      for (const into of [restored, used]) {
        expect(restoreSnapshot(into, base, snapshot, grown), `DOTEROS_SEED=${seed}`).toBe(grown);
        expect(contentsOf(into) === contentsOf(state), `DOTEROS_SEED=${seed}`).toBe(true);
        expect(hex(takeSnapshot(into, base)), `DOTEROS_SEED=${seed}`).toBe(hex(snapshot));
        expect(hex(stateHash(into, sha256)), `DOTEROS_SEED=${seed}`).toBe(hex(stateHash(state, sha256)));
      }
      const before = contentsOf(state);
      change(random, state, 0);
      const isEqual = contentsOf(state) === before;
      expect(hex(takeSnapshot(state, base)) === hex(snapshot), `DOTEROS_SEED=${seed}`).toBe(isEqual);
      expect(hex(stateHash(state, sha256)) === hex(stateHash(used, sha256)), `DOTEROS_SEED=${seed}`).toBe(isEqual);
    }
  });

  it("are taken from bytes that something was done to only when they are another state's snapshot", () => {
    const codes = new Set<string | undefined>();
    for (const seed of seeds) {
      const { base, fresh } = randomBase(seed);
      const random = new Random(seed + 3);
      const state = fresh();
      change(random, state, 1);
      const snapshot = takeSnapshot(state, base);
      const unchanged = contentsOf(fresh());
      for (let round = 0; round < 40; round += 1) {
        const forged = forge(random, snapshot);
        const into = fresh();
        const code = codeOf(() => restoreSnapshot(into, base, forged, PAGES_MAX));
        codes.add(code);
        const isRight = code === undefined ? hex(takeSnapshot(into, base)) === hex(forged) : contentsOf(into) === unchanged;
        expect(isRight, `DOTEROS_SEED=${seed}`).toBe(true);
      }
    }
    expect(codes).toEqual(new Set([undefined, "malformed", "unsupported", "limit-exceeded"]));
  });
});

/** The code of the DoterosError that is thrown; undefined when nothing is. */
function codeOf(run: () => unknown): string | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    if (error instanceof DoterosError) return error.code;
    throw error;
  }
}

/** Changes, adds, takes away or doubles bytes, or puts in a number that claims much. */
function forge(random: Random, snapshot: Uint8Array): Uint8Array {
  const bytes = [...snapshot];
  for (let count = 1 + random.below(2); count > 0; count--) {
    const at = random.below(bytes.length + 1);
    const edits: readonly (() => unknown)[] = [
      () => (bytes[Math.min(at, bytes.length - 1)] = random.bits() & 0xff),
      () => bytes.splice(at, 1),
      () => bytes.splice(at, 0, random.below(5)),
      () => bytes.splice(at),
      () => bytes.splice(at, 0, ...bytes.slice(at, at + random.below(9))),
      () => bytes.splice(at, 1, ...random.many(1 + random.below(9), () => 0xff), 0x7f),
    ];
    random.pick(edits)();
  }
  return Uint8Array.from(bytes);
}

describe("a snapshot", () => {
  const memory = (): State => ({ memories: [new WebAssembly.Memory({ initial: 1, maximum: 9 })], globals: [] });
  const base = imageOf(memory());
  const restore = (...bytes: readonly number[]): unknown => restoreSnapshot(memory(), base, Uint8Array.from(bytes), 16);
  const END = [0xff, 0xff, 3];

  it("of nothing new is a few zeros, and of the last byte no more than that byte", () => {
    const state = memory();
    expect([...takeSnapshot(state, base)]).toEqual([1, 0, 0, 0]);
    new Uint8Array((state.memories[0] as WebAssembly.Memory).buffer)[65_535] = 7;
    expect([...takeSnapshot(state, base)]).toEqual([1, 0, 0, 1, ...END, 7, 0]);
  });

  it.each([
    ["nothing", [], "unexpected end"],
    ["no end", [1, 0, 0], "unexpected end"],
    ["more than its end", [1, 0, 0, 0, 0], "bytes behind the end of a snapshot"],
    ["a longer zero", [1, 0x80, 0, 0, 0], "a number that is longer than it needs"],
    ["a longer length", [1, 0, 0, 0x81, 0, 5, 7, 0], "a number that is longer than it needs"],
    ["bytes of globals that there are not", [1, 1, 0, 7, 0, 0, 0], "a run past the end of what it changes"],
    ["a byte behind the last page", [1, 0, 0, 1, 0x80, 0x80, 4, 7, 0], "a run past the end of what it changes"],
    ["a run that claims more than there is", [1, 0, 0, 0x80, 0x80, 4, 0, 7, 0], "a size reaches past the bytes there are"],
    ["a run of a number past all numbers", [1, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 0, 7, 0], "a run past the end of what it changes"],
    ["a byte that is what it was", [1, 0, 0, 2, 5, 7, 0, 0], "a run of bytes that are what they were"],
    ["a run with a gap", [1, 0, 0, 6, 5, 7, 0, 0, 0, 0, 7, 0], "a run of bytes that are what they were"],
    ["two runs that are one", [1, 0, 0, 1, 5, 7, 1, 3, 7, 0], "two runs that are one"],
  ])("with %s is malformed", (_, bytes, message) => {
    const error = refusal(() => restore(...bytes));
    expect(error.code).toBe("malformed");
    expect(error.message).toContain(message);
  });

  it("of a later version is not read", () => {
    expect(refusal(() => restore(2, 0, 0, 0))).toMatchObject({ code: "unsupported", message: "a snapshot of version 2, and only version 1 is known" });
  });

  it("may not grow memories by more than is allowed, or than the engine does", () => {
    expect(restore(1, 0, 8, 0)).toBe(8);
    expect(refusal(() => restore(1, 0, 17, 0))).toMatchObject({ code: "limit-exceeded", message: "memories are to grow by 17 pages, and may by 16" });
    expect(refusal(() => restore(1, 0, 9, 0))).toMatchObject({ code: "limit-exceeded", message: "a memory of 1 pages cannot grow by 9" });
    const most = [1, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 0];
    expect(refusal(() => restoreSnapshot(memory(), base, Uint8Array.from(most), Infinity)).code).toBe("limit-exceeded");
  });

  it("is not restored into memories that are larger already, or into other instances", () => {
    const grown = memory();
    grown.memories[0]?.grow(1);
    expect(refusal(() => restoreSnapshot(grown, base, Uint8Array.of(1, 0, 0, 0), 9))).toMatchObject({ code: "wrong-value", help: "restore into a new instance" });
    const other: State = { memories: [], globals: [] };
    expect(refusal(() => restoreSnapshot(other, base, Uint8Array.of(1, 0, 0, 0), 9)).message).toBe("the base is the image of another component");
    expect(refusal(() => takeSnapshot(other, base)).code).toBe("wrong-value");
  });
});
