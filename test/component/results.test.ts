import { describe, expect, it } from "vitest";
import { ComponentError, DoterosError } from "../../host/contract/error.ts";
import { echoText } from "./echo.ts";
import { type Callable, open } from "./open.ts";
import { enumeration, list, option, record, result, type Type, variant } from "./type.ts";

const fault = variant({ "too-long": "u64", gone: undefined });

/** A guest that asks the host, and answers what the host answers; `given` is what the host is called with. */
async function guest(type: Type, host: Callable): Promise<Callable> {
  const echo = await open(echoText([type]), { "host-0": host });
  return (...args) => echo["run0"]?.(...args);
}

const thrownBy = (run: () => unknown): unknown => {
  try {
    run();
  } catch (error) {
    return error;
  }
  return undefined;
};

describe("a result", () => {
  it.each([
    ["a number", result("u32", "string"), 5],
    ["a string", result("string", undefined), "five"],
    ["bytes", result(list("u8"), "u8"), Uint8Array.of(5)],
    ["a record", result(record({ a: "u64" }), "f32"), { a: 5n }],
    ["something optional", result(option("u8"), "string"), undefined],
    ["nothing", result(undefined, "string"), undefined],
    ["nothing at all", result(undefined, undefined), undefined],
    ["another result", result(result("u8", "u8"), "u8"), { tag: "err", val: 3 }],
  ])("that is ok is returned: %s", async (_, type, value) => {
    const run = await guest(type, () => value);
    expect(run({ tag: "err", val: errorFor(type) })).toStrictEqual(value);
  });

  it.each([
    ["a string", result("u32", "string"), "no"],
    ["a number", result(undefined, "u8"), 7],
    ["a variant", result(list("string"), fault), { tag: "too-long", val: 5n }],
    ["an enum", result("u8", enumeration("not-found", "denied")), "denied"],
    ["nothing", result("u32", undefined), undefined],
    ["nothing at all", result(undefined, undefined), undefined],
  ])("that is an error is thrown, with its payload: %s", async (_, type, payload) => {
    const run = await guest(type, () => {
      throw new ComponentError(payload);
    });
    const error = thrownBy(() => run({ tag: "err", val: errorFor(type) }));
    expect(error).toBeInstanceOf(ComponentError);
    expect((error as ComponentError).payload).toStrictEqual(payload);
  });

  it("arrives at the host as a case and its value when it is a parameter", async () => {
    const seen: unknown[] = [];
    const run = await guest(result("u32", "string"), (value) => {
      seen.push(value);
      return 0;
    });
    run({ tag: "ok", val: 1 });
    run({ tag: "err", val: "no" });
    expect(seen).toEqual([{ tag: "ok", val: 1 }, { tag: "err", val: "no" }]);
  });

  it("is an error when what the host throws has a payload, whatever its class", async () => {
    const run = await guest(result("u32", "string"), () => {
      throw Object.assign(new Error("of another library"), { payload: "no" });
    });
    expect(thrownBy(() => run({ tag: "ok", val: 1 }))).toMatchObject({ name: "ComponentError", payload: "no" });
  });

  it("is an error when the host throws what is no error but the payload itself, as jco has it", async () => {
    const run = await guest(result("u32", "string"), () => {
      const thrown: unknown = "no";
      throw thrown;
    });
    expect(thrownBy(() => run({ tag: "ok", val: 1 }))).toMatchObject({ name: "ComponentError", payload: "no" });
  });

  it("leaves the guest as it was, which can be called again", async () => {
    let fails = true;
    const run = await guest(result("u32", "string"), () => {
      if (fails) throw new ComponentError("no");
      return 1;
    });
    expect(() => run({ tag: "ok", val: 1 })).toThrow(ComponentError);
    fails = false;
    expect(run({ tag: "ok", val: 1 })).toBe(1);
  });
});

describe("what a host throws that is no result's error", () => {
  it.each([
    ["an error", new RangeError("of the host")],
    ["an error with a text about the stack", new RangeError("Maximum call stack size exceeded, says the host")],
    ["a DoterosError", new DoterosError("not-granted", "of the host")],
  ])("comes out unchanged: %s", async (_, thrown) => {
    const run = await guest(result("u32", "string"), () => {
      throw thrown;
    });
    expect(thrownBy(() => run({ tag: "ok", val: 1 }))).toBe(thrown);
  });

  it.each([
    ["a string", "thrown"],
    ["undefined", undefined],
    ["a number", 5],
  ])("comes out unchanged from a function that has no result: %s", async (_, thrown) => {
    const run = await guest("u32", () => {
      throw thrown;
    });
    expect(thrownBy(() => run(1))).toBe(thrown);
  });

  it("comes out unchanged from a function without a result, a payload or not", async () => {
    const thrown = new ComponentError("no one asked");
    const run = await guest("u32", () => {
      throw thrown;
    });
    expect(thrownBy(() => run(1))).toBe(thrown);
  });
});

/** A value of the error case of `type`. */
function errorFor(type: Type): unknown {
  const err = typeof type === "object" && type.kind === "result" ? type.err : undefined;
  if (err === "string") return "";
  if (typeof err === "object") return err.kind === "enum" ? err.names[0] : { tag: "gone" };
  return err === undefined ? undefined : 0;
}
