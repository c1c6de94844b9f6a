import { describe, expect, it } from "vitest";
import { hashOf, jump, partitionOf } from "../../host/kernel/hash.ts";
import { jumpHash, xxh64 } from "../oracle/hash.ts";

const KEYS = Number(process.env["DOTEROS_FUZZ"] ?? 20_000);
const SEED = Number(process.env["DOTEROS_SEED"] ?? 20_261_121);

describe("XXH64 with seed 0", () => {
  it.each([
    ["", 0xef46db3751d8e999n],
    ["\0", 0xe934a84adb052768n],
    ["a", 0xd24ec4f1a98c6e5bn],
    ["abc", 0x44bc2cf5ad770999n],
    ["xxhash", 0x32dd38952c4bc720n],
  ])("has the published hash of %j", (text, hash) => expect(hashOf(text)).toBe(hash));

  it.each([
    [0, 0xef46db3751d8e999n],
    [4, 0x9136a0dca57457een],
    [14, 0x8282dcc4994e35c8n],
    [222, 0xb641ae8cb691c174n],
  ])("has the published hash of the first %i bytes of xxHash's own test buffer", (length, hash) => {
    const buffer = new Uint8Array(length);
    let state = 2654435761n;
    for (let at = 0; at < length; at += 1) {
      buffer[at] = Number(state >> 56n);
      state = BigInt.asUintN(64, state * 11400714785074694797n);
    }
    expect(hashOf(buffer)).toBe(hash);
    expect(xxh64(buffer)).toBe(hash);
  });

  it("agrees with the oracle on keys around every boundary, those of the window too", () => {
    const bytes = Uint8Array.from({ length: 12_300 }, (_, at) => (at * 167 + (at >> 3)) & 0xff);
    const lengths = [...Array.from({ length: 140 }, (_, length) => length), 4095, 4096, 4097, 8191, 8192, 8192 + 33, 12_300];
    for (const length of lengths) expect([length, hashOf(bytes.subarray(0, length))]).toEqual([length, xxh64(bytes.subarray(0, length))]);
  });
});

describe("the jump consistent hash", () => {
  it.each([
    [1n, 1, 0],
    [42n, 57, 43],
    [256n, 1024, 520],
    [0xdead10ccn, 1, 0],
    [0xdead10ccn, 666, 361],
    [128n, 100_000_000, 38_172_097],
    [18446744073709551615n, 128, 92],
  ])("puts %i among %i into the published bucket %i", (key, buckets, bucket) => {
    expect(jump(key, buckets)).toBe(bucket);
    expect(jumpHash(key, buckets)).toBe(bucket);
  });
});

describe("a partition", () => {
  it(`is what the oracle says, for ${KEYS} keys and numbers of partitions, seed ${SEED}`, () => {
    const different: [string, number][] = [];
    // The keys and the numbers come out of the hash of their own number: the oracle's, which is pinned above.
    for (let key = 0; key < KEYS; key += 1) {
      const random = xxh64(new TextEncoder().encode(`${SEED}.${key}`));
      const length = Number(random & 0x3fn);
      const text = String.fromCodePoint(...Array.from({ length }, (_, at) => Number((random >> BigInt(at)) & 0x7ffn)));
      const partitions = Number((random >> 32n) >> (random & 31n)) % 0x7fff_ffff + 1;
      const bytes = new TextEncoder().encode(text);
      const wanted = jumpHash(xxh64(bytes), partitions);
      if (partitionOf(text, partitions) !== wanted || partitionOf(bytes, partitions) !== wanted) different.push([text, partitions]);
    }
    expect(different).toEqual([]);
  }, 600_000);

  it("is fixed for ever", () => {
    expect(["sensor-17", "", "Zürich", "weather/seattle"].map((key) => partitionOf(key, 64))).toEqual([43, 40, 30, 36]);
  });

  it("moves only to the new one when there is one more", () => {
    const keys = Array.from({ length: 2_000 }, (_, key) => `key-${key}`);
    const moved = keys.filter((key) => partitionOf(key, 17) !== partitionOf(key, 16));
    expect(new Set(moved.map((key) => partitionOf(key, 17)))).toEqual(new Set([16]));
    expect(moved.length).toBeLessThan(170);
  });

  it("spreads keys evenly", () => {
    const counts = new Array<number>(16).fill(0);
    for (let key = 0; key < 16_000; key += 1) counts[partitionOf(`key-${key}`, 16)] = (counts[partitionOf(`key-${key}`, 16)] ?? 0) + 1;
    expect(Math.min(...counts)).toBeGreaterThan(850);
    expect(Math.max(...counts)).toBeLessThan(1_150);
  });

  it.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 31])("is refused among %d partitions", (partitions) => {
    expect(() => partitionOf("key", partitions)).toThrow(expect.objectContaining({ code: "wrong-value" }));
  });
});
