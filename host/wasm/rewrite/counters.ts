import { DoterosError } from "../../contract/error.ts";

/** What may be used until more is given, at most, in memory pages of 64 KiB and in elements. */
export interface CounterLimits {
  readonly memoryPages?: number;
  readonly tableElements?: number;
}

/** What the counter of refusals holds when a memory was not allowed to grow. */
export const REFUSED_MEMORY = 1;
/** The same for a table. */
export const REFUSED_TABLE = 2;

/**
 * What rewritten modules count with. The modules of one capsule share them: else a component of a thousand modules would have
 * a thousand times the fuel. Capsules that run one at a time may share fuel and stack, too.
 *
 * @example
 * ```ts
 * const counters = new Counters({ memoryPages: 256 });
 * counters.refill(50_000_000, 4_000); // 0, for there was none before
 * const imports = { "doteros:limits": counters.imports }; // for a module whose countersFrom is that
 * counters.exhausted; // undefined
 * counters.refill(50_000_000, 4_000); // 50_000_000, for nothing ran
 * ```
 */
export class Counters {
  /** What rewritten modules import. */
  readonly imports: Readonly<Record<"fuel" | "stack" | "memory" | "table" | "refused", WebAssembly.Global>>;
  readonly #gauge: Gauge;

  /**
   * Without limits memories and tables grow as far as their types allow.
   *
   * @param sharing whose fuel, stack and refusals it counts with; default: its own
   */
  constructor({ memoryPages = UNLIMITED, tableElements = UNLIMITED }: CounterLimits = {}, sharing?: Counters) {
    this.imports = {
      fuel: sharing?.imports.fuel ?? new WebAssembly.Global({ value: "i64", mutable: true }, 0n),
      stack: sharing?.imports.stack ?? i32(0),
      memory: i32(memoryPages),
      table: i32(tableElements),
      refused: sharing?.imports.refused ?? i32(0),
    };
    this.#gauge = sharing === undefined ? gaugeOf(this.imports) : sharing.#gauge;
  }

  /**
   * Gives fuel, in units, and frames of the stack, instead of what there is: before the first call from outside, and after every
   * call before the next.
   *
   * @returns the fuel that was left
   */
  refill(fuel: number, frames: number): number {
    return this.#gauge.refill(fuel, frames);
  }

  /** Takes all fuel, so that what is running ends when it next looks, whatever it catches until then. */
  stop(): void {
    this.imports.fuel.value = -1n;
  }

  /**
   * What is left of the fuel, in units; below zero when more was asked for than there was. After a trap of the module's own this may
   * be more than was left: what the innermost function had spent since its last call is not in it.
   */
  get fuelLeft(): number {
    return this.#gauge.fuel();
  }

  /** What was not allowed to grow since the last refill, the last time when it was both. */
  get refused(): "memory" | "table" | undefined {
    switch (this.#gauge.refused()) {
      case REFUSED_MEMORY:
        return "memory";
      case REFUSED_TABLE:
        return "table";
      default:
        return undefined;
    }
  }

  /** What is left of all memories' pages. */
  get memoryPagesLeft(): number {
    return unsigned(this.imports.memory.value);
  }

  /** What is left of all tables' elements. */
  get tableElementsLeft(): number {
    return unsigned(this.imports.table.value);
  }

  /** Takes what a module begins with. @throws DoterosError `limit-exceeded` when there is not so much left */
  reserve(memoryPages: number, tableElements: number): void {
    if (memoryPages > this.memoryPagesLeft || tableElements > this.tableElementsLeft) {
      const left = `${this.memoryPagesLeft} pages and ${this.tableElementsLeft} elements are left`;
      throw new DoterosError("limit-exceeded", `a module begins with ${memoryPages} pages of memory and ${tableElements} elements of tables, and ${left}`);
    }
    this.imports.memory.value = (this.memoryPagesLeft - memoryPages) | 0;
    this.imports.table.value = (this.tableElementsLeft - tableElements) | 0;
  }

  /**
   * Which of the two ran out; undefined when neither did. To be asked after every call, whether it trapped or returned: the last
   * instructions before a return are charged, but nobody looks at what was left.
   */
  get exhausted(): "fuel" | "stack" | undefined {
    if (this.fuelLeft < 0) return "fuel";
    return this.#gauge.frames() < 0 ? "stack" : undefined;
  }

  /** The error that says what ran out; undefined when nothing did. */
  exhaustion(): DoterosError | undefined {
    const { exhausted } = this;
    if (exhausted === undefined) return undefined;
    return exhausted === "fuel"
      ? new DoterosError("fuel-exhausted", "the code used up its fuel")
      : new DoterosError("stack-exhausted", "the code called itself too deep");
  }
}

const UNLIMITED = 2 ** 32 - 1;

function unsigned(value: unknown): number {
  return (value as number) >>> 0;
}

/** Reads and writes counters. A call into WebAssembly takes 10 ns; the value of a Global takes 30 to 60, and a BigInt. */
interface Gauge {
  refill(fuel: number, frames: number): number;
  fuel(): number;
  frames(): number;
  refused(): number;
}

let gaugeModule: WebAssembly.Module | undefined;

/** Gives it compiled, where nothing may be compiled: before there are any counters. */
export function useGauge(module: WebAssembly.Module): void {
  gaugeModule = module;
}

function gaugeOf(imports: Counters["imports"]): Gauge {
  gaugeModule ??= new WebAssembly.Module(GAUGE);
  return new WebAssembly.Instance(gaugeModule, { "": imports }).exports as unknown as Gauge;
}

const i32 = (value: number): WebAssembly.Global => new WebAssembly.Global({ value: "i32", mutable: true }, value | 0);

const ascii = (text: string): number[] => [text.length, ...Array.from(text, (character) => character.charCodeAt(0))];
const section = (id: number, content: readonly number[]): number[] => [id, content.length, ...content];
const I32 = 0x7f;
const I64 = 0x7e;
const F64 = 0x7c;
/** The import of a global that can change. */
const mutable = (name: string, type: number): number[] => [...ascii(""), ...ascii(name), 3, type, 1];

const PREAMBLE = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];
/** (f64, i32) -> f64, () -> f64, () -> i32 */
const TYPES = [3, 0x60, 2, F64, I32, 1, F64, 0x60, 0, 1, F64, 0x60, 0, 1, I32];
/** global.get 0, f64.convert_i64_s, local.get 0, i64.trunc_sat_f64_s, global.set 0, local.get 1, global.set 1, i32.const 0, global.set 2 */
const REFILL = [19, 0, 0x23, 0, 0xb9, 0x20, 0, 0xfc, 6, 0x24, 0, 0x20, 1, 0x24, 1, 0x41, 0, 0x24, 2, 0x0b];
/** global.get 0, f64.convert_i64_s */
const FUEL = [5, 0, 0x23, 0, 0xb9, 0x0b];
/** global.get 1 */
const FRAMES = [4, 0, 0x23, 1, 0x0b];
/** global.get 2 */
const REFUSED = [4, 0, 0x23, 2, 0x0b];

/** The module of {@link Gauge}, by hand. */
export const GAUGE = Uint8Array.from([
  ...PREAMBLE,
  ...section(1, TYPES),
  ...section(2, [3, ...mutable("fuel", I64), ...mutable("stack", I32), ...mutable("refused", I32)]),
  ...section(3, [4, 0, 1, 2, 2]),
  ...section(7, [4, ...ascii("refill"), 0, 0, ...ascii("fuel"), 0, 1, ...ascii("frames"), 0, 2, ...ascii("refused"), 0, 3]),
  ...section(10, [4, ...REFILL, ...FUEL, ...FRAMES, ...REFUSED]),
]);
