import { beforeAll, describe, expect, it } from "vitest";
import { Frontier, leafHash, nodeHash, type Sha256 } from "../../host/ledger/merkle.ts";
import { consistencyProof, inclusionProof, rootFromInclusion, rootsFromConsistency } from "../../host/ledger/prove.ts";
import { nodePlatform } from "../../host/platform/node/index.ts";
import { fromEnvironment, Random } from "../component/random.ts";
import * as oracle from "../oracle/merkle.ts";

const SIZE = 300;
const SEED = fromEnvironment("DOTEROS_SEED", 1);
const sha256: Sha256 = (bytes) => nodePlatform.sha256(bytes);
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
const entries = Array.from({ length: SIZE }, (_, index) => Buffer.from(`entry ${index}`));

/** The oracle's hash of the entries between, remembered: the oracle asks for the same ones again and again. */
const known = new Map<string, Buffer>();
function tree(part: readonly Uint8Array[]): Buffer {
  const name = `${part.length} ${String(part[0])}`;
  let hash = known.get(name);
  if (hash === undefined) known.set(name, (hash = oracle.mth(part)));
  return hash;
}

const subtree = (level: number, index: number): Uint8Array => tree(entries.slice(index * 2 ** level, (index + 1) * 2 ** level));
const roots: Uint8Array[] = [];
beforeAll(() => {
  for (let size = 0; size <= SIZE; size += 1) roots.push(tree(entries.slice(0, size)));
});

describe("a tree", { timeout: 120_000 }, () => {
  it("has the root that RFC 9162 defines, at every size, and goes on from any", () => {
    const frontier = new Frontier(sha256);
    expect(hex(frontier.root())).toBe("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    for (const [index, entry] of entries.entries()) {
      const other = new Frontier(sha256, index, frontier.subtrees);
      for (const one of [frontier, other]) {
        one.append(leafHash(sha256, entry));
        expect([one.size, hex(one.root())]).toEqual([index + 1, hex(roots[index + 1] as Uint8Array)]);
      }
    }
  });

  it("is not made of a wrong number of subtrees", () => {
    expect(() => new Frontier(sha256, 3, [new Uint8Array(32)])).toThrow(RangeError);
  });

  it("has the root of Certificate Transparency's own test over eight inputs", () => {
    const inputs = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];
    const frontier = new Frontier(sha256);
    for (const input of inputs) frontier.append(leafHash(sha256, Buffer.from(input, "hex")));
    expect(hex(frontier.root())).toBe("5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328");
  });

  it("hashes an entry that is larger than what is kept for it", () => {
    const large = new Uint8Array(100_000).fill(1);
    expect(hex(leafHash(sha256, large))).toBe(hex(sha256(Buffer.concat([Uint8Array.of(0), large]))));
  });
});

describe("a proof", { timeout: 120_000 }, () => {
  it("of inclusion is what RFC 9162 defines, for every leaf of every size, and leads to the root", async () => {
    const faults: string[] = [];
    for (let size = 1; size <= SIZE; size += 1) {
      for (let index = 0; index < size; index += 1) {
        const path = await inclusionProof(sha256, subtree, index, size);
        if (!equal(path, oracle.path(index, entries.slice(0, size), tree))) faults.push(`${index} of ${size}`);
        const root = rootFromInclusion(sha256, subtree(0, index), index, size, path);
        if (root === undefined || !equal([root], roots.slice(size, size + 1))) faults.push(`${index} of ${size} does not lead to the root`);
      }
    }
    expect(faults).toEqual([]);
  });

  it("of consistency is what RFC 9162 defines, for every pair of sizes, and leads to both roots", async () => {
    const faults: string[] = [];
    for (let to = 1; to <= SIZE; to += 1) {
      for (let from = 1; from <= to; from += 1) {
        const path = await consistencyProof(sha256, subtree, from, to);
        if (!equal(path, oracle.proof(from, entries.slice(0, to), tree))) faults.push(`${from} to ${to}`);
        if (from < to && !isConsistent(from, to, path)) faults.push(`${from} to ${to} does not lead to the roots`);
      }
    }
    expect(faults).toEqual([]);
  });

  it("that was changed, or is for another place, leads to no root that is right", async () => {
    const random = new Random(SEED);
    const accepted: string[] = [];
    const isIncluded = (index: number, size: number, path: Uint8Array[], leaf: number): boolean => {
      const root = rootFromInclusion(sha256, subtree(0, leaf), index, size, path);
      return root !== undefined && equal([root], roots.slice(size, size + 1));
    };
    for (let run = 0; run < 2_000; run += 1) {
      const size = 2 + random.below(SIZE - 2);
      const [index, from] = [random.below(size), 1 + random.below(size - 1)];
      const path = await inclusionProof(sha256, subtree, index, size);
      if (isIncluded(index, size, changed(random, path), index)) accepted.push(`seed ${SEED}, run ${run}: changed`);
      if (isIncluded(index ^ 1, size, path, index)) accepted.push(`seed ${SEED}, run ${run}: another place`);
      const consistent = changed(random, await consistencyProof(sha256, subtree, from, size));
      if (isConsistent(from, size, consistent)) accepted.push(`seed ${SEED}, run ${run}: not consistent`);
    }
    expect(accepted).toEqual([]);
  });

  it.each([[-1, 3], [3, 3], [4, 3], [0, 0], [Number.NaN, 3]])("of leaf %d of %d is none", (index, size) => {
    expect(rootFromInclusion(sha256, subtree(0, 0), index, size, [])).toBeUndefined();
  });
  it.each([[0, 3], [3, 3], [4, 3], [Number.NaN, 3]])("from %d to %d is none", (from, to) => {
    expect(rootsFromConsistency(sha256, from, to, [], subtree(0, 0))).toBeUndefined();
  });
  it("takes time that grows with its length", async () => {
    const levels: number[] = [];
    const counted = (level: number): Uint8Array => {
      levels.push(level);
      return subtree(0, 0);
    };
    await inclusionProof(sha256, counted, 123_456_789, 2 ** 40 + 5);
    expect(levels.length).toBeLessThan(60);
    expect(nodeHash(sha256, subtree(0, 0), subtree(0, 1))).toEqual(new Uint8Array(subtree(1, 0)));
  });
});

function isConsistent(from: number, to: number, path: readonly Uint8Array[]): boolean {
  const found = rootsFromConsistency(sha256, from, to, path, roots[from] as Uint8Array);
  return found !== undefined && equal([found.from, found.to], [roots[from] as Uint8Array, roots[to] as Uint8Array]);
}

function equal(a: readonly Uint8Array[], b: readonly Uint8Array[]): boolean {
  return a.length === b.length && a.every((hash, at) => Buffer.compare(hash, b[at] as Uint8Array) === 0);
}

function changed(random: Random, path: Uint8Array[]): Uint8Array[] {
  const changes = [...path];
  const way = random.below(3);
  const at = random.below(path.length);
  if (way === 0 || path.length === 0) changes.push(new Uint8Array(32));
  else if (way === 1) changes.splice(at, 1);
  else changes[at] = (path[at] as Uint8Array).map((byte, offset) => (offset === 5 ? byte ^ 4 : byte));
  return changes;
}
