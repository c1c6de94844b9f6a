import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { payloadText } from "../../host/cli/payload.ts";
import { printable } from "../../host/cli/printable.ts";

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

describe("text that a stranger wrote", () => {
  it("cannot steer the terminal or break the line", () => {
    expect(printable("a\u001b[2Jb\r\nc\u009b1m\u202ed")).toBe("a\\u001b[2Jb\\u000d\\u000ac\\u009b1m\\u202ed");
  });

  it("is left alone where it prints", () => {
    expect(printable('{"city":"Zürich 東京 🙂"}')).toBe('{"city":"Zürich 東京 🙂"}');
  });
});

describe("a payload as text", () => {
  it.each([
    ["application/json", '{"a":1.0}', { encoding: "json", text: '{"a":1.0}' }],
    ["application/vnd.x+json; charset=utf-8", " [1,\n\t2]\n", { encoding: "json", text: "[1, 2]" }],
    ["application/json", "{oops", { encoding: "text", text: "{oops" }],
    ["text/plain", "[1]", { encoding: "text", text: "[1]" }],
    [undefined, "", { encoding: "text", text: "" }],
  ])("of type %s: %j", (contentType, text, expected) => {
    expect(payloadText({ contentType, payload: encode(text) })).toEqual(expected);
  });

  it("is base64 when it is not text, whatever its type says", () => {
    expect(payloadText({ contentType: undefined, payload: Uint8Array.of(7, 0) })).toEqual({ encoding: "base64", text: "BwA=" });
    expect(payloadText({ contentType: "application/json", payload: Uint8Array.of(0xff, 0) })).toEqual({ encoding: "base64", text: "/wA=" });
  });

  it("is the same JSON document on one printable line", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom("", "\t", "\n", " "), (value, indent) => {
        const { encoding, text } = payloadText({ contentType: "application/json", payload: encode(JSON.stringify(value, null, indent)) });
        expect(encoding).toBe("json");
        expect(printable(text)).not.toMatch(/[\n\r\u001b]/);
        expect(JSON.parse(printable(text))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });
});
