import type { Random } from "../../component/random.ts";
import { F32, F64, I32, I64, type ModuleShape, type Signature, V128, type ValueType } from "./random-shape.ts";

/** A label that code may go to. Going to a loop is only allowed where its counter counts. */
export interface Label {
  readonly takes: readonly ValueType[];
  readonly counter: number | undefined;
}

/** Code that grows, with the locals and labels there are at its end. */
export abstract class RandomCode {
  protected readonly random: Random;
  protected readonly shape: ModuleShape;
  /** Of the function that it is the code of. */
  protected readonly type: Signature;
  protected readonly code: number[] = [];
  protected readonly locals: ValueType[] = [];
  protected readonly labels: Label[] = [];
  /** Locals that hold what must not be seen. */
  readonly #hidden = new Set<number>();
  /** Whether what comes next never runs. */
  protected isDead = false;

  constructor(random: Random, shape: ModuleShape, type: Signature) {
    this.random = random;
    this.shape = shape;
    this.type = type;
  }

  protected emit(...bytes: readonly number[]): void {
    this.code.push(...bytes);
  }

  protected index(opcode: number, index: number): void {
    this.emit(opcode, ...(index < 128 ? [index] : [(index & 0x7f) | 0x80, index >> 7]));
  }

  protected integer(opcode: number, value: number): void {
    const bytes = [];
    for (let rest = value; ; rest >>= 7) {
      const isLast = (rest >> 6 === 0) || (rest >> 6 === -1);
      bytes.push((rest & 0x7f) | (isLast ? 0 : 0x80));
      if (isLast) break;
    }
    this.emit(opcode, ...bytes);
  }

  protected i32(value: number): void {
    this.integer(0x41, value);
  }

  protected local(type: ValueType): number {
    const found = this.locals.flatMap((other, index) => (other === type && !this.#hidden.has(index) ? [index] : []));
    return this.random.pick(found);
  }

  protected fresh(type: ValueType): number {
    return this.locals.push(type) - 1;
  }

  /** A local that does not count a loop. */
  protected freeLocal(type: ValueType): number {
    const counters = new Set(this.labels.map(({ counter }) => counter));
    for (let tries = 0; tries < 8; tries += 1) {
      const local = this.local(type);
      if (!counters.has(local)) return local;
    }
    return this.fresh(type);
  }

  protected global(type: ValueType): number | undefined {
    const found = this.shape.globals.flatMap((other, index) => (other === type && index < this.shape.globals.length - 1 ? [index] : []));
    return found.length === 0 ? undefined : this.random.pick(found);
  }

  protected constant(type: ValueType): void {
    const { bits, pick } = { bits: () => this.random.bits(), pick: <T>(items: readonly T[]) => this.random.pick(items) };
    if (type === I32) this.i32(pick([0, 1, -1, bits() % 100, bits() | 0]));
    else if (type === I64) this.integer(0x42, pick([0, 1, -1, bits() % 100, bits() | 0]));
    else if (type === F32) this.emit(0x43, ...new Uint8Array(Float32Array.of(pick([0, -0, 1, -1.5, Infinity, bits() / 7, 1e-40])).buffer));
    else if (type === F64) this.emit(0x44, ...new Uint8Array(Float64Array.of(pick([0, -0, 1, -1.5, -Infinity, bits() / 7, 1e300])).buffer));
    else this.emit(0xfd, 12, ...this.random.many(16, () => bits() & 0xff));
  }

  protected open(code: readonly number[], label: Label, inside: () => void): void {
    const wasDead = this.isDead;
    this.emit(...code);
    this.labels.push(label);
    inside();
    this.labels.pop();
    this.emit(0x0b);
    this.isDead = wasDead;
  }

  /** Leaves whether the counter is still above zero. */
  protected countDown(counter: number): void {
    this.index(0x20, counter);
    this.i32(1);
    this.emit(0x6b);
    this.index(0x22, counter);
    this.i32(0);
    this.emit(0x4a);
  }

  protected memory(): number {
    return this.random.below(this.shape.memories);
  }

  /** A number as wide as the addresses of a memory. */
  protected widen(memory: number): void {
    if (this.shape.wide && memory === 1) this.emit(0xad);
  }

  protected memoryArgument(memory: number): void {
    if (memory === 0) this.emit(0);
    else this.emit(0x40, memory);
    this.emit(this.random.below(100));
  }

  /** Puts zero in the place of a NaN, unless what it looks like is to be seen. */
  protected hideNaN(type: ValueType): void {
    if (this.shape.showNaN || (type !== F32 && type !== F64)) return;
    const local = this.fresh(type);
    this.index(0x22, local);
    this.emit(...(type === F32 ? [0x43, 0, 0, 0, 0] : [0x44, 0, 0, 0, 0, 0, 0, 0, 0]));
    this.index(0x20, local);
    this.index(0x20, local);
    this.emit(type === F32 ? 0x5b : 0x61, 0x1b);
  }

  /** The same for the lanes of a vector that floating-point arithmetic made. */
  protected hideLanes(code: readonly number[]): void {
    const opcode = code.length === 2 ? (code[1] as number) : ((code[1] as number) & 0x7f) | ((code[2] as number) << 7);
    const narrow = new Set([94, 103, 104, 105, 106, 224, 225, 227, 228, 229, 230, 231, 232, 233, 234, 235]);
    const wide = new Set([95, 116, 117, 122, 148, 236, 237, 239, 240, 241, 242, 243, 244, 245, 246, 247]);
    if (!narrow.has(opcode) && !wide.has(opcode)) return;
    const local = this.fresh(V128);
    this.#hidden.add(local);
    this.index(0x22, local);
    this.index(0x20, local);
    this.index(0x20, local);
    this.emit(0xfd, narrow.has(opcode) ? 65 : 71, 0xfd, 78);
  }
}
