import type { ByteWriter } from "../../../host/wasm/byte-writer.ts";
import type { Random } from "../../component/random.ts";
import { F32, F64, I32, I64, type ModuleShape, type Operation, OPERATIONS, RISKY, type Signature, V128, type ValueType, VECTOR_TESTS } from "./random-shape.ts";

/** A label that code may go to. Going to a loop is only allowed where its counter counts. */
interface Label {
  readonly takes: readonly ValueType[];
  readonly counter: number | undefined;
}

const EXPRESSION_DEPTH = 5;
const STATEMENT_DEPTH = 4;
/** Statements of one function. */
const STATEMENTS_MAX = 60;
/** Addresses are masked so that a few bytes more are still in the first page. */
const ADDRESS_MASK = 0x7ff0;
/** Table 0 has functions, table 1 references of the host's. These places of table 0 change; those before are called. */
const CHANGING_FIRST = 8;
const CHANGING = 4;
/** How often something is done that may trap: once in so many times. */
const SELDOM = 40;
/** A mask: something is thrown when what it leaves is zero. */
const SELDOM_THROWS = 63;

/** The type of a block that takes two values and leaves two. */
export const SWAPPED = { params: [I32, I64], results: [I64, I32] } as const;

/** Writes one random function. */
export class FunctionMaker {
  readonly #random: Random;
  readonly #shape: ModuleShape;
  readonly #type: Signature;
  readonly #out: ByteWriter;
  readonly #code: number[] = [];
  readonly #locals: ValueType[] = [];
  readonly #labels: Label[] = [];
  /** Locals that hold what must not be seen. */
  readonly #hidden = new Set<number>();
  #statements = 0;
  #isDead = false;

  constructor(random: Random, shape: ModuleShape, index: number, out: ByteWriter) {
    this.#random = random;
    this.#shape = shape;
    this.#type = shape.functions[index] as Signature;
    this.#out = out;
  }

  /** Writes locals and code. */
  write(): void {
    const { params, results } = this.#type;
    const types = this.#shape.vectors ? [I32, I64, F32, F64, V128] as const : [I32, I64, F32, F64] as const;
    this.#locals.push(...params, ...types, ...this.#random.many(this.#random.below(20), () => this.#random.pick(types)));
    this.#labels.push({ takes: results, counter: undefined });
    this.#budget();
    this.#block(STATEMENT_DEPTH);
    if (!this.#tailCall()) for (const type of results) this.#expression(type, EXPRESSION_DEPTH);
    this.#emit(0x0b);
    const own = this.#locals.slice(params.length);
    this.#out.u32(own.length);
    for (const type of own) this.#out.pair(1, type);
    for (const byte of this.#code) this.#out.byte(byte);
  }

  #emit(...bytes: readonly number[]): void {
    this.#code.push(...bytes);
  }

  #index(opcode: number, index: number): void {
    this.#emit(opcode, ...(index < 128 ? [index] : [(index & 0x7f) | 0x80, index >> 7]));
  }

  #integer(opcode: number, value: number): void {
    const bytes = [];
    for (let rest = value; ; rest >>= 7) {
      const isLast = (rest >> 6 === 0) || (rest >> 6 === -1);
      bytes.push((rest & 0x7f) | (isLast ? 0 : 0x80));
      if (isLast) break;
    }
    this.#emit(opcode, ...bytes);
  }

  #i32(value: number): void {
    this.#integer(0x41, value);
  }

  /** Leaves when there have been too many calls. */
  #budget(): void {
    const global = this.#shape.globals.length - 1;
    this.#index(0x23, global);
    this.#i32(1);
    this.#emit(0x6b);
    this.#index(0x24, global);
    this.#index(0x23, global);
    this.#i32(0);
    this.#emit(0x48, 0x04, 0x40);
    for (const type of this.#type.results) this.#constant(type);
    this.#emit(0x0f, 0x0b);
  }

  #local(type: ValueType): number {
    const found = this.#locals.flatMap((other, index) => (other === type && !this.#hidden.has(index) ? [index] : []));
    return this.#random.pick(found);
  }

  #fresh(type: ValueType): number {
    return this.#locals.push(type) - 1;
  }

  #global(type: ValueType): number | undefined {
    const found = this.#shape.globals.flatMap((other, index) => (other === type && index < this.#shape.globals.length - 1 ? [index] : []));
    return found.length === 0 ? undefined : this.#random.pick(found);
  }

  // Expressions: each leaves one value.

  #expression(type: ValueType, depth: number): void {
    if (depth <= 0) return this.#leaf(type);
    switch (this.#random.below(16)) {
      case 0:
      case 1:
        return this.#leaf(type);
      case 2:
        return this.#select(type, depth);
      case 3:
        return this.#choice(type, depth);
      case 4:
        return this.#load(type, depth);
      case 5:
        return this.#tee(type, depth);
      case 6:
        return this.#call([type], depth) ? undefined : this.#leaf(type);
      case 7:
        return this.#valueBlock(type, depth);
      case 8:
        return type === I32 ? this.#query(depth) : this.#operation(type, depth);
      case 9:
        return this.#random.once(SELDOM) ? this.#risky(type, depth) : this.#operation(type, depth);
      case 10:
        return this.#shape.vectors ? this.#lane(type, depth) : this.#operation(type, depth);
      case 11:
        return this.#shape.hasTags && this.#random.once(2) ? this.#tryValue(type, depth) : this.#operation(type, depth);
      case 12:
        return this.#shape.modern ? this.#object(type, depth) : this.#operation(type, depth);
      default:
        return this.#operation(type, depth);
    }
  }

  #leaf(type: ValueType): void {
    const global = this.#global(type);
    if (this.#random.once(3)) this.#constant(type);
    else if (global !== undefined && this.#random.once(4)) this.#index(0x23, global);
    else this.#index(0x20, this.#local(type));
  }

  #constant(type: ValueType): void {
    const { bits, pick } = { bits: () => this.#random.bits(), pick: <T>(items: readonly T[]) => this.#random.pick(items) };
    if (type === I32) this.#i32(pick([0, 1, -1, bits() % 100, bits() | 0]));
    else if (type === I64) this.#integer(0x42, pick([0, 1, -1, bits() % 100, bits() | 0]));
    else if (type === F32) this.#emit(0x43, ...new Uint8Array(Float32Array.of(pick([0, -0, 1, -1.5, Infinity, bits() / 7, 1e-40])).buffer));
    else if (type === F64) this.#emit(0x44, ...new Uint8Array(Float64Array.of(pick([0, -0, 1, -1.5, -Infinity, bits() / 7, 1e300])).buffer));
    else this.#emit(0xfd, 12, ...this.#random.many(16, () => bits() & 0xff));
  }

  #operation(type: ValueType, depth: number): void {
    const { code, takes } = this.#random.pick(OPERATIONS.get(type) as readonly Operation[]);
    for (const taken of takes) this.#expression(taken, depth - 1);
    const splatsFloat = code[0] === 0xfd && (code[1] === 19 || code[1] === 20);
    if (splatsFloat) this.#hideNaN(code[1] === 19 ? F32 : F64);
    this.#emit(...code);
    if (type === V128 && !this.#shape.showNaN) this.#hideLanes(code);
  }

  /** Numbers of bits that stand for other numbers of the same bits. */
  #reinterpret(type: ValueType, depth: number): void {
    const from = type === I32 ? F32 : F64;
    this.#expression(from, depth - 1);
    this.#hideNaN(from);
    this.#emit(type === I32 ? 0xbc : 0xbd);
  }

  /** Puts zero in the place of a NaN, unless what it looks like is to be seen. */
  #hideNaN(type: ValueType): void {
    if (this.#shape.showNaN || (type !== F32 && type !== F64)) return;
    const local = this.#fresh(type);
    this.#index(0x22, local);
    this.#emit(...(type === F32 ? [0x43, 0, 0, 0, 0] : [0x44, 0, 0, 0, 0, 0, 0, 0, 0]));
    this.#index(0x20, local);
    this.#index(0x20, local);
    this.#emit(type === F32 ? 0x5b : 0x61, 0x1b);
  }

  /** The same for the lanes of a vector that floating-point arithmetic made. */
  #hideLanes(code: readonly number[]): void {
    const opcode = code.length === 2 ? (code[1] as number) : ((code[1] as number) & 0x7f) | ((code[2] as number) << 7);
    const narrow = new Set([94, 103, 104, 105, 106, 224, 225, 227, 228, 229, 230, 231, 232, 233, 234, 235]);
    const wide = new Set([95, 116, 117, 122, 148, 236, 237, 239, 240, 241, 242, 243, 244, 245, 246, 247]);
    if (!narrow.has(opcode) && !wide.has(opcode)) return;
    const local = this.#fresh(V128);
    this.#hidden.add(local);
    this.#index(0x22, local);
    this.#index(0x20, local);
    this.#index(0x20, local);
    this.#emit(0xfd, narrow.has(opcode) ? 65 : 71, 0xfd, 78);
  }

  #risky(type: ValueType, depth: number): void {
    const risky = RISKY.get(type);
    if (risky === undefined) return this.#operation(type, depth);
    const { code, takes } = this.#random.pick(risky);
    for (const taken of takes) this.#expression(taken, depth - 1);
    this.#emit(...code);
  }

  #select(type: ValueType, depth: number): void {
    this.#expression(type, depth - 1);
    this.#expression(type, depth - 1);
    this.#expression(I32, depth - 1);
    this.#emit(...(this.#random.once(2) ? [0x1b] : [0x1c, 1, type]));
  }

  #choice(type: ValueType, depth: number): void {
    this.#expression(I32, depth - 1);
    this.#open([0x04, type], { takes: [type], counter: undefined }, () => {
      this.#expression(type, depth - 1);
      this.#emit(0x05);
      if (this.#random.once(4)) this.#goAway();
      this.#expression(type, depth - 1);
    });
  }

  #tee(type: ValueType, depth: number): void {
    this.#expression(type, depth - 1);
    this.#index(0x22, this.#freeLocal(type));
  }

  /** A local that does not count a loop. */
  #freeLocal(type: ValueType): number {
    const counters = new Set(this.#labels.map(({ counter }) => counter));
    for (let tries = 0; tries < 8; tries += 1) {
      const local = this.#local(type);
      if (!counters.has(local)) return local;
    }
    return this.#fresh(type);
  }

  #memory(): number {
    return this.#random.below(this.#shape.memories);
  }

  /** A number as wide as the addresses of a memory. */
  #widen(memory: number): void {
    if (this.#shape.wide && memory === 1) this.#emit(0xad);
  }

  #address(depth: number, memory: number): void {
    this.#expression(I32, Math.min(depth - 1, 2));
    this.#i32(ADDRESS_MASK);
    this.#emit(0x71);
    this.#widen(memory);
  }

  #memoryArgument(memory: number): void {
    if (memory === 0) this.#emit(0);
    else this.#emit(0x40, memory);
    this.#emit(this.#random.below(100));
  }

  #load(type: ValueType, depth: number): void {
    if (this.#random.once(4) && (type === I32 || type === I64)) return this.#reinterpret(type, depth);
    const memory = this.#memory();
    this.#address(depth, memory);
    const codes: Readonly<Record<ValueType, readonly number[]>> = {
      [I32]: [0x28, 0x2c, 0x2d, 0x2e, 0x2f],
      [I64]: [0x29, 0x30, 0x31, 0x32, 0x33, 0x34, 0x35],
      [F32]: [0x2a],
      [F64]: [0x2b],
      [V128]: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 92, 93],
    };
    if (type === V128) this.#emit(0xfd);
    this.#emit(this.#random.pick(codes[type]));
    this.#memoryArgument(memory);
  }

  #valueBlock(type: ValueType, depth: number): void {
    this.#open([0x02, type], { takes: [type], counter: undefined }, () => {
      if (this.#random.once(3)) this.#statement(1);
      this.#expression(type, depth - 1);
      switch (this.#random.below(3)) {
        case 0:
          this.#expression(I32, depth - 2);
          this.#emit(0x0d, 0x00);
          return;
        case 1:
          this.#expression(I32, depth - 2);
          return this.#table(type);
        default:
      }
    });
  }

  /** Goes to this block or to others that take the same. */
  #table(type: ValueType): void {
    const fitting = this.#labels.flatMap((label, place) =>
      label.counter === undefined && label.takes.length === 1 && label.takes[0] === type ? [this.#labels.length - 1 - place] : [],
    );
    const labels = this.#random.many(1 + this.#random.below(4), () => this.#random.pick(fitting));
    this.#emit(0x0e, labels.length, ...labels, this.#random.pick(fitting));
  }

  /** Numbers that tell of memories, tables and references. */
  #query(depth: number): void {
    switch (this.#random.below(7)) {
      case 0:
      case 1:
        return this.#growOrMeasure(this.#memory());
      case 2:
        return this.#emit(0xfc, 16, this.#random.below(2));
      case 3:
        this.#emit(0xd0, 0x6f);
        this.#expression(I32, 1);
        this.#i32(3);
        return this.#emit(0x71, 0xfc, 15, 1);
      case 4:
        this.#element(depth);
        return this.#emit(0x25, 0, 0xd1);
      case 5:
        this.#emit(0xd2, this.#random.below(this.#shape.functions.length));
        return this.#emit(0xd1);
      default:
        if (!this.#shape.vectors) return this.#operation(I32, depth);
        this.#expression(V128, depth - 1);
        return this.#emit(...(this.#random.pick(VECTOR_TESTS)).code);
    }
  }

  #growOrMeasure(memory: number): void {
    if (this.#random.once(2)) this.#emit(0x3f, memory);
    else {
      this.#expression(I32, 1);
      this.#i32(3);
      this.#emit(0x71);
      this.#widen(memory);
      this.#emit(0x40, memory);
    }
    if (this.#shape.wide && memory === 1) this.#emit(0xa7);
  }

  /** A place of the table that changes. */
  #element(depth: number): void {
    this.#expression(I32, Math.min(2, depth - 1));
    this.#i32(CHANGING - 1);
    this.#emit(0x71);
    this.#i32(CHANGING_FIRST);
    this.#emit(0x6a);
  }

  #lane(type: ValueType, depth: number): void {
    this.#expression(V128, depth - 1);
    const { below } = { below: (end: number) => this.#random.below(end) };
    if (type === I32) return this.#emit(0xfd, ...this.#random.pick([[21, below(16)], [22, below(16)], [24, below(8)], [25, below(8)], [27, below(4)]]));
    if (type === I64) return this.#emit(0xfd, 29, below(2));
    if (type === F32) return this.#emit(0xfd, 31, below(4));
    if (type === F64) return this.#emit(0xfd, 33, below(2));
    if (this.#random.once(2)) {
      this.#expression(V128, depth - 1);
      return this.#emit(0xfd, 13, ...this.#random.many(16, () => below(32)));
    }
    this.#expression(I32, depth - 1);
    return this.#emit(0xfd, ...this.#random.pick([[23, below(16)], [26, below(8)], [28, below(4)]]));
  }

  #object(type: ValueType, depth: number): void {
    const { struct, array } = { struct: this.#shape.types.length, array: this.#shape.types.length + 1 };
    if (type === F64) {
      this.#expression(I32, depth - 1);
      this.#expression(F64, depth - 1);
      this.#emit(0xfb, 0, struct, 0xfb, 2, struct, 1);
    } else if (type === I32) {
      this.#expression(I32, depth - 1);
      this.#i32(9);
      this.#emit(0xfb, 6, array);
      this.#expression(I32, depth - 1);
      this.#i32(7);
      this.#emit(0x71, 0xfb, 11, array);
    } else this.#operation(type, depth);
  }

  /** Calls a function that answers `results`, if there is one. */
  #call(results: readonly ValueType[], depth: number): boolean {
    const { functions, imported, importedFunctions } = this.#shape;
    const all = [...imported, ...functions];
    const found = all.flatMap((type, index) => (sameTypes(type.results, results) ? [index] : []));
    if (found.length === 0) return false;
    const index = this.#random.pick(found);
    const type = all[index] as Signature;
    for (const param of type.params) {
      this.#expression(param, Math.min(2, depth - 1));
      if (index < importedFunctions) this.#hideNaN(param);
    }
    const place = this.#shape.elements.indexOf(index);
    if (place >= 0 && this.#random.once(2)) {
      this.#i32(this.#shape.elementBase + place);
      this.#emit(0x11, this.#shape.typeOf(type), 0);
    } else this.#index(0x10, index);
    return true;
  }

  #tailCall(): boolean {
    if (!this.#random.once(3)) return false;
    const { functions, importedFunctions } = this.#shape;
    const found = functions.flatMap((type, index) => (sameTypes(type.results, this.#type.results) ? [index] : []));
    const index = this.#random.pick(found);
    for (const param of (functions[index] as Signature).params) this.#expression(param, 2);
    this.#index(0x12, index + importedFunctions);
    return true;
  }

  // Exceptions.

  #tryValue(type: ValueType, depth: number): void {
    if (this.#shape.modern) return this.#tryTable(type, depth);
    this.#open([0x06, type], { takes: [type], counter: undefined }, () => {
      if (this.#random.once(2)) this.#throw();
      this.#expression(type, depth - 1);
      const tags = this.#random.shuffled([0, 1, 2]).slice(0, this.#random.below(3));
      for (const tag of tags) {
        this.#emit(0x07, tag);
        this.#drop(tag);
        this.#handler(type, depth);
      }
      if (tags.length > 0 && this.#random.once(2)) return;
      this.#emit(0x19);
      this.#handler(type, depth);
    });
  }

  #handler(type: ValueType, depth: number): void {
    const place = this.#labels.length - 1;
    // What never runs may not throw again in JavaScriptCore.
    if (this.#random.once(8) && !this.#isDead) this.#rethrow(place);
    this.#expression(type, depth - 1);
  }

  /** Throws again, seldom. */
  #rethrow(place: number): void {
    this.#expression(I32, 1);
    this.#i32(15);
    this.#emit(0x71, 0x45);
    this.#open([0x04, 0x40], { takes: [], counter: undefined }, () => this.#index(0x09, this.#labels.length - 1 - place));
  }

  /** `try_table` whose handler ends where the block around it does. */
  #tryTable(type: ValueType, depth: number): void {
    this.#open([0x02, type], { takes: [type], counter: undefined }, () => {
      this.#open([0x02, 0x40], { takes: [], counter: undefined }, () => {
        this.#open([0x1f, 0x40, 2, 0, 0, 0, 2, 0], { takes: [], counter: undefined }, () => {
          this.#throw();
          if (this.#random.once(3)) this.#statement(1);
        });
        this.#expression(type, depth - 1);
        this.#emit(0x0c, 0x01);
      });
      this.#expression(type, depth - 1);
    });
  }

  /** Throws, seldom. */
  #throw(): void {
    this.#expression(I32, 2);
    this.#i32(SELDOM_THROWS);
    this.#emit(0x71, 0x45);
    this.#open([0x04, 0x40], { takes: [], counter: undefined }, () => {
      const tag = this.#random.below(3);
      for (const type of (this.#shape.tags[tag] as Signature).params) this.#expression(type, 1);
      this.#emit(0x08, tag);
    });
  }

  #drop(tag: number): void {
    for (const _ of (this.#shape.tags[tag] as Signature).params) this.#emit(0x1a);
  }

  // Statements: each leaves nothing.

  #block(depth: number): void {
    for (let count = 1 + this.#random.below(6); count > 0; count--) this.#statement(depth);
  }

  #statement(depth: number): void {
    this.#statements += 1;
    if (depth <= 0 || this.#statements > STATEMENTS_MAX) return this.#set(2);
    switch (this.#random.below(15)) {
      case 0:
      case 1:
        return this.#loop(depth);
      case 2:
        return this.#if(depth);
      case 3:
        return this.#open([0x02, 0x40], { takes: [], counter: undefined }, () => this.#block(depth - 1));
      case 4:
        return this.#store();
      case 5:
        return this.#bulk();
      case 6:
        return this.#maybeGoAway();
      case 7:
        return this.#call([], 3) ? undefined : this.#set(3);
      case 8:
        return this.#setGlobal();
      case 9:
        return this.#tables();
      case 10:
        return this.#values();
      case 11:
        return this.#countedLoop(depth);
      case 12:
        this.#emit(0x01);
        return this.#shape.hasTags && this.#random.once(2) ? this.#throw() : undefined;
      case 13:
        this.#expression(this.#random.pick([I32, I64, F32, F64]), EXPRESSION_DEPTH);
        return this.#emit(0x1a);
      default:
        return this.#set(EXPRESSION_DEPTH);
    }
  }

  #open(code: readonly number[], label: Label, inside: () => void): void {
    const wasDead = this.#isDead;
    this.#emit(...code);
    this.#labels.push(label);
    inside();
    this.#labels.pop();
    this.#emit(0x0b);
    this.#isDead = wasDead;
  }

  #set(depth: number): void {
    const type = this.#random.pick(this.#shape.vectors ? [I32, I64, F32, F64, V128] as const : [I32, I64, F32, F64] as const);
    this.#expression(type, depth);
    this.#index(0x21, this.#freeLocal(type));
  }

  #setGlobal(): void {
    const found = this.#shape.globals.flatMap((_, index) => (index > 1 && index < this.#shape.globals.length - 1 ? [index] : []));
    const global = this.#random.pick(found);
    this.#expression(this.#shape.globals[global] as ValueType, 3);
    this.#index(0x24, global);
  }

  #store(): void {
    const type = this.#random.pick(this.#shape.vectors ? [I32, I64, F32, F64, V128] as const : [I32, I64, F32, F64] as const);
    const codes: Readonly<Record<ValueType, readonly number[]>> = { [I32]: [0x36, 0x3a, 0x3b], [I64]: [0x37, 0x3c, 0x3d, 0x3e], [F32]: [0x38], [F64]: [0x39], [V128]: [11] };
    const memory = this.#memory();
    this.#address(3, memory);
    this.#expression(type, 3);
    this.#hideNaN(type);
    if (type === V128) this.#emit(0xfd);
    this.#emit(this.#random.pick(codes[type]));
    this.#memoryArgument(memory);
  }

  #bulk(): void {
    const memory = this.#memory();
    const length = (): void => {
      this.#expression(I32, 1);
      this.#i32(63);
      this.#emit(0x71);
    };
    switch (this.#random.below(5)) {
      case 0:
        this.#address(2, memory);
        this.#expression(I32, 2);
        length();
        this.#widen(memory);
        return this.#emit(0xfc, 11, memory);
      case 1: {
        const from = this.#memory();
        this.#address(2, memory);
        this.#address(2, from);
        length();
        if (memory === from) this.#widen(memory);
        return this.#emit(0xfc, 10, memory, from);
      }
      case 2:
        this.#address(2, 0);
        this.#i32(this.#random.below(16));
        this.#i32(this.#random.below(16));
        return this.#emit(0xfc, 8, 1, 0);
      case 3:
        return this.#random.once(SELDOM) ? this.#emit(0xfc, 9, 1) : this.#emit(0x01);
      default:
        return this.#random.once(SELDOM) ? this.#emit(0xfc, 13, 1) : this.#emit(0x01);
    }
  }

  #tables(): void {
    switch (this.#random.below(5)) {
      case 0:
        this.#element(2);
        this.#emit(0xd2, this.#random.below(this.#shape.functions.length));
        return this.#emit(0x26, 0);
      case 1:
        this.#element(2);
        this.#emit(0xd0, 0x70);
        this.#i32(this.#random.below(2));
        return this.#emit(0xfc, 17, 0);
      case 2:
        this.#element(2);
        this.#i32(this.#random.below(CHANGING_FIRST));
        this.#i32(this.#random.below(2));
        return this.#emit(0xfc, 14, 0, 0);
      case 3:
        this.#element(2);
        this.#i32(this.#random.below(3));
        this.#i32(this.#random.once(SELDOM) ? 2 : this.#random.below(2));
        return this.#emit(0xfc, 12, 1, 0);
      default:
        this.#emit(0xd0, 0x6f);
        this.#i32(this.#random.below(2));
        return this.#emit(0xfc, 15, 1, 0x1a);
    }
  }

  #if(depth: number): void {
    this.#expression(I32, 3);
    this.#open([0x04, 0x40], { takes: [], counter: undefined }, () => {
      this.#block(depth - 1);
      if (this.#random.once(5)) this.#goAway();
      if (this.#random.once(2)) return;
      this.#emit(0x05);
      this.#block(depth - 1);
    });
  }

  /** A loop that goes back at its end. */
  #loop(depth: number): void {
    const counter = this.#startCounter();
    this.#open([0x03, 0x40], { takes: [], counter }, () => {
      this.#block(depth - 1);
      this.#countDown(counter);
      this.#emit(0x0d, 0x00);
    });
  }

  /** A loop that looks at its start whether to go on, the way compilers write it. */
  #countedLoop(depth: number): void {
    const counter = this.#startCounter();
    this.#open([0x03, 0x40], { takes: [], counter }, () => {
      this.#countDown(counter);
      this.#open([0x04, 0x40], { takes: [], counter: undefined }, () => {
        this.#block(depth - 1);
        this.#emit(0x0c, 0x01);
      });
    });
  }

  #startCounter(): number {
    const counter = this.#fresh(I32);
    this.#i32(this.#random.below(5));
    this.#index(0x21, counter);
    return counter;
  }

  /** Leaves whether the counter is still above zero. */
  #countDown(counter: number): void {
    this.#index(0x20, counter);
    this.#i32(1);
    this.#emit(0x6b);
    this.#index(0x22, counter);
    this.#i32(0);
    this.#emit(0x4a);
  }

  /** Several values at once through a block that takes and leaves them. */
  #values(): void {
    const type = SWAPPED;
    this.#expression(I32, 2);
    this.#expression(I64, 2);
    this.#index(0x02, this.#shape.typeOf(type));
    this.#labels.push({ takes: type.results, counter: undefined });
    const local = this.#freeLocal(I64);
    const other = this.#freeLocal(I32);
    this.#index(0x21, local);
    this.#index(0x21, other);
    this.#index(0x20, local);
    this.#expression(I32, 2);
    this.#expression(I32, 2);
    this.#emit(0x0d, 0x00);
    this.#labels.pop();
    this.#emit(0x0b, 0x1a, 0x1a);
  }

  #maybeGoAway(): void {
    this.#expression(I32, 2);
    this.#i32(3);
    this.#emit(0x71, 0x45);
    const place = this.#random.below(this.#labels.length);
    const { takes, counter } = this.#labels[place] as Label;
    if (takes.length === 0 && counter === undefined && this.#random.once(2)) return this.#index(0x0d, this.#labels.length - 1 - place);
    this.#open([0x04, 0x40], { takes: [], counter: undefined }, () => this.#goAway());
  }

  /** Goes to a label, returns, or gives up; what follows never runs. */
  #goAway(): void {
    this.#isDead = true;
    if (this.#random.once(SELDOM)) return this.#emit(0x00);
    const place = this.#random.below(this.#labels.length);
    const { takes, counter } = this.#labels[place] as Label;
    if (counter !== undefined) {
      this.#countDown(counter);
      this.#index(0x0d, this.#labels.length - 1 - place);
      for (const type of this.#type.results) this.#constant(type);
      return this.#emit(0x0f);
    }
    for (const type of takes) this.#expression(type, 2);
    if (place === 0 && this.#random.once(2)) this.#emit(0x0f);
    else this.#index(0x0c, this.#labels.length - 1 - place);
    if (this.#random.once(3)) this.#set(2);
  }
}

function sameTypes(some: readonly ValueType[], others: readonly ValueType[]): boolean {
  return some.length === others.length && some.every((type, index) => type === others[index]);
}
