import { Encoder } from "cbor-x";
import * as fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { isWellFormed } from "./cbor-oracle.ts";
import { buildCapsule, linkCapsule, type Linked } from "./capsule.ts";

// A capsule that reads a document and writes it again, value by value, through the SDK's readers and writers: what comes
// out must say the same to JSON.parse and to cbor-x as what went in.
const SOURCE = `import { Cbor, CborKind, CborWriter, Json, JsonKind, JsonWriter, Message, invalid, messaging } from "doteros-wasm/sdk/assemblyscript";

export function handle(message: Message): void {
  if (message.subject == "json") {
    const json = Json.read(message.payload);
    if (json === null) return invalid(Json.problemAt().toString());
    const out = new JsonWriter();
    copyJson(json, out);
    messaging.publish(new Message("json", out.bytes()));
    messaging.publish(Message.ofText("fields", fieldsOf(json)));
  } else if (message.subject == "unsigned") {
    messaging.publish(new Message("unsigned", new CborWriter().unsigned(u64.MAX_VALUE).bytes()));
  } else {
    const cbor = Cbor.read(message.payload);
    if (cbor === null) return invalid(Cbor.problemAt().toString());
    const out = new CborWriter();
    copyCbor(cbor, out);
    messaging.publish(new Message("cbor", out.bytes()));
  }
}

function copyJson(value: Json, out: JsonWriter): void {
  switch (value.kind) {
    case JsonKind.Null: out.null(); break;
    case JsonKind.Bool: out.bool(value.asBool()); break;
    case JsonKind.Number: out.number(value.asNumber()); break;
    case JsonKind.Text: out.text(value.asText()!); break;
    case JsonKind.Array: {
      out.array();
      for (let i = 0; i < value.length; i++) copyJson(value.at(i)!, out);
      out.end();
      break;
    }
    case JsonKind.Object: {
      out.object();
      for (let i = 0; i < value.length; i++) {
        out.key(value.nameAt(i)!);
        copyJson(value.at(i)!, out);
      }
      out.end();
      break;
    }
  }
}

/** What getters say about the members a, b, c and "", in JSON. */
function fieldsOf(value: Json): string {
  const out = new JsonWriter().array();
  const names = ["a", "b", "\\u00e9", "", "\\\\n"];
  for (let i = 0; i < names.length; i++) {
    const found = value.get(names[i]);
    if (found === null) out.text("none");
    else copyJson(found, out);
    const text = value.getText(names[i]);
    if (text !== null) out.text(text);
    out.number(value.getNumber(names[i])).bool(value.getBool(names[i]));
  }
  return out.end().toString();
}

function copyCbor(value: Cbor, out: CborWriter): void {
  if (value.tag >= 0) out.tag(value.tag);
  switch (value.kind) {
    case CborKind.Integer: {
      const number = value.asNumber();
      if (number >= 18446744073709551615.0 || (number > 9007199254740992.0 && value.asInteger(-1) == -1)) out.raw(value.raw());
      else if (value.asInteger(i64.MIN_VALUE) == i64.MIN_VALUE) out.raw(value.raw());
      else out.integer(value.asInteger());
      break;
    }
    case CborKind.Float: out.number(value.asNumber()); break;
    case CborKind.Text: out.text(value.asText()!); break;
    case CborKind.Bytes: out.byteString(value.asBytes()!); break;
    case CborKind.Bool: out.bool(value.asBool()); break;
    case CborKind.Null: out.null(); break;
    case CborKind.Array: {
      out.array(value.length);
      for (let i = 0; i < value.length; i++) copyCbor(value.at(i)!, out);
      break;
    }
    case CborKind.Map: {
      out.map(value.length);
      for (let i = 0; i < value.length; i++) {
        copyCbor(value.keyAt(i)!, out);
        copyCbor(value.at(i)!, out);
      }
      break;
    }
    default: out.raw(value.raw());
  }
}
`;

const bytesOf = (hex: string): Uint8Array => Uint8Array.from(hex.match(/../gu) ?? [], (pair) => Number.parseInt(pair, 16));
const runs = Number(process.env["DOTEROS_RUNS"] ?? 500);
const seed = Number(process.env["DOTEROS_SEED"] ?? 20260);
const options = { numRuns: runs, seed };
const PATIENCE = 600_000;

describe("documents that a capsule reads and writes again", () => {
  let capsule: Linked;
  const sent: Uint8Array[] = [];

  beforeAll(async () => {
    const { component } = await buildCapsule({ "index.ts": SOURCE });
    capsule = await linkCapsule(component, { messaging: { publish: ({ payload }: { payload: Uint8Array }) => void sent.push(payload) } });
  }, 300_000);

  const through = (subject: string, document: string | Uint8Array): Uint8Array | undefined => {
    sent.length = 0;
    return capsule.send(subject, document) === undefined ? sent[0] : undefined;
  };
  const json = (text: string): unknown => JSON.parse(new TextDecoder().decode(through("json", text)));

  it("JSON of any kind, spaced anyhow", () => {
    // A short number may be read in the last bit amiss when it has more than 15 digits, so those are whole or short here.
    const numbers = fc.oneof(fc.integer(), fc.integer().map((whole) => whole / 1000), fc.constantFrom(0, -0.5, 1e21, 1.5e-7, 123456789012345));
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof({ depthSize: "small" }, fc.constantFrom(null, true, false), numbers, fc.string({ unit: "grapheme" }), tie("array"), tie("object")),
      array: fc.array(tie("value"), { maxLength: 5 }),
      object: fc.dictionary(fc.string({ unit: "grapheme", maxLength: 3 }).filter((name) => name !== "__proto__"), tie("value"), { maxKeys: 5 }),
    }));
    fc.assert(
      fc.property(value, fc.constantFrom(undefined, 1, "\t\r\n "), (document, space) => {
        expect(json(JSON.stringify(document, undefined, space))).toEqual(JSON.parse(JSON.stringify(document)));
      }),
      options,
    );
  }, PATIENCE);

  it("the members of an object, by name; of several with one name the last", () => {
    through("json", String.raw`{"a":1,"b":"x","\u00e9":true,"a":{"b":2},"":null,"\n":3,"\\n":"backslash"}`);
    const fields: unknown = JSON.parse(new TextDecoder().decode(sent[1]));
    expect(fields).toEqual([{ b: 2 }, null, false, "x", "x", null, false, true, null, true, null, null, false, "backslash", "backslash", null, false]);
  });

  it("numbers to the last bit, of up to 15 digits", () => {
    fc.assert(
      fc.property(fc.integer({ min: -999_999_999_999_999, max: 999_999_999_999_999 }), fc.integer({ min: -22, max: 7 }), (digits, exponent) => {
        expect(json(`${digits}e${exponent}`)).toBe(Number(`${digits}e${exponent}`) + 0);
      }),
      options,
    );
  }, PATIENCE);

  it.each([
    ["", 0], ["{", 1], ['{"a"}', 4], ["[1,]", 3], ["01", 1], ["1 2", 2], ['"\u0001"', 1], ["nul", 3], ['"\\x"', 2], ["[".repeat(65), 64], ["tru\u00e9", 3],
  ])("refuses %j, and says at which byte", (text, at) => {
    expect(capsule.send("json", text)).toEqual({ tag: "invalid", val: String(at) });
  });

  const encoder = new Encoder({ useRecords: false, mapsAsObjects: false, tagUint8Array: false, variableMapSize: true });
  const item = (): fc.Arbitrary<unknown> =>
    fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { depthSize: "small" },
        fc.constantFrom(null, true, false, undefined),
        fc.integer(),
        // cbor-x writes these in eight bytes; of smaller ones it would make numbers when it reads them in fewer.
        fc.oneof(fc.bigInt({ min: -(2n ** 63n), max: -(2n ** 53n) }), fc.bigInt({ min: 2n ** 53n, max: 2n ** 64n - 1n })),
        fc.double(),
        fc.string({ unit: "grapheme" }),
        fc.uint8Array({ maxLength: 40 }),
        fc.array(tie("value"), { maxLength: 30 }),
        fc.array(fc.tuple(fc.string({ maxLength: 4 }), tie("value")), { maxLength: 30 }).map((pairs) => new Map(pairs)),
      ),
    })).value;

  it("CBOR of any kind", () => {
    fc.assert(
      fc.property(item(), (document) => {
        const bytes = Uint8Array.from(encoder.encode(document));
        const back = through("cbor", bytes);
        expect(back).toBeDefined();
        expect(encoder.decode(back ?? bytes)).toEqual(encoder.decode(bytes));
      }),
      options,
    );
  }, PATIENCE);

  it("whole numbers up to 2^64 - 1", () => expect(encoder.decode(through("unsigned", "") ?? new Uint8Array())).toBe(2n ** 64n - 1n));

  it("of bytes changed at random, refuses what is no CBOR and nothing else", () => {
    fc.assert(
      fc.property(item(), fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { minLength: 1, maxLength: 4 }), fc.nat({ max: 3 }), (document, changes, cut) => {
        const bytes = Uint8Array.from(encoder.encode(document));
        for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
        const damaged = bytes.subarray(0, Math.max(0, bytes.length - cut));
        expect(through("cbor", damaged) !== undefined).toBe(isWellFormed(damaged));
      }),
      { ...options, numRuns: runs * 4 },
    );
  }, PATIENCE);

  it.each([
    ["9f01ff", [1]], ["bf6161f5ff", new Map([["a", true]])], ["7f61616162ff", "ab"], ["5f4101420203ff", Uint8Array.of(1, 2, 3)], ["f97c00", Infinity], ["f90001", 5.960464477539063e-8], ["f903ff", 0.00006097555160522461], ["fa7f7fffff", 3.4028234663852886e38],
    ["3b7fffffffffffffff", -(2n ** 63n)], ["1bffffffffffffffff", 2n ** 64n - 1n], ["d9d9f76161", "a"],
  ])("reads %s of RFC 8949", (hex, value) => {
    expect(encoder.decode(through("cbor", bytesOf(hex)) ?? new Uint8Array())).toEqual(value);
  });

  it.each([["7f61c3", 2], ["7f6161616263ff", 5], ["c1", 1], ["f818", 0], ["1c", 0], ["62c328", 1], ["a101", 2], ["ff", 0], ["", 0], ["0101", 1]])("refuses %s, and says at which byte", (hex, at) => {
    expect(isWellFormed(bytesOf(hex))).toBe(false);
    expect(capsule.send("cbor", bytesOf(hex))).toEqual({ tag: "invalid", val: String(at) });
  });
});
