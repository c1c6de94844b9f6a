import { describe, expect, it } from "vitest";
import { CBOR_BYTES_MAX, CBOR_KEPT_BYTES_MAX } from "../../host/contract/limits.ts";
import { roomWith } from "../../host/kernel/cbor-room.ts";
import { canonicalCbor, CborProjection, cborToJson, checkCbor, jsonToCbor, type CborPath, type CborValue } from "../../host/kernel/index.ts";
import { refusal } from "../refusal.ts";

const bytesOf = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex.replaceAll(" ", ""), "hex"));
const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
const read = (path: CborPath, hex: string): CborValue => new CborProjection([path]).read(bytesOf(hex))[0];
const repeated = (byte: number, count: number): Uint8Array => new Uint8Array(count).fill(byte);

/** Everything that reads CBOR. */
const READERS: readonly [name: string, read: (bytes: Uint8Array) => unknown][] = [
  ["check", (bytes) => checkCbor(bytes)],
  ["canonical", canonicalCbor],
  ["to JSON", cborToJson],
  ["projection", (bytes) => new CborProjection([["a", 1, "b"]]).read(bytes)],
];

describe("the CBOR check", () => {
  it.each([
    ["nothing", "", 0, "past the end"],
    ["a head that is cut off", "1a0000", 0, "past the end"],
    ["a string that is cut off", "82 01 6361", 2, "past the end"],
    ["an array that is cut off", "8301", 0, "past the end"],
    ["an indefinite array without an end", "9f01", 2, "past the end"],
    ["a second item", "0001", 1, "more after"],
    ["reserved heads", "821c00", 1, "reserves"],
    ["an indefinite number", "1f", 0, "reserves"],
    ["an indefinite tag", "df", 0, "reserves"],
    ["a small simple value in two bytes", "81f81f", 1, "simple"],
    ["a break alone", "ff", 0, "break"],
    ["a break in a definite array", "8200ff", 2, "break"],
    ["a break instead of a value", "bf01ff", 2, "after a key"],
    ["bytes in pieces of text", "5f6161ff", 1, "piece"],
    ["pieces inside pieces", "7f7f6161ffff", 1, "piece"],
    ["text that is not UTF-8", "8261616280c0", 4, "UTF-8"],
  ])("refuses %s, and says where", (_, hex, offset, words) => {
    const error = refusal(() => checkCbor(bytesOf(hex)));
    expect(error).toMatchObject({ code: "invalid-cbor", offset, number: "DW0047" });
    expect(error.message).toContain(words);
    expect(error.help).toBeDefined();
  });

  it.each([
    ["a long number", "811817", 1, "shorter form"],
    ["a long length", "780161", 0, "shorter form"],
    ["a long count", "980100", 0, "shorter form"],
    ["a long tag", "d80100", 0, "shorter form"],
    ["a float that a half holds", "fa3fc00000", 0, "float"],
    ["a double that a single holds", "fb3ff8000020000000", 0, "float"],
    ["a NaN that is not the plain one", "f97e01", 0, "float"],
    ["an indefinite array", "8201 9fff", 2, "indefinite"],
    ["an indefinite text", "7fff", 0, "indefinite"],
    ["keys that do not rise", "a2 6162 01 6161 02", 4, "larger"],
    ["a shorter key after a longer one", "a2 626161 01 6162 02", 5, "larger"],
    ["a key twice", "a2 6161 01 6161 02", 4, "twice"],
  ])("finds what is not deterministic: %s", (_, hex, offset, words) => {
    const bytes = bytesOf(hex);
    if (words !== "UTF-8") checkCbor(bytes);
    const error = refusal(() => checkCbor(bytes, { deterministic: true }));
    expect(error).toMatchObject({ code: "invalid-cbor", offset });
    expect(error.message).toContain(words);
  });

  it("takes the deterministic, also with keys of several kinds", () => {
    for (const hex of ["a4 00f5 20f4 6161f6 8101f7", "f97e00", "f97c00", "fb3ff199999999999a", "1bffffffffffffffff", "a0"]) {
      expect(() => checkCbor(bytesOf(hex), { deterministic: true })).not.toThrow();
    }
  });

  it.each(["c080", "c1bf", "e08080", "e0a0", "eda080", "edbfbf", "f0808080", "f08fbfbf", "f4908080", "f5808080", "ff", "80", "c3", "e282", "f09f98"])(
    "does not take %s for UTF-8, at any place of a text",
    (bad) => {
      for (let before = 0; before < 20; before += 1) {
        const text = Buffer.concat([Buffer.alloc(before, "a"), Buffer.from(bad, "hex")]);
        const bytes = new Uint8Array([0x81, 0x78, text.length, ...text]);
        expect(refusal(() => checkCbor(bytes))).toMatchObject({ code: "invalid-cbor", offset: 3 + before });
      }
    },
  );
});

describe("hostile CBOR", () => {
  it.each(READERS)("is not followed deeper than the limit: %s", (_, run) => {
    for (const byte of [0x81, 0x9f, 0xc1, 0xbf, 0xa1]) {
      const bytes = repeated(byte, 100_000);
      expect(refusal(() => run(bytes))).toMatchObject({ code: "limit-exceeded", offset: 64 });
    }
  });

  it.each(READERS)("does not get past its end by a length: %s", (_, run) => {
    for (const head of ["5b", "7b", "9b", "bb"]) {
      for (const length of ["ffffffffffffffff", "8000000000000000", "7fffffffffffffff", "00000000ffffffff", "0000000000000003"]) {
        expect(refusal(() => run(bytesOf(`${head}${length}0000`)))).toMatchObject({ code: "invalid-cbor", offset: 0 });
      }
    }
  });

  it.each(READERS)("finds no bytes of an earlier document behind its end: %s", (_, run) => {
    // What the projection looks for comes last, so that it has to read all of it.
    const whole = jsonToCbor('{"a":[1,{"b":"text that is not short at all"}]}');
    for (let length = 0; length < whole.length; length += 1) {
      expect(() => run(whole)).not.toThrow();
      expect(refusal(() => run(whole.subarray(0, length))), `${length} bytes`).toMatchObject({ code: "invalid-cbor" });
    }
  });

  it("may be long lists of nothing, and takes no more room than the limit", () => {
    const pieces = repeated(0x40, 100_000);
    pieces[0] = 0x5f;
    expect(refusal(() => checkCbor(pieces))).toMatchObject({ code: "invalid-cbor", offset: 100_000 });
    pieces[99_999] = 0xff;
    expect(hexOf(canonicalCbor(pieces))).toBe("40");
    expect(refusal(() => checkCbor(new Uint8Array(CBOR_BYTES_MAX + 1)))).toMatchObject({ code: "limit-exceeded" });
    const most = repeated(0xf4, CBOR_BYTES_MAX);
    most[0] = 0x9f;
    most[CBOR_BYTES_MAX - 1] = 0xff;
    expect(cborToJson(most)).toHaveLength(6 * (CBOR_BYTES_MAX - 2) + 1);
    // A small document gives the room of the large one back.
    expect(cborToJson(bytesOf("01"))).toBe("1");
    expect(roomWith(bytesOf("01"), { output: 0, table: 0 }).bytes.length).toBeLessThanOrEqual(CBOR_KEPT_BYTES_MAX);
  });

  it("is followed as deep as the caller says", () => {
    const deep = new Uint8Array([...repeated(0x81, 512), 0]);
    for (const [, run] of READERS.slice(0, 3)) expect(() => run(deep)).toThrow("nested too deeply");
    expect(() => checkCbor(deep, { depth: 512, deterministic: true })).not.toThrow();
    expect(canonicalCbor(deep, { depth: 512 })).toEqual(deep);
    expect(cborToJson(deep, { depth: 512 })).toBe(`${"[".repeat(512)}0${"]".repeat(512)}`);
    expect(refusal(() => checkCbor(deep, { depth: 511 }))).toMatchObject({ code: "limit-exceeded", offset: 511 });
    for (const depth of [513, -1, 1.5, Number.NaN]) expect(refusal(() => checkCbor(deep, { depth }))).toMatchObject({ code: "wrong-value" });
  });
});

describe("canonical CBOR", () => {
  it.each([
    ["shortens numbers, lengths and tags", "84 1b0000000000000002 1a00000001 d90001 01 780161", "84 02 01 c1 01 6161"],
    ["shortens floats as far as their value stays", "83 fb3ff8000000000000 fb3ff8000020000000 fb3ff199999999999a", "83 f93e00 fa3fc00001 fb3ff199999999999a"],
    ["has one NaN", "82 fb7ff8000000000001 faffc00000", "82 f97e00 f97e00"],
    ["makes lengths definite", "9f 5f 4101 420203 ff bf 01 7fff ff ff", "82 43010203 a1 01 60"],
    ["sorts keys by their bytes", "a5 626161 01 6162 02 20 03 10 04 f5 05", "a5 10 04 20 03 6162 02 626161 01 f5 05"],
    ["sorts maps that are keys", "a2 a2 02 01 01 02 00 a0 00", "a2 a0 00 a2 01 02 02 01 00"],
  ])("%s", (_, from, to) => {
    expect(hexOf(canonicalCbor(bytesOf(from)))).toBe(to.replaceAll(" ", ""));
  });

  it("refuses a key that is there twice once it is canonical, and says where the second is", () => {
    expect(refusal(() => canonicalCbor(bytesOf("a3 01 00 02 00 1801 00")))).toMatchObject({ code: "invalid-cbor", offset: 5 });
  });

  it("sorts a large map", () => {
    const names = Array.from({ length: 5_000 }, (_, index) => `k${(index * 7919) % 5_000}`);
    const sorted = jsonToCbor(`{${names.map((name) => `"${name}":1`).join(",")}}`);
    expect(() => checkCbor(sorted, { deterministic: true })).not.toThrow();
    expect(Object.keys(JSON.parse(cborToJson(sorted)) as object).sort()).toEqual(names.sort());
  });
});

describe("a projection", () => {
  it("reads every kind of value", () => {
    const values = "8d 182a 20 1bffffffffffffffff 3bffffffffffffffff f93e00 fa3fc00001 fb3ff199999999999a f4 f6 f7 6474c3a978 4201ff f0";
    const paths = Array.from({ length: 13 }, (_, index) => [index]);
    expect(new CborProjection(paths).read(bytesOf(values))).toEqual([
      42, -1, 2n ** 64n - 1n, -(2n ** 64n), 1.5, 1.5 + 2 ** -23, 1.1, false, null, undefined, "téx", bytesOf("01ff"), { offset: 50, length: 1 },
    ]);
  });

  it("knows integers as keys, however they are written, and does not take text for them", () => {
    expect(read([1], "a2 6131 00 190001 05")).toBe(5);
    expect(read([-7], "a1 26 05")).toBe(5);
    expect(read(["1"], "a1 01 05")).toBeUndefined();
    expect(read([-1], "8105")).toBeUndefined();
    expect(read([1], "8105")).toBeUndefined();
  });

  it("sees through tags, indefinite lengths and keys in pieces", () => {
    expect(read(["ab", 1], "c1 bf 7f 6161 6162 ff 9f 00 7f 6178 6179 ff ff ff")).toBe("xy");
  });

  it("finds many paths at once, also the same twice and one inside another", () => {
    const bytes = jsonToCbor('{"a":{"b":[1,2,{"c":"x"}]},"z":null}');
    const projection = new CborProjection([["a", "b", 2, "c"], ["z"], ["a"], ["a", "b", 2, "c"], ["q"]]);
    expect(projection.read(bytes)).toEqual(["x", null, { offset: 3, length: 11 }, "x", undefined]);
    expect(new CborProjection([["a", "b"]]).locate(bytes)).toEqual([{ offset: 6, length: 8 }]);
  });

  it("is not confused by another projection in between", () => {
    const bytes = jsonToCbor('{"a":1,"b":2}');
    const [first, second] = [new CborProjection([["a"]]), new CborProjection([["b"]])];
    expect([first.read(bytes), second.read(bytes), first.read(bytes)]).toEqual([[1], [2], [1]]);
  });

  it("takes the first of two members with one key, and does not look behind the last thing it finds", () => {
    expect(read(["a"], "a2 6161 01 6161 02")).toBe(1);
    expect(read(["a"], "a2 6161 01 ffff")).toBe(1);
    expect(() => read(["b"], "a2 6161 01 ffff")).toThrow("break");
    expect(read(["a", "b"], "a2 6161 01 6161 a1 6162 02")).toBeUndefined();
  });

  it("refuses text that is not UTF-8 only when it is asked for", () => {
    expect(read([1], "82 61ff 01")).toBe(1);
    expect(refusal(() => read([0], "82 61ff 01"))).toMatchObject({ code: "invalid-cbor", offset: 1 });
  });

  it("refuses paths that lead nowhere, and too many", () => {
    expect(refusal(() => new CborProjection([]))).toMatchObject({ code: "wrong-value" });
    expect(refusal(() => new CborProjection([[]]))).toMatchObject({ code: "wrong-value" });
    expect(refusal(() => new CborProjection([["a", 0.5]]))).toMatchObject({ code: "wrong-value" });
    expect(refusal(() => new CborProjection(Array.from({ length: 1_025 }, () => [0])))).toMatchObject({ code: "limit-exceeded" });
    expect(refusal(() => new CborProjection([["x".repeat(70_000)]]))).toMatchObject({ code: "limit-exceeded" });
    const places = Array.from({ length: 1_024 }, (_, index) => index);
    expect(new CborProjection(places.map((place) => [place])).read(jsonToCbor(JSON.stringify(places)))).toEqual(places);
  });
});
