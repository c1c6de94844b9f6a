import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { ComponentError, compileComponent } from "../../host/component/index.ts";
import { buildGuest } from "./guest.ts";

type Echo = Record<string, (...values: unknown[]) => unknown>;
const ECHO = "test:echo/echo@1.0.0";

/** The functions that give back what they are given, as WIT names them. */
function echoes(wit: string): string[] {
  return Array.from(wit.matchAll(/^ {2}(echo-[\w-]+): func/gmu), ([, name = ""]) => name);
}

function camelCase(name: string): string {
  return name.replaceAll(/-(.)/gu, (_, char: string) => char.toUpperCase());
}

/** Functions whose answer is a result, which is returned or thrown. */
const RESULTS: ReadonlySet<string> = new Set(["echoResult", "echoEmpty", "echoOneSide"]);

interface Case {
  readonly tag: "ok" | "err";
  readonly val?: unknown;
}

function answerOf({ tag, val }: Case): unknown {
  if (tag === "ok") return val;
  throw new ComponentError(val);
}

function caseOf(call: () => unknown): Case {
  try {
    return { tag: "ok", val: call() };
  } catch (error) {
    if (error instanceof ComponentError) return { tag: "err", val: error.payload };
    throw error;
  }
}

/** A guest whose every function calls the import of the same name. */
function sourceOf(wit: string): string {
  const types: Record<string, string> = {
    echoBool: "bool", echoS8: "i8", echoU8: "u8", echoS16: "i16", echoU16: "u16", echoS32: "i32", echoU32: "u32",
    echoS64: "i64", echoU64: "u64", echoF32: "f32", echoF64: "f64", echoChar: "u32", echoString: "string",
    echoPoint: "Point", echoEvery: "Every", echoShape: "Form", echoLevel: "Level", echoPermissions: "Permissions",
    echoBytes: "Uint8Array", echoNumbers: "Int64Array", echoFlags: "Array<bool>", echoTexts: "Array<string>",
    echoGrid: "Array<Uint16Array>", echoTuple: "Tuple3<u8, string, f32>", echoOption: "Option<u32>",
    echoOptionText: "string | null", echoNested: "Option<string | null>", echoResult: "Result<f32, string>",
    echoEmpty: "Result<Nothing, Nothing>", echoOneSide: "Result<Nothing, Level>",
    echoMap: "Map<string, Point>", echoNumbered: "Map<u16, Uint8Array>", echoFour: "StaticArray<u8>", echoTwenty: "StaticArray<string>",
    echoDeep: "StaticArray<StaticArray<u16>> | null",
    echoMixed: "Array<Result<Tuple2<u8, u64>, Option<f64>>>",
  };
  const lines = echoes(wit).map((label) => {
    const name = camelCase(label);
    return `export function ${name}(v: ${types[name]}): ${types[name]} { return host.${name}(v); }`;
  });
  return `import * as host from "./bindings/echo";
import { Every, Form, Level, Permissions, Point } from "./bindings/echo";
import { Nothing, Option, Result, Tuple2, Tuple3 } from "./bindings/value";
${lines.join("\n")}
export function swap(a: u8, b: string, c: Form): Tuple3<Form, string, u8> { return host.swap(a, b, c); }
export function nothing(): void { host.nothing(); }
`;
}

const POINT = { x: -7, y: 2.5, label: "Zürich 🏔" };
const EVERY = {
  a: true, b: -128, c: 255, d: -32768, e: 65535, f: -2147483648, g: 4294967295, h: -(2n ** 63n), i: 2n ** 64n - 1n,
  j: 1.5, k: Math.PI, l: "🦀", m: "text", points: [POINT, { x: 1, y: -0.25, label: "" }], nested: { tag: "some", val: undefined },
  level: "high",
  allowed: { read: true, write: false, execute: true, visit: false, create: false, remove: false, share: false, keep: false, audit: true },
  shape: { tag: "corners", val: [POINT] },
};

/** Values of each function, as the linker takes and gives them. */
const VALUES: Record<string, readonly unknown[]> = {
  echoBool: [true, false],
  echoS8: [-128, 0, 127],
  echoU8: [0, 255],
  echoS16: [-32768, 32767],
  echoU16: [65535],
  echoS32: [-2147483648, 2147483647],
  echoU32: [0, 4294967295],
  echoS64: [-(2n ** 63n), 2n ** 63n - 1n],
  echoU64: [2n ** 64n - 1n],
  echoF32: [0.5, -3.25, Infinity],
  echoF64: [Math.PI, -0, 5e-324],
  echoChar: ["a", "é", "🦀"],
  echoString: ["", "plain", "Zürich 🏔 \u0000 end", "x".repeat(100_000)],
  echoPoint: [POINT],
  echoEvery: [EVERY, { ...EVERY, a: false, points: [], nested: { tag: "none" }, shape: { tag: "none" } }],
  echoShape: [
    { tag: "none" }, { tag: "circle", val: 1.5 }, { tag: "square", val: Math.E }, { tag: "id", val: 2n ** 63n },
    { tag: "named", val: "ß" }, { tag: "corners", val: [POINT, POINT] }, { tag: "maybe", val: undefined }, { tag: "maybe", val: "yes" },
  ],
  echoLevel: ["low", "middle", "high"],
  echoPermissions: [EVERY.allowed],
  echoBytes: [new Uint8Array(), Uint8Array.of(0, 1, 255)],
  echoNumbers: [new BigInt64Array(), BigInt64Array.of(-1n, 2n ** 62n)],
  echoFlags: [[], [true, false, true]],
  echoTexts: [[], ["", "one", "zwei ü"]],
  echoGrid: [[], [new Uint16Array(), Uint16Array.of(1, 65535)]],
  echoTuple: [[7, "seven", 7.5]],
  echoOption: [undefined, 0, 4294967295],
  echoOptionText: [undefined, "", "text"],
  echoNested: [{ tag: "none" }, { tag: "some", val: undefined }, { tag: "some", val: "deep" }],
  echoResult: [{ tag: "ok", val: 0.5 }, { tag: "err", val: "bad" }],
  echoEmpty: [{ tag: "ok" }, { tag: "err" }],
  echoOneSide: [{ tag: "ok" }, { tag: "err", val: "middle" }],
  echoMap: [new Map(), new Map([["ü", POINT], ["", { x: 1, y: -0.25, label: "" }]])],
  echoNumbered: [new Map([[65535, Uint8Array.of(1)], [0, new Uint8Array()]])],
  echoFour: [[0, 1, 254, 255]],
  echoTwenty: [Array.from({ length: 20 }, (_, index) => "é".repeat(index))],
  echoDeep: [undefined, [[1, 2], [3, 4], [5, 65535]]],
  echoMixed: [[{ tag: "ok", val: [1, 2n ** 40n] }, { tag: "err", val: undefined }, { tag: "err", val: 2.5 }]],
};

describe("generated bindings", () => {
  let guest: Echo = {};
  let names: string[] = [];
  const seen: unknown[] = [];

  beforeAll(async () => {
    const wit = await readFile(join(import.meta.dirname, "values.wit"), "utf8");
    names = echoes(wit).map(camelCase);
    const component = await compileComponent(await buildGuest(wit, "echoing", { "echo.ts": sourceOf(wit) }));
    const host: Echo = { swap: (a, b, c) => [c, b, a], nothing: () => seen.push("nothing") };
    for (const name of names) {
      host[name] = (value) => {
        seen.push(value);
        return RESULTS.has(name) ? answerOf(value as Case) : value;
      };
    }
    const { exports } = await component.instantiate({ [ECHO]: host });
    guest = exports[ECHO] as Echo;
  }, 300_000);

  it("has values for every function of the world", () => {
    expect(Object.keys(VALUES).sort()).toEqual([...names].sort());
  });

  it.each(Object.entries(VALUES))("%s carries each value in and out", (name, values) => {
    for (const value of values) {
      seen.length = 0;
      const back = RESULTS.has(name) ? caseOf(() => guest[name]?.(value)) : guest[name]?.(value);
      expect(seen).toEqual([value]);
      expect(back).toEqual(value);
    }
  });

  it("keeps several parameters in order", () => {
    const shape = { tag: "named", val: "square" };
    expect(guest["swap"]?.(9, "text", shape)).toEqual([shape, "text", 9]);
    seen.length = 0;
    guest["nothing"]?.();
    expect(seen).toEqual(["nothing"]);
  });
});
