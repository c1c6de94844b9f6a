// Modules named by their crimes. Each is stopped, by what it ran out of, and the process goes on.
import { parse } from "@bytecodealliance/jco";
import { describe, expect, it } from "vitest";
import { ByteWriter } from "../../../host/wasm/byte-writer.ts";
import { Counters } from "../../../host/wasm/rewrite/counters.ts";
import { rewriteModule } from "../../../host/wasm/rewrite/rewrite-module.ts";
import { refusal } from "../../refusal.ts";
import { open, openBytes } from "./open.ts";

const PARTS = { fuel: true, stack: true, memoryPagesMax: 16, tableElementsMax: 1000, canonicalNaN: true };
const LIMITS = { memoryPages: 16, tableElements: 1000 };

/** A module of one function without parameters, whose code is given. */
function moduleOf(code: (to: ByteWriter) => void): Uint8Array {
  const body = new ByteWriter(1024);
  body.byte(0);
  code(body);
  body.byte(0x0b);
  const { length } = body;
  const section = new ByteWriter(1024);
  section.u32(1);
  section.u32(length);
  section.copy(body.finish(), 0, length);
  const out = new ByteWriter(1024);
  for (const byte of [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0, 7, 7, 1, 3, 0x72, 0x75, 0x6e, 0, 0, 10]) out.byte(byte);
  out.u32(section.length);
  out.copy(section.finish(), 0, section.length);
  return out.finish();
}

describe("stopped for its fuel", () => {
  it.each([
    ["spins for ever", "(func (export \"run\") loop br 0 end)"],
    ["spins without looking busy", "(func (export \"run\") loop $a block i32.const 1 br_if 1 end end)"],
    ["spins in a table of branches", "(func (export \"run\") loop i32.const 0 br_table 0 0 0 end)"],
    ["spins in a nest of loops that do nothing", "(func (export \"run\") loop loop loop br 2 end end end)"],
    ["calls itself in its own place for ever", "(func $f (export \"run\") return_call $f)"],
    ["passes the ball for ever", "(func $f (export \"run\") return_call $g) (func $g return_call $f)"],
    ["calls twice what calls twice", "(func $f (export \"run\") (param i32) local.get 0 if local.get 0 i32.const 1 i32.sub call $f local.get 0 i32.const 1 i32.sub call $f end)"],
    ["the same behind loops that do not loop", "(func $f (export \"run\") (param i32) loop local.get 0 i32.eqz br_if 0 (local.set 0 (i32.sub (local.get 0) (i32.const 1))) end loop call $h call $h end) (func $h loop call $i end loop call $i end) (func $i i32.const 100 call $j) (func $j (param i32) local.get 0 if local.get 0 i32.const 1 i32.sub call $j local.get 0 i32.const 1 i32.sub call $j end)"],
    ["grows memory for ever", "(memory 1) (func (export \"run\") loop i32.const 1 memory.grow drop br 0 end)"],
    ["grows a table for ever", "(table 1 funcref) (func (export \"run\") loop ref.null func i32.const 1 table.grow 0 drop br 0 end)"],
    ["copies memory for ever", "(memory 16) (func (export \"run\") loop i32.const 0 i32.const 8 i32.const 1000000 memory.copy br 0 end)"],
    ["storms with exceptions", "(tag $t) (func (export \"run\") loop try throw $t catch $t br 1 end end)"],
    ["storms from far below", "(tag $t) (func $f (param i32) local.get 0 if local.get 0 i32.const 1 i32.sub call $f else throw $t end) (func (export \"run\") loop try i32.const 1000 call $f catch_all br 1 end end)"],
    ["catches whatever stops it", "(func $spin loop br 0 end) (func (export \"run\") loop try call $spin catch_all br 1 end end)"],
    ["sets a thousand locals to zero in every call", `(func $f (local ${Array.from({ length: 1000 }, () => "v128").join(" ")})) (func (export "run") loop call $f br 0 end)`],
  ])("%s", async (_, text) => {
    const { call, counters } = await open(text, PARTS, LIMITS);
    const began = performance.now();
    expect(() => call("run", 60)).toThrow(WebAssembly.RuntimeError);
    expect(counters.exhaustion()?.code).toBe("fuel-exhausted");
    expect(performance.now() - began).toBeLessThan(2000);
  });

  it("spins in start", async () => {
    const { bytes, countersFrom } = rewriteModule(await parse("(module (func $f loop br 0 end) (start $f))"), PARTS);
    const counters = new Counters();
    counters.refill(1000, 100);
    expect(() => new WebAssembly.Instance(new WebAssembly.Module(bytes), { [countersFrom as string]: counters.imports })).toThrow(WebAssembly.RuntimeError);
    expect(counters.exhausted).toBe("fuel");
  });
});

describe("stopped for its frames", () => {
  it.each([
    ["recurses for ever", "(func $f (export \"run\") call $f)"],
    ["recurses through a table", "(table 1 funcref) (elem (i32.const 0) $f) (func $f (export \"run\") i32.const 0 call_indirect)"],
    ["recurses with heavy frames", `(func $f (export "run") (local ${Array.from({ length: 2000 }, () => "i64").join(" ")}) call $f)`],
    ["recurses, catching on its way", "(func $f (export \"run\") try call $f catch_all end)"],
  ])("%s", async (_, text) => {
    const { call, counters } = await open(text, PARTS);
    expect(() => call("run")).toThrow(WebAssembly.RuntimeError);
    expect(counters.exhaustion()?.code).toBe("stack-exhausted");
  });
});

describe("refused", () => {
  it.each([
    ["a huge memory", "(memory 60000)", "limit-exceeded"],
    ["a huge table", "(table 9000000 funcref)", "limit-exceeded"],
    ["a hundred large tables", Array.from({ length: 100 }, () => "(table 11 funcref)").join(" "), "limit-exceeded"],
    ["shared memory", "(memory 1 2 shared)", "unsupported"],
    ["shared memory of another module", "(import \"a\" \"m\" (memory 1 2 shared))", "unsupported"],
    ["an atomic instruction", "(memory 1) (func (drop (i32.atomic.load (i32.const 0))))", "unsupported"],
    ["a fence", "(func atomic.fence)", "unsupported"],
    ["what is no module", "(func unreachable", "invalid"],
  ])("%s", async (_, text, code) => {
    const bytes = code === "invalid" ? Uint8Array.of(0, 1, 2) : await parse(`(module ${text})`);
    expect(refusal(() => rewriteModule(bytes, PARTS)).code).toBe(code);
  });

  it("relaxed SIMD, by its name, where the engine knows it", async () => {
    const bytes = await parse("(module (func (param v128) (result v128) local.get 0 local.get 0 i8x16.relaxed_swizzle))");
    const error = refusal(() => rewriteModule(bytes, PARTS));
    const expected = WebAssembly.validate(bytes) ? /^unsupported: .*relaxed SIMD/ : /^invalid: /;
    expect(`${error.code}: ${error.message}`).toMatch(expected);
  });
});

describe("what would reach the counters", () => {
  const SPIN = "loop br 0 end";
  it.each([
    ["the first global that there would be", [0x42, 1, 0x24, 0], /global index: 0/],
    ["the second", [0x42, 1, 0x24, 1], /global index: 1/],
    ["the local that the fuel is kept in", [0x42, 1, 0x21, 0], /local index: 0/],
    ["the type of a block that is added", [0x02, 1, 0x0b], /type index: 1|block type/],
    ["a label further out than the function", [0x0c, 1], /branch depth: 1|depth/],
  ])("guesses the index of %s: refused, by the engine that sees the module as it is", (_, code, message) => {
    const error = refusal(() => rewriteModule(moduleOf((to) => code.forEach((byte) => to.byte(byte))), PARTS));
    expect(error.code).toBe("invalid");
    expect(error.message).toMatch(message);
  });

  it("has a global of the index that the fuel gets: it stays its own", async () => {
    const { call, counters } = await open(`(global $g (mut i64) (i64.const 5)) (func (export "run") i64.const 1000000000 global.set $g ${SPIN}) (export "g" (global $g))`, PARTS);
    expect(() => call("run")).toThrow(WebAssembly.RuntimeError);
    expect(counters.exhausted).toBe("fuel");
  });

  it("imports the names that the counters have: gets what its host gives, and the counters another name", async () => {
    const own = new WebAssembly.Global({ value: "i64", mutable: true }, 1n);
    const text = `(import "doteros:limits" "fuel" (global $g (mut i64))) (func (export "run") i64.const 1000000000 global.set $g ${SPIN})`;
    const { call, counters, rewritten } = await open(text, PARTS, undefined, { "doteros:limits": { fuel: own } });
    expect(rewritten.countersFrom).toBe("doteros:limits.0000001");
    expect(() => call("run")).toThrow(WebAssembly.RuntimeError);
    expect([counters.exhausted, own.value]).toEqual(["fuel", 1_000_000_000n]);
  });

  it("exports names that the state would have: both are there", async () => {
    const { rewritten, exports } = await open(
      `(memory (export "doteros:state/memory/0") 1) (global (export "doteros:state.0000001/global/0") (mut i32) (i32.const 4))`,
      { exportState: true },
    );
    expect(rewritten.state?.memories).toEqual(["doteros:state.0000002/memory/0"]);
    expect(Object.keys(exports)).toHaveLength(4);
  });

  it("takes twenty thousand names that the counters could have: they get the next", async () => {
    const names = Array.from({ length: 20_000 }, (_, index) => `(import "doteros:limits.${String(index + 1).padStart(7, "0")}" "" (func))`);
    const began = performance.now();
    const { countersFrom } = rewriteModule(await parse(`(module (import "doteros:limits" "" (func)) ${names.join(" ")} (func))`), PARTS);
    expect(countersFrom).toBe("doteros:limits.0020001");
    expect(performance.now() - began).toBeLessThan(5000);
  });
});

describe("takes no longer than its bytes, however they lie", () => {
  const times = (count: number, write: () => void): void => {
    for (let index = 0; index < count; index++) write();
  };
  it.each([
    ["a hundred thousand blocks inside each other", (to: ByteWriter) => {
      times(100_000, () => to.pair(0x02, 0x40));
      times(100_000, () => to.byte(0x0b));
    }],
    ["a hundred thousand blocks inside each other, each left for the outermost", (to: ByteWriter) => {
      times(100_000, () => to.pair(0x02, 0x40));
      times(100_000, () => {
        to.pair(0x41, 0);
        to.indexed(0x0d, 99_999);
      });
      times(100_000, () => to.byte(0x0b));
    }],
    ["loops inside each other", (to: ByteWriter) => {
      times(50_000, () => to.pair(0x03, 0x40));
      times(50_000, () => to.byte(0x0b));
    }],
    ["arms inside each other", (to: ByteWriter) => {
      times(50_000, () => {
        to.pair(0x41, 0);
        to.pair(0x04, 0x40);
      });
      times(50_000, () => to.byte(0x0b));
    }],
    ["twenty branch tables of fifty thousand cases", (to: ByteWriter) => {
      times(20, () => {
        to.pair(0x02, 0x40);
        to.pair(0x41, 0);
        to.indexed(0x0e, 50_000);
        times(50_001, () => to.byte(0));
        to.byte(0x0b);
      });
    }],
    ["a million operands", (to: ByteWriter) => {
      times(1_000_000, () => to.pair(0x41, 0));
      times(1_000_000, () => to.byte(0x1a));
    }],
  ])("%s", (_, code) => {
    const bytes = moduleOf(code);
    expect(WebAssembly.validate(bytes)).toBe(true);
    const began = performance.now();
    const { bytes: rewritten } = rewriteModule(bytes, { fuel: true, stack: true });
    expect(performance.now() - began).toBeLessThan(3000);
    expect(WebAssembly.validate(rewritten)).toBe(true);
  });

  it("a branch table of a million cases, which V8 refuses", () => {
    const bytes = moduleOf((to) => {
      to.pair(0x41, 0);
      to.indexed(0x0e, 1_000_000);
      times(1_000_001, () => to.byte(0));
    });
    expect(refusal(() => rewriteModule(bytes, PARTS)).code).toBe("invalid");
  });

  it("more locals than engines allow, with ours among them", () => {
    const bytes = (locals: number): Uint8Array => {
      const plain = moduleOf((to) => to.byte(0x01));
      // The list of locals grows from 1 byte to 5: one group, its count in three bytes, i32.
      const at = plain.length - 3;
      const grown = Uint8Array.from([...plain.subarray(0, at), 1, (locals & 0x7f) | 0x80, ((locals >> 7) & 0x7f) | 0x80, locals >> 14, 0x7f, ...plain.subarray(at + 1)]);
      grown[at - 1] = (plain[at - 1] as number) + 4;
      grown[at - 3] = (plain[at - 3] as number) + 4;
      return grown;
    };
    expect(() => openBytes(bytes(49_000), { fuel: true })).not.toThrow();
    expect(refusal(() => rewriteModule(bytes(50_000), { fuel: true })).code).toBe("limit-exceeded");
  });
});

it("what was rewritten can be rewritten", async () => {
  const once = rewriteModule(await parse(`(module (func (export "run") loop br 0 end))`), { fuel: true });
  const twice = rewriteModule(once.bytes, { fuel: true });
  expect([once.countersFrom, twice.countersFrom]).toEqual(["doteros:limits", "doteros:limits.0000001"]);
});
