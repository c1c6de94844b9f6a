import { describe, expect, it } from "vitest";
import { cborToJson, jsonToCbor } from "../../host/kernel/index.ts";
import { refusal } from "../refusal.ts";

const bytesOf = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex.replaceAll(" ", ""), "hex"));
const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

describe("JSON to CBOR", () => {
  it.each([
    ["integers of any 64 bits", "[18446744073709551615,-18446744073709551615,0]", "83 1bffffffffffffffff 3bfffffffffffffffe 00"],
    ["larger integers as floats", "[18446744073709551616]", "81 fa5f800000"],
    ["numbers whose value is an integer", "[1.0,1e3,-2.50e1,-0,-0.0]", "85 01 1903e8 3818 f98000 f98000"],
    ["floats, the shortest", "[0.5,1.1,3.4028234663852886e38,5e-324]", "84 f93800 fb3ff199999999999a fa7f7fffff fb0000000000000001"],
    ["escapes", String.raw`"\u00e9\ud83d\ude00\n\/\""`, "69 c3a9 f09f9880 0a 2f 22"],
    ["sorted members", ' { "bb" : true , "c" : null, "a" : [ ] } ', "a3 6161 80 6163 f6 626262 f5"],
  ])("reads %s", (_, text, hex) => {
    expect(hexOf(jsonToCbor(text))).toBe(hex.replaceAll(" ", ""));
    expect(jsonToCbor(Buffer.from(text))).toEqual(jsonToCbor(text));
  });

  it.each([
    ["", "invalid-json", 0],
    ["[1,]", "invalid-json", 3],
    ["[1", "invalid-json", 2],
    ['{"a" 1}', "invalid-json", 5],
    ["{a:1}", "invalid-json", 1],
    ["tru", "invalid-json", 0],
    ["01", "invalid-json", 0],
    ["[1.]", "invalid-json", 1],
    ["-", "invalid-json", 0],
    ["1e", "invalid-json", 0],
    ["1e400", "invalid-json", 0],
    ["1 2", "invalid-json", 2],
    ['"a\nb"', "invalid-json", 2],
    [String.raw`"\x"`, "invalid-json", 1],
    [String.raw`"\ud800"`, "invalid-json", 1],
    [String.raw`"\ud800\u0041"`, "invalid-json", 1],
    [String.raw`"\udc00"`, "invalid-json", 1],
    ['{"a":1,"b":2,"a":3}', "invalid-cbor", 13],
  ])("refuses %j", (text, code, offset) => {
    expect(refusal(() => jsonToCbor(text))).toMatchObject({ code, offset });
  });

  it("refuses brackets without end, and bytes that are not UTF-8", () => {
    expect(refusal(() => jsonToCbor("[".repeat(100_000)))).toMatchObject({ code: "limit-exceeded", offset: 64 });
    expect(refusal(() => jsonToCbor(new Uint8Array([0x22, 0xff, 0x22])))).toMatchObject({ code: "invalid-cbor", offset: 1 });
  });
});

describe("CBOR to JSON", () => {
  it.each([
    ["byte strings as base64url", "82 43fbff00 5f 41fb 42ffef ff", '["-_8A","-__v"]'],
    ["bignums", "82 c2 42ffff c3 42ffff", '["__8","~__8"]'],
    ["what JSON has no word for as null", "84 f7 f0 f97e00 f97c00", "[null,null,null,null]"],
    ["integer keys as text", "a2 01 02 20 03", '{"1":2,"-1":3}'],
    ["the smallest integer", "3bffffffffffffffff", "-18446744073709551616"],
    ["minus zero", "f98000", "-0"],
    ["control characters", "650122085c1f", JSON.stringify('\u0001"\b\\\u001f')],
    ["text in pieces", "7f 6161 626222 ff", '"ab\\""'],
  ])("writes %s", (_, hex, text) => {
    expect(cborToJson(bytesOf(hex))).toBe(text);
  });

  it("refuses a key that JSON has not", () => {
    expect(refusal(() => cborToJson(bytesOf("a1 6161 a1 80 01")))).toMatchObject({ code: "invalid-cbor", offset: 4 });
  });

  it("writes floats as ECMAScript does", () => {
    const view = new DataView(new ArrayBuffer(9));
    view.setUint8(0, 0xfb);
    const values = [0.1, 1 / 3, 1e15, 1e15 + 0.125, 1e21, 1.5e300, 5e-324, 1e-6, 1e-7, 0.000001234, 123456789.123, 4.35, 99999999999999.9, 2 ** 53, -1.005];
    for (const value of values) {
      view.setFloat64(1, value);
      expect(cborToJson(new Uint8Array(view.buffer))).toBe(String(value));
    }
  });
});
