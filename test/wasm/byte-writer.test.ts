import { describe, expect, it } from "vitest";
import { ByteWriter } from "../../host/wasm/byte-writer.ts";
import { ByteReader } from "../../host/wasm/reader.ts";
import { sleb, uleb } from "./leb128.ts";

const NUMBERS = [0, 1, 63, 64, 127, 128, 8191, 8192, 624_485, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1];

describe("the writer of bytes", () => {
  it.each([...NUMBERS, 2 ** 48, Number.MAX_SAFE_INTEGER])("writes %s as its reader reads it, in as few bytes as can be", (value) => {
    const writer = new ByteWriter(1);
    writer.u32(value);
    const bytes = writer.finish();
    expect([...bytes]).toEqual(uleb(value));
    expect(new ByteReader(bytes).u64()).toBe(value);
  });

  it.each([...NUMBERS, 2 ** 48, -1, -64, -65, -8192, -8193, -(2 ** 31), -(2 ** 48)])("writes %s with its sign", (value) => {
    const writer = new ByteWriter();
    writer.signed(value);
    expect([...writer.finish()]).toEqual(sleb(value));
  });

  it("grows, and copies what is short and what is long", () => {
    const source = Uint8Array.from({ length: 1000 }, (_, index) => index & 0xff);
    const writer = new ByteWriter(0);
    writer.name("é");
    writer.copy(source, 10, 20);
    writer.copy(source, 0, 1000);
    expect([...writer.finish()]).toEqual([2, 0xc3, 0xa9, ...source.subarray(10, 20), ...source]);
  });

  it("writes a size when it is known", () => {
    const writer = new ByteWriter();
    const outer = writer.openSize();
    writer.byte(7);
    const inner = writer.openSize();
    for (let index = 0; index < 300; index += 1) writer.byte(1);
    writer.closeSize(inner);
    writer.closeSize(outer);
    const reader = new ByteReader(writer.finish());
    expect([reader.u32(), reader.byte(), reader.u32(), reader.position]).toEqual([306, 7, 300, 11]);
  });
});
