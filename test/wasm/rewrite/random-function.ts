import type { ByteWriter } from "../../../host/wasm/byte-writer.ts";
import type { Random } from "../../component/random.ts";
import { F32, F64, I32, I64, type ModuleShape, type Signature, V128, type ValueType } from "./random-shape.ts";
import type { Label } from "./random-code.ts";
import { CHANGING_FIRST, RandomValue, sameTypes, SELDOM } from "./random-value.ts";

const EXPRESSION_DEPTH = 5;
const STATEMENT_DEPTH = 4;
/** Statements of one function. */
const STATEMENTS_MAX = 60;

/** The type of a block that takes two values and leaves two. */
export const SWAPPED = { params: [I32, I64], results: [I64, I32] } as const;

/** Writes one random function, of statements that leave nothing. */
export class FunctionMaker extends RandomValue {
  readonly #out: ByteWriter;
  #statements = 0;

  constructor(random: Random, shape: ModuleShape, index: number, out: ByteWriter) {
    super(random, shape, shape.functions[index] as Signature);
    this.#out = out;
  }

  /** Writes locals and code. */
  write(): void {
    const { params, results } = this.type;
    const types = this.shape.vectors ? [I32, I64, F32, F64, V128] as const : [I32, I64, F32, F64] as const;
    this.locals.push(...params, ...types, ...this.random.many(this.random.below(20), () => this.random.pick(types)));
    this.labels.push({ takes: results, counter: undefined });
    this.#budget();
    this.#block(STATEMENT_DEPTH);
    if (!this.#tailCall()) for (const type of results) this.expression(type, EXPRESSION_DEPTH);
    this.emit(0x0b);
    const own = this.locals.slice(params.length);
    this.#out.u32(own.length);
    for (const type of own) this.#out.pair(1, type);
    for (const byte of this.code) this.#out.byte(byte);
  }

  /** Leaves when there have been too many calls. */
  #budget(): void {
    const global = this.shape.globals.length - 1;
    this.index(0x23, global);
    this.i32(1);
    this.emit(0x6b);
    this.index(0x24, global);
    this.index(0x23, global);
    this.i32(0);
    this.emit(0x48, 0x04, 0x40);
    for (const type of this.type.results) this.constant(type);
    this.emit(0x0f, 0x0b);
  }

  #tailCall(): boolean {
    if (!this.random.once(3)) return false;
    const { functions, importedFunctions } = this.shape;
    const found = functions.flatMap((type, index) => (sameTypes(type.results, this.type.results) ? [index] : []));
    const index = this.random.pick(found);
    for (const param of (functions[index] as Signature).params) this.expression(param, 2);
    this.index(0x12, index + importedFunctions);
    return true;
  }

  #block(depth: number): void {
    for (let count = 1 + this.random.below(6); count > 0; count--) this.statement(depth);
  }

  protected override statement(depth: number): void {
    this.#statements += 1;
    if (depth <= 0 || this.#statements > STATEMENTS_MAX) return this.#set(2);
    switch (this.random.below(15)) {
      case 0:
      case 1:
        return this.#loop(depth);
      case 2:
        return this.#if(depth);
      case 3:
        return this.open([0x02, 0x40], { takes: [], counter: undefined }, () => this.#block(depth - 1));
      case 4:
        return this.#store();
      case 5:
        return this.#bulk();
      case 6:
        return this.#maybeGoAway();
      case 7:
        return this.call([], 3) ? undefined : this.#set(3);
      case 8:
        return this.#setGlobal();
      case 9:
        return this.shape.plain ? this.#set(3) : this.#tables();
      case 10:
        return this.#values();
      case 11:
        return this.#countedLoop(depth);
      case 12:
        this.emit(0x01);
        return this.shape.hasTags && this.random.once(2) ? this.throw() : undefined;
      case 13:
        this.expression(this.random.pick([I32, I64, F32, F64]), EXPRESSION_DEPTH);
        return this.emit(0x1a);
      default:
        return this.#set(EXPRESSION_DEPTH);
    }
  }

  #set(depth: number): void {
    const type = this.random.pick(this.shape.vectors ? [I32, I64, F32, F64, V128] as const : [I32, I64, F32, F64] as const);
    this.expression(type, depth);
    this.index(0x21, this.freeLocal(type));
  }

  #setGlobal(): void {
    const found = this.shape.globals.flatMap((_, index) => (index > 1 && index < this.shape.globals.length - 1 ? [index] : []));
    const global = this.random.pick(found);
    this.expression(this.shape.globals[global] as ValueType, 3);
    this.index(0x24, global);
  }

  #store(): void {
    const type = this.random.pick(this.shape.vectors ? [I32, I64, F32, F64, V128] as const : [I32, I64, F32, F64] as const);
    const codes: Readonly<Record<ValueType, readonly number[]>> = { [I32]: [0x36, 0x3a, 0x3b], [I64]: [0x37, 0x3c, 0x3d, 0x3e], [F32]: [0x38], [F64]: [0x39], [V128]: [11] };
    const memory = this.memory();
    this.address(3, memory);
    this.expression(type, 3);
    this.hideNaN(type);
    if (type === V128) this.emit(0xfd);
    this.emit(this.random.pick(codes[type]));
    this.memoryArgument(memory);
  }

  #bulk(): void {
    const memory = this.memory();
    const length = (): void => {
      this.expression(I32, 1);
      this.i32(63);
      this.emit(0x71);
    };
    switch (this.random.below(5)) {
      case 0:
        this.address(2, memory);
        this.expression(I32, 2);
        length();
        this.widen(memory);
        return this.emit(0xfc, 11, memory);
      case 1: {
        const from = this.memory();
        this.address(2, memory);
        this.address(2, from);
        length();
        if (memory === from) this.widen(memory);
        return this.emit(0xfc, 10, memory, from);
      }
      case 2:
        this.address(2, 0);
        this.i32(this.random.below(16));
        this.i32(this.random.below(16));
        return this.emit(0xfc, 8, 1, 0);
      case 3:
        return this.#seldomDrop(9);
      default:
        return this.#seldomDrop(13);
    }
  }

  #seldomDrop(opcode: number): void {
    if (this.random.once(SELDOM) && !this.shape.plain) this.emit(0xfc, opcode, 1);
    else this.emit(0x01);
  }

  #tables(): void {
    switch (this.random.below(5)) {
      case 0:
        this.element(2);
        this.emit(0xd2, this.random.below(this.shape.functions.length));
        return this.emit(0x26, 0);
      case 1:
        this.element(2);
        this.emit(0xd0, 0x70);
        this.i32(this.random.below(2));
        return this.emit(0xfc, 17, 0);
      case 2:
        this.element(2);
        this.i32(this.random.below(CHANGING_FIRST));
        this.i32(this.random.below(2));
        return this.emit(0xfc, 14, 0, 0);
      case 3:
        this.element(2);
        this.i32(this.random.below(3));
        this.i32(this.random.once(SELDOM) ? 2 : this.random.below(2));
        return this.emit(0xfc, 12, 1, 0);
      default:
        this.emit(0xd0, 0x6f);
        this.i32(this.random.below(2));
        return this.emit(0xfc, 15, 1, 0x1a);
    }
  }

  #if(depth: number): void {
    this.expression(I32, 3);
    this.open([0x04, 0x40], { takes: [], counter: undefined }, () => {
      this.#block(depth - 1);
      if (this.random.once(5)) this.goAway();
      if (this.random.once(2)) return;
      this.emit(0x05);
      this.#block(depth - 1);
    });
  }

  /** A loop that goes back at its end. */
  #loop(depth: number): void {
    const counter = this.#startCounter();
    this.open([0x03, 0x40], { takes: [], counter }, () => {
      this.#block(depth - 1);
      this.countDown(counter);
      this.emit(0x0d, 0x00);
    });
  }

  /** A loop that looks at its start whether to go on, the way compilers write it. */
  #countedLoop(depth: number): void {
    const counter = this.#startCounter();
    this.open([0x03, 0x40], { takes: [], counter }, () => {
      this.countDown(counter);
      this.open([0x04, 0x40], { takes: [], counter: undefined }, () => {
        this.#block(depth - 1);
        this.emit(0x0c, 0x01);
      });
    });
  }

  #startCounter(): number {
    const counter = this.fresh(I32);
    this.i32(this.random.below(5));
    this.index(0x21, counter);
    return counter;
  }

  /** Several values at once through a block that takes and leaves them. */
  #values(): void {
    const type = SWAPPED;
    this.expression(I32, 2);
    this.expression(I64, 2);
    this.index(0x02, this.shape.typeOf(type));
    this.labels.push({ takes: type.results, counter: undefined });
    const local = this.freeLocal(I64);
    const other = this.freeLocal(I32);
    this.index(0x21, local);
    this.index(0x21, other);
    this.index(0x20, local);
    this.expression(I32, 2);
    this.expression(I32, 2);
    this.emit(0x0d, 0x00);
    this.labels.pop();
    this.emit(0x0b, 0x1a, 0x1a);
  }

  #maybeGoAway(): void {
    this.expression(I32, 2);
    this.i32(3);
    this.emit(0x71, 0x45);
    const place = this.random.below(this.labels.length);
    const { takes, counter } = this.labels[place] as Label;
    if (takes.length === 0 && counter === undefined && this.random.once(2)) return this.index(0x0d, this.labels.length - 1 - place);
    this.open([0x04, 0x40], { takes: [], counter: undefined }, () => this.goAway());
  }

  /** Goes to a label, returns, or gives up; what follows never runs. */
  protected override goAway(): void {
    this.isDead = true;
    if (this.random.once(SELDOM)) return this.emit(0x00);
    const place = this.random.below(this.labels.length);
    const { takes, counter } = this.labels[place] as Label;
    if (counter !== undefined) {
      this.countDown(counter);
      this.index(0x0d, this.labels.length - 1 - place);
      for (const type of this.type.results) this.constant(type);
      return this.emit(0x0f);
    }
    for (const type of takes) this.expression(type, 2);
    if (place === 0 && this.random.once(2)) this.emit(0x0f);
    else this.index(0x0c, this.labels.length - 1 - place);
    if (this.random.once(3)) this.#set(2);
  }
}
