import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { openCapsule } from "./desk.ts";
import { decodeCity } from "./weather-state.ts";

const READING =
  '{"location":"Seattle","date":"2012-01-05","precipitation":0,"temp_max":TEMP_MAX,"temp_min":0,"wind":0}';

describe("weather reads JSON as JavaScript does", async () => {
  const capsule = await openCapsule("weather");
  const NOT_AN_OBJECT = "the payload is not a JSON object";

  /** True when the capsule takes the bytes for a JSON object, whatever is in it. */
  function takesForObject(payload: Uint8Array): boolean {
    capsule.state.clear();
    return capsule.send("readings.any", payload)?.val.startsWith(NOT_AN_OBJECT) !== true;
  }

  function highOf(key: string): number {
    return decodeCity(capsule.state.get(key) ?? new Uint8Array()).high.value;
  }

  function isObject(payload: Uint8Array): boolean {
    try {
      const value: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(payload));
      return typeof value === "object" && value !== null && !Array.isArray(value);
    } catch {
      return false;
    }
  }

  it("accepts every JSON object, however it is spaced", () => {
    const value = fc.jsonValue({ maxDepth: 5, stringUnit: "binary" });
    const spaces = fc.constantFrom(undefined, 1, "\t\r\n ");
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: "binary" }), value), spaces, (object, space) => {
        const payload = new TextEncoder().encode(JSON.stringify(object, undefined, space));
        expect(takesForObject(payload)).toBe(isObject(payload));
      }),
      { numRuns: 300 },
    );
  });

  it("agrees about objects with a few bytes changed, cut or added", () => {
    const telling = new TextEncoder().encode('{}[]",:\\/+-.0129eEutrfalsn \t\n\u0000é€😀');
    const bytes = fc.constantFrom(...telling, 0xff, 0xed, 0xa0, 0xf4, 0x90);
    const edit = fc.tuple(fc.nat({ max: 200 }), fc.nat({ max: 2 }), fc.array(bytes, { maxLength: 3 }));
    const source =
      '{"t\\u00e9":"\\ud83d\\ude00é€😀\\n","n":[-0.5e+10,0,12.25E-3,{}],"b":{"x":true,"y":[false,null]}}';
    let accepted = 0;
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 3 }), (edits) => {
        const payload = [...new TextEncoder().encode(source)];
        for (const [at, removed, added] of edits) payload.splice(at % payload.length, removed, ...added);
        const expected = isObject(Uint8Array.from(payload));
        if (expected) accepted += 1;
        expect(takesForObject(Uint8Array.from(payload))).toBe(expected);
      }),
      { numRuns: 3000 },
    );
    expect(accepted).toBeGreaterThan(50);
  });

  it("agrees about every kind of UTF-8 sequence, whole and broken", () => {
    const edges = [0x22, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0];
    // After a lead of two, three and four bytes these end well; the others do not.
    const endings = [[0x61, 0x61], [0x80, 0x61], [0x80, 0xbf], [0xbf, 0xc0], [0x7f, 0x80]] as const;
    const disagreements: string[] = [];
    for (let lead = 0x80; lead <= 0xff; lead += 1) {
      for (const second of edges) {
        for (const [third, fourth] of endings) {
          const payload = Uint8Array.of(0x7b, 0x22, lead, second, third, fourth, 0x22, 0x3a, 0x31, 0x7d);
          if (takesForObject(payload) !== isObject(payload)) disagreements.push(payload.join(" "));
        }
      }
    }
    expect(disagreements).toEqual([]);
  });

  it("agrees about every byte that an escape may hold", () => {
    const disagreements: string[] = [];
    for (let byte = 0; byte <= 0xff; byte += 1) {
      for (const text of ["{\"\\?\":1}", "{\"\\u00?0\":1}", "{\"\\u000?\":1}"]) {
        const payload = Uint8Array.from(text, (character) => (character === "?" ? byte : character.charCodeAt(0)));
        if (takesForObject(payload) !== isObject(payload)) disagreements.push(`${text} ${byte}`);
      }
    }
    expect(disagreements).toEqual([]);
  });

  it("pairs surrogates as Unicode does, and replaces halves", () => {
    const units = ["d7ff", "d800", "dbff", "dc00", "dfff", "e000", "0041", "00e9"];
    for (const [first, second, third] of units.flatMap((a) => units.flatMap((b) => units.map((c) => [a, b, c])))) {
      const escaped = `"\\u${first}\\u${second}\\u${third}x"`;
      capsule.state.clear();
      const payload = READING.replace('"Seattle"', escaped).replace("TEMP_MAX", "1");
      expect(capsule.send("readings.any", payload)).toBeUndefined();
      const text = new TextDecoder().decode(new TextEncoder().encode(JSON.parse(escaped) as string));
      expect([...capsule.state.keys()]).toEqual([`city/${text}`]);
    }
  });

  it("reads names and texts with escapes, and the later of two members", () => {
    capsule.state.clear();
    const payload = [
      '{"loc\\u0061tion":"no","loc\\u0061tion":"S\\u00e3o\\t\\ud83d\\ude00 \\ud800!"',
      '"date":"2012-01-\\u00305","precipitation":0,"temp_max":"x","temp_max":1.5e1,"temp_min":-0,"wind":0.0',
      '"more":[{"location":"x"}]}',
    ];
    expect(capsule.send("readings.any", payload.join(","))).toBeUndefined();
    expect([...capsule.state.keys()]).toEqual(["city/São\t😀 \ufffd!"]);
    expect(highOf("city/São\t😀 \ufffd!")).toBe(15);
  });

  it("reads numbers of up to fifteen digits to their last bit", () => {
    const number = fc.tuple(fc.nat({ max: 10 ** 15 - 1 }), fc.integer({ min: 6, max: 22 }), fc.boolean());
    fc.assert(
      fc.property(number, ([digits, point, isPlain]) => {
        const exponential = `${digits}e-${point}`;
        const text = isPlain ? String(Number(exponential)) : exponential;
        capsule.state.clear();
        const payload = READING.replace("TEMP_MAX", text);
        expect(capsule.send("readings.any", payload)).toBeUndefined();
        expect(highOf("city/Seattle")).toBe(Number(text));
      }),
      { numRuns: 1000 },
    );
  });

  it("bounds nesting, and takes time in proportion to the payload", () => {
    expect(takesForObject(new TextEncoder().encode(`{"a":${"[".repeat(60)}${"]".repeat(60)}}`))).toBe(true);
    expect(takesForObject(new TextEncoder().encode(`{"a":${"[".repeat(500_000)}`))).toBe(false);
    const started = performance.now();
    expect(takesForObject(new TextEncoder().encode(`{"${"\\n".repeat(500_000)}":1}`))).toBe(true);
    expect(performance.now() - started).toBeLessThan(1000);
  });
});
