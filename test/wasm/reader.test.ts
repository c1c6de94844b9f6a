import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DoterosError } from "../../host/contract/error.ts";
import { NAME_BYTES_MAX } from "../../host/contract/limits.ts";
import { ByteReader } from "../../host/wasm/reader.ts";
import { refusal } from "../refusal.ts";
import { sleb, uleb } from "./leb128.ts";

const read = (...bytes: number[]): ByteReader => new ByteReader(Uint8Array.from(bytes));

/** Sees `run` refused as malformed bytes. */
function malformed(run: () => unknown, offset: number, text: string): void {
  const error = refusal(run);
  expect(error).toMatchObject({ code: "malformed", offset });
  expect(error.message).toContain(text);
}

describe("unsigned LEB128 of 32 bits", () => {
  it.each([
    [[0x00], 0],
    [[0x7f], 127],
    [[0x80, 0x01], 128],
    [[0xe5, 0x8e, 0x26], 624_485],
    [[0xff, 0xff, 0xff, 0xff, 0x0f], 2 ** 32 - 1],
    [[0x80, 0x80, 0x80, 0x80, 0x08], 2 ** 31],
    // Longer than needed is allowed up to five bytes.
    [[0x80, 0x80, 0x80, 0x80, 0x00], 0],
    [[0x83, 0x00], 3],
  ])("reads %j as %d", (bytes, value) => {
    const reader = read(...bytes, 0xaa);
    expect(reader.u32()).toBe(value);
    expect(reader.position).toBe(bytes.length);
  });

  it.each([
    ["a fifth byte with more than four bits", [0xff, 0xff, 0xff, 0xff, 0x10], "integer too large"],
    ["a sixth byte", [0x80, 0x80, 0x80, 0x80, 0x80, 0x00], "too long"],
    ["a fifth byte that goes on and is too large", [0xff, 0xff, 0xff, 0xff, 0xff, 0x0f], "too long"],
  ])("refuses %s", (_, bytes, text) => {
    malformed(() => read(...bytes).u32(), 0, text);
  });

  it("refuses to end in the middle", () => malformed(() => read(0x80, 0x80).u32(), 2, "unexpected end"));

  it("reads back every number", () => {
    const number = fc.integer({ min: 0, max: 2 ** 32 - 1 });
    const readsBack = fc.property(number, (value) => {
      expect(read(...uleb(value)).u32()).toBe(value);
    });
    fc.assert(readsBack);
  });
});

describe("unsigned LEB128 of 64 bits", () => {
  it.each([
    [[0x00], 0],
    [[0x80, 0x80, 0x80, 0x80, 0x10], 2 ** 32],
    [[0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01], 2 ** 63],
  ])("reads %j as %d", (bytes, value) => expect(read(...bytes).u64()).toBe(value));

  it.each([
    ["too large", [...Array.from({ length: 9 }, () => 0x80), 0x02], "integer too large"],
    ["too long", [...Array.from({ length: 10 }, () => 0x80), 0x00], "integer too large"],
  ])("refuses what is %s", (_, bytes, text) => malformed(() => read(...bytes).u64(), 0, text));
});

describe("signed LEB128 of 33 bits", () => {
  it.each([
    [[0x00], 0],
    [[0x3f], 63],
    [[0x40], -64],
    [[0x7f], -1],
    [[0xff, 0x00], 127],
    [[0x80, 0x7f], -128],
    [[0xff, 0xff, 0xff, 0xff, 0x0f], 2 ** 32 - 1],
    [[0x80, 0x80, 0x80, 0x80, 0x70], -(2 ** 32)],
  ])("reads %j as %d", (bytes, value) => expect(read(...bytes).s33()).toBe(value));

  it.each([
    ["an index beyond 2^32 - 1", [0x80, 0x80, 0x80, 0x80, 0x10]],
    ["a number below -2^32", [0xff, 0xff, 0xff, 0xff, 0x6f]],
    ["a sixth byte", [0x80, 0x80, 0x80, 0x80, 0x80, 0x00]],
  ])("refuses %s", (_, bytes) => malformed(() => read(...bytes).s33(), 0, "invalid type index"));

  it("reads back every number", () => {
    const number = fc.integer({ min: -(2 ** 32), max: 2 ** 32 - 1 });
    const readsBack = fc.property(number, (value) => {
      expect(read(...sleb(value)).s33()).toBe(value);
    });
    fc.assert(readsBack);
  });
});

describe("counts", () => {
  it("are believed as far as there are bytes for them", () => expect(read(0x03, 1, 2, 3).count(10, "things")).toBe(3));
  it("that lie are refused before anything is made of them", () => {
    malformed(() => read(0x04, 1, 2, 3).count(10, "things"), 0, "4 things do not fit");
    malformed(() => read(...uleb(2 ** 32 - 1)).count(2 ** 32, "things"), 0, "4294967295 things do not fit");
  });
  it("over a limit say what there is too much of", () => {
    const error = refusal(() => read(0x04, 1, 2, 3, 4).count(3, "things"));
    expect(error).toMatchObject({ code: "limit-exceeded", offset: 0 });
    expect(error.message).toContain("4 things, more than 3");
  });
});

describe("names", () => {
  const named = (...bytes: number[]): string => read(...uleb(bytes.length), ...bytes).name();

  it("are UTF-8, and keep a byte order mark", () => {
    expect(named()).toBe("");
    expect(named(...new TextEncoder().encode("a-ü-🌍"))).toBe("a-ü-🌍");
    expect(named(0xef, 0xbb, 0xbf, 0x61)).toBe("\uFEFFa");
  });
  it.each([
    ["a stray continuation byte", [0x80]],
    ["an overlong form", [0xc0, 0x80]],
    ["a surrogate", [0xed, 0xa0, 0x80]],
    ["a point past the last", [0xf4, 0x90, 0x80, 0x80]],
    ["a character that is cut off", [0xe2, 0x82]],
  ])("with %s are refused", (_, bytes) => malformed(() => named(...bytes), 0, "UTF-8"));
  it("longer than the bytes there are refused", () => {
    malformed(() => read(0x05, 0x61).name(), 0, "unexpected end of a name");
  });
  it("longer than the limit are refused", () => {
    expect(refusal(() => read(...uleb(NAME_BYTES_MAX + 1)).name()).code).toBe("limit-exceeded");
  });
});

describe("a section", () => {
  it("has its own end, and the reader goes on behind it", () => {
    const reader = read(1, 2, 3, 4);
    reader.byte();
    const section = reader.section(2);
    expect([section.byte(), section.byte(), section.done]).toEqual([2, 3, true]);
    malformed(() => section.byte(), 3, "unexpected end");
    expect([reader.byte(), reader.done]).toEqual([4, true]);
  });
  it("does not reach past the one around it", () => {
    const section = read(1, 2, 3, 4).section(2);
    malformed(() => section.section(3), 0, "a size reaches past");
  });
  it("may be empty", () => expect(read().section(0).done).toBe(true));
});

describe("a single byte", () => {
  it("can be looked at and left", () => {
    const reader = read(7);
    expect([reader.peek(), reader.byte()]).toEqual([7, 7]);
    malformed(() => reader.peek(), 1, "unexpected end");
  });
  it("that must be another says which, and where", () => {
    malformed(() => read(0x0b).expect(0x0c, "the end"), 0, "the end: expected 0xc, found 0xb");
  });
});

describe("whatever the bytes", () => {
  it("a read answers or throws a DoterosError, and never stands before where it began", () => {
    const reads = ["u32", "u64", "s33", "name", "byte", "peek"] as const;
    const property = fc.property(fc.uint8Array({ maxLength: 12 }), fc.constantFrom(...reads), (bytes, what) => {
      const reader = new ByteReader(bytes);
      try {
        reader[what]();
      } catch (error) {
        if (!(error instanceof DoterosError)) throw error;
      }
      return reader.position <= bytes.length;
    });
    expect(() => fc.assert(property)).not.toThrow();
  });
});
