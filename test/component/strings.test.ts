import { describe, expect, it } from "vitest";
import { refusal } from "../refusal.ts";
import { echoText } from "./echo.ts";
import { type Encoding, HEAP, MEMORY, optionsOf } from "./memory.ts";
import { type Exports, open } from "./open.ts";
import { list } from "./type.ts";

const ENCODINGS: readonly Encoding[] = ["utf8", "utf16", "latin1+utf16"];
const TAG = 0x8000_0000;

/** A guest whose `bytes-of` shows the bytes of a string, whose `units-of` its length, and whose `string-of` reads bytes as one. */
async function reader(encoding: Encoding): Promise<Exports> {
  const size = { utf8: "(local.get 1)", utf16: "(i32.shl (local.get 1) (i32.const 1))", "latin1+utf16": "(call $size (local.get 1))" };
  return open(`(component
    ${MEMORY}
    (core module $Guest
      (import "memory" "memory" (memory 0))
      (import "memory" "top" (global $top (mut i32)))
      (func $size (param $units i32) (result i32)
        (if (result i32) (i32.lt_s (local.get $units) (i32.const 0))
          (then (i32.shl (local.get $units) (i32.const 1)))
          (else (local.get $units))))
      (func $pair (param i32 i32) (result i32)
        (i32.store (i32.const 16) (local.get 0)) (i32.store (i32.const 20) (local.get 1)) (i32.const 16))
      (func (export "bytes-of") (param i32 i32) (result i32) (call $pair (local.get 0) ${size[encoding]}))
      (func (export "units-of") (param i32 i32) (result i32) (local.get 1))
      (func (export "string-of") (param i32 i32 i32) (result i32)
        (call $pair (local.get 0) (local.get 2)))
      (func (export "reset") (global.set $top (i32.const ${HEAP}))))
    (core instance $guest (instantiate $Guest (with "memory" (instance $memory))))
    (type $bytes (list u8))
    (func (export "bytes-of") (param "s" string) (result $bytes) (canon lift (core func $guest "bytes-of") ${optionsOf(encoding)}))
    (func (export "units-of") (param "s" string) (result u32) (canon lift (core func $guest "units-of") ${optionsOf(encoding)}))
    (func (export "string-of") (param "b" $bytes) (param "units" u32) (result string)
      (canon lift (core func $guest "string-of") ${optionsOf(encoding)}))
    (func (export "reset") (canon lift (core func $guest "reset"))))`);
}

const utf16Bytes = (text: string): Uint8Array =>
  Uint8Array.from({ length: text.length * 2 }, (_, at) => (text.charCodeAt(at >> 1) >> (8 * (at & 1))) & 0xff);

describe.each(ENCODINGS)("strings in %s", (encoding) => {
  const long = "x".repeat(10_000);
  it.each([
    ["none", ""],
    ["one character", "a"],
    ["as short as strings that are kept", "k".repeat(48)],
    ["just longer", "k".repeat(49)],
    ["long", long],
    ["with a zero", "a\0b"],
    ["with a byte order mark", "\uFEFFa"],
    ["in Latin-1", "Zürich ÿ \u0080\u009F"],
    ["just outside Latin-1", "Ā"],
    ["that leave Latin-1 late", `${long}ü€`],
    ["in Japanese", "東京"],
    ["with astral characters", "a🌍b🌎"],
    ["at the ends of UTF-8's lengths", "\u007F\u0080\u07FF\u0800\uFFFF\u{10000}\u{10FFFF}"],
  ])("come through: %s", async (_, text) => {
    const seen: unknown[] = [];
    const host = (value: unknown): unknown => {
      seen.push(value);
      return value;
    };
    const echo = await open(echoText([list("string")], encoding), { "host-0": host });
    expect(echo["run0"]?.([text, "", text])).toEqual([text, "", text]);
    expect(seen).toEqual([[text, "", text]]);
  });

  it.each([
    ["alone", "\uD800", "\uFFFD"],
    ["in the wrong order", "a\uDC00\uD800b", "a\uFFFD\uFFFDb"],
    ["in a long string", `${long}\uDBFF`, `${long}\uFFFD`],
  ])("have U+FFFD for surrogates that stand %s", async (_, text, arrives) => {
    const echo = await open(echoText(["string"], encoding), { "host-0": (value: unknown) => value });
    expect(echo["run0"]?.(text)).toBe(arrives);
  });
});

describe("the bytes of a string in the guest's memory", () => {
  it.each([
    ["utf8", "aü€🌍", new TextEncoder().encode("aü€🌍"), 10],
    ["utf16", "aü€🌍", utf16Bytes("aü€🌍"), 5],
    ["latin1+utf16", "aüÿ\u0080", Uint8Array.of(0x61, 0xfc, 0xff, 0x80), 4],
    ["latin1+utf16", "aü€🌍", utf16Bytes("aü€🌍"), TAG + 5],
    ["latin1+utf16", "", new Uint8Array(0), 0],
  ] as const)("are those of %s: %j", async (encoding, text, bytes, units) => {
    const guest = await reader(encoding);
    expect(guest["bytesOf"]?.(text)).toEqual(bytes);
    expect(guest["unitsOf"]?.(text)).toBe(units);
  });

  it.each([
    ["utf8", new TextEncoder().encode("aü€🌍"), 10, "aü€🌍"],
    ["utf16", utf16Bytes("aü€🌍"), 5, "aü€🌍"],
    ["latin1+utf16", Uint8Array.of(0x80, 0x9f, 0xe4, 0xff), 4, "\u0080\u009Fäÿ"],
    ["latin1+utf16", utf16Bytes("a🌍"), TAG + 3, "a🌍"],
  ] as const)("are read as %s", async (encoding, bytes, units, text) => {
    const guest = await reader(encoding);
    expect(guest["stringOf"]?.(bytes, units)).toBe(text);
  });

  it.each([
    ["utf8", "a lone continuation byte", [0x80], 1, "invalid utf-8"],
    ["utf8", "an overlong form", [0xc0, 0xaf], 2, "invalid utf-8"],
    ["utf8", "an encoded surrogate", [0xed, 0xa0, 0x80], 3, "invalid utf-8"],
    ["utf8", "a character cut off", [0xf0, 0x9f, 0x8c], 3, "invalid utf-8"],
    ["utf8", "a bad byte far inside", [...Array.from({ length: 100 }, () => 0x61), 0xff], 101, "invalid utf-8"],
    ["utf8", "more bytes than there is memory", [], 2 ** 31 - 1, "out-of-bounds"],
    ["utf8", "2^32 - 1 bytes", [], 2 ** 32 - 1, "out-of-bounds"],
    ["utf16", "a lone high surrogate", [0x00, 0xd8], 1, "invalid utf-16"],
    ["utf16", "a lone low surrogate", [0x61, 0x00, 0x00, 0xdc], 2, "invalid utf-16"],
    ["utf16", "2^31 units", [], 2 ** 31, "out-of-bounds"],
    ["latin1+utf16", "a lone surrogate", [0x00, 0xd8], TAG + 1, "invalid utf-16"],
    ["latin1+utf16", "as many units as can be said", [], 2 ** 32 - 1, "out-of-bounds"],
  ] as const)("trap in %s when they are %s", async (encoding, _, bytes, units, text) => {
    const guest = await reader(encoding);
    const error = refusal(() => guest["stringOf"]?.(Uint8Array.from(bytes), units));
    expect(error.code).toBe("trap");
    expect(error.message).toContain(text);
  });

  it("trap when they do not begin at an even address and hold code units of two bytes", async () => {
    const guest = await open(`(component ${MEMORY}
      (core module $Guest
        (import "memory" "memory" (memory 0))
        (data (i32.const 16) "\\21\\00\\00\\00\\01")
        (func (export "run") (result i32) (i32.const 16)))
      (core instance $guest (instantiate $Guest (with "memory" (instance $memory))))
      (func (export "run") (result string) (canon lift (core func $guest "run") ${optionsOf("utf16")})))`);
    const error = refusal(() => guest["run"]?.());
    expect(error).toMatchObject({ code: "trap" });
    expect(error.message).toContain("unaligned pointer");
  });

  it("stay right when many short ones follow each other", async () => {
    const guest = await reader("utf8");
    const words = Array.from({ length: 5000 }, (_, at) => `key.${(at * 7919) % 5000}.${"z".repeat(at % 40)}`);
    const back = words.map((word) => {
      guest["reset"]?.();
      return guest["stringOf"]?.(new TextEncoder().encode(word), word.length);
    });
    expect(back).toEqual(words);
  });
});
