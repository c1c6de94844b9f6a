import { RandomCode } from "./random-code.ts";
import { F32, F64, I32, I64, type Operation, OPERATIONS, RISKY, type Signature, V128, type ValueType, VECTOR_TESTS } from "./random-shape.ts";

/** Addresses are masked so that a few bytes more are still in the first page. */
const ADDRESS_MASK = 0x7ff0;
/** How often something is done that may trap: once in so many times. */
export const SELDOM = 40;
/** Table 0 has functions, table 1 references of the host's. These places of table 0 change; those before are called. */
export const CHANGING_FIRST = 8;
const CHANGING = 4;
/** A mask: something is thrown when what it leaves is zero. */
const SELDOM_THROWS = 63;

/** Code of which each piece leaves one value. */
export abstract class RandomValue extends RandomCode {
  /** Does something and leaves nothing. */
  protected abstract statement(depth: number): void;

  /** Goes to a label, returns, or gives up; what follows never runs. */
  protected abstract goAway(): void;

  protected expression(type: ValueType, depth: number): void {
    if (depth <= 0) return this.leaf(type);
    switch (this.random.below(16)) {
      case 0:
      case 1:
        return this.leaf(type);
      case 2:
        return this.select(type, depth);
      case 3:
        return this.choice(type, depth);
      case 4:
        return this.load(type, depth);
      case 5:
        return this.tee(type, depth);
      case 6:
        return this.call([type], depth) ? undefined : this.leaf(type);
      case 7:
        return this.valueBlock(type, depth);
      case 8:
        return type === I32 ? this.query(depth) : this.operation(type, depth);
      case 9:
        return this.random.once(SELDOM) ? this.risky(type, depth) : this.operation(type, depth);
      case 10:
        return this.shape.vectors ? this.lane(type, depth) : this.operation(type, depth);
      case 11:
        return this.shape.hasTags && this.random.once(2) ? this.tryValue(type, depth) : this.operation(type, depth);
      case 12:
        return this.shape.modern && !this.shape.plain ? this.object(type, depth) : this.operation(type, depth);
      default:
        return this.operation(type, depth);
    }
  }

  protected leaf(type: ValueType): void {
    const global = this.global(type);
    if (this.random.once(3)) this.constant(type);
    else if (global !== undefined && this.random.once(4)) this.index(0x23, global);
    else this.index(0x20, this.local(type));
  }

  protected operation(type: ValueType, depth: number): void {
    const { code, takes } = this.random.pick(OPERATIONS.get(type) as readonly Operation[]);
    for (const taken of takes) this.expression(taken, depth - 1);
    const splatsFloat = code[0] === 0xfd && (code[1] === 19 || code[1] === 20);
    if (splatsFloat) this.hideNaN(code[1] === 19 ? F32 : F64);
    this.emit(...code);
    if (type === V128 && !this.shape.showNaN) this.hideLanes(code);
  }

  /** Numbers of bits that stand for other numbers of the same bits. */
  protected reinterpret(type: ValueType, depth: number): void {
    const from = type === I32 ? F32 : F64;
    this.expression(from, depth - 1);
    this.hideNaN(from);
    this.emit(type === I32 ? 0xbc : 0xbd);
  }

  protected risky(type: ValueType, depth: number): void {
    const risky = RISKY.get(type);
    if (risky === undefined) return this.operation(type, depth);
    const { code, takes } = this.random.pick(risky);
    for (const taken of takes) this.expression(taken, depth - 1);
    this.emit(...code);
  }

  protected select(type: ValueType, depth: number): void {
    this.expression(type, depth - 1);
    this.expression(type, depth - 1);
    this.expression(I32, depth - 1);
    this.emit(...(this.random.once(2) ? [0x1b] : [0x1c, 1, type]));
  }

  protected choice(type: ValueType, depth: number): void {
    this.expression(I32, depth - 1);
    this.open([0x04, type], { takes: [type], counter: undefined }, () => {
      this.expression(type, depth - 1);
      this.emit(0x05);
      if (this.random.once(4)) this.goAway();
      this.expression(type, depth - 1);
    });
  }

  protected tee(type: ValueType, depth: number): void {
    this.expression(type, depth - 1);
    this.index(0x22, this.freeLocal(type));
  }

  protected address(depth: number, memory: number): void {
    this.expression(I32, Math.min(depth - 1, 2));
    this.i32(ADDRESS_MASK);
    this.emit(0x71);
    this.widen(memory);
  }

  protected load(type: ValueType, depth: number): void {
    if (this.random.once(4) && (type === I32 || type === I64)) return this.reinterpret(type, depth);
    const memory = this.memory();
    this.address(depth, memory);
    const codes: Readonly<Record<ValueType, readonly number[]>> = {
      [I32]: [0x28, 0x2c, 0x2d, 0x2e, 0x2f],
      [I64]: [0x29, 0x30, 0x31, 0x32, 0x33, 0x34, 0x35],
      [F32]: [0x2a],
      [F64]: [0x2b],
      [V128]: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 92, 93],
    };
    if (type === V128) this.emit(0xfd);
    this.emit(this.random.pick(codes[type]));
    this.memoryArgument(memory);
  }

  protected valueBlock(type: ValueType, depth: number): void {
    this.open([0x02, type], { takes: [type], counter: undefined }, () => {
      if (this.random.once(3)) this.statement(1);
      this.expression(type, depth - 1);
      switch (this.random.below(3)) {
        case 0:
          this.expression(I32, depth - 2);
          this.emit(0x0d, 0x00);
          return;
        case 1:
          this.expression(I32, depth - 2);
          return this.table(type);
        default:
      }
    });
  }

  /** Goes to this block or to others that take the same. */
  protected table(type: ValueType): void {
    const fitting = this.labels.flatMap((label, place) =>
      label.counter === undefined && label.takes.length === 1 && label.takes[0] === type ? [this.labels.length - 1 - place] : [],
    );
    const labels = this.random.many(1 + this.random.below(4), () => this.random.pick(fitting));
    this.emit(0x0e, labels.length, ...labels, this.random.pick(fitting));
  }

  /** Numbers that tell of memories, tables and references. */
  protected query(depth: number): void {
    switch (this.random.below(7)) {
      case 0:
      case 1:
        return this.growOrMeasure(this.memory());
      case 2:
        return this.emit(0xfc, 16, this.random.below(2));
      case 3:
        if (this.shape.plain) return this.emit(0xfc, 16, 1);
        this.emit(0xd0, 0x6f);
        this.expression(I32, 1);
        this.i32(3);
        return this.emit(0x71, 0xfc, 15, 1);
      case 4:
        this.element(depth);
        return this.emit(0x25, 0, 0xd1);
      case 5:
        this.emit(0xd2, this.random.below(this.shape.functions.length));
        return this.emit(0xd1);
      default:
        if (!this.shape.vectors) return this.operation(I32, depth);
        this.expression(V128, depth - 1);
        return this.emit(...(this.random.pick(VECTOR_TESTS)).code);
    }
  }

  protected growOrMeasure(memory: number): void {
    if (this.random.once(2)) this.emit(0x3f, memory);
    else {
      this.expression(I32, 1);
      this.i32(3);
      this.emit(0x71);
      this.widen(memory);
      this.emit(0x40, memory);
    }
    if (this.shape.wide && memory === 1) this.emit(0xa7);
  }

  /** A place of the table that changes. */
  protected element(depth: number): void {
    this.expression(I32, Math.min(2, depth - 1));
    this.i32(CHANGING - 1);
    this.emit(0x71);
    this.i32(CHANGING_FIRST);
    this.emit(0x6a);
  }

  protected lane(type: ValueType, depth: number): void {
    this.expression(V128, depth - 1);
    const { below } = { below: (end: number) => this.random.below(end) };
    if (type === I32) return this.emit(0xfd, ...this.random.pick([[21, below(16)], [22, below(16)], [24, below(8)], [25, below(8)], [27, below(4)]]));
    if (type === I64) return this.emit(0xfd, 29, below(2));
    if (type === F32) return this.emit(0xfd, 31, below(4));
    if (type === F64) return this.emit(0xfd, 33, below(2));
    if (this.random.once(2)) {
      this.expression(V128, depth - 1);
      return this.emit(0xfd, 13, ...this.random.many(16, () => below(32)));
    }
    this.expression(I32, depth - 1);
    return this.emit(0xfd, ...this.random.pick([[23, below(16)], [26, below(8)], [28, below(4)]]));
  }

  protected object(type: ValueType, depth: number): void {
    const { struct, array } = { struct: this.shape.types.length, array: this.shape.types.length + 1 };
    if (type === F64) {
      this.expression(I32, depth - 1);
      this.expression(F64, depth - 1);
      this.emit(0xfb, 0, struct, 0xfb, 2, struct, 1);
    } else if (type === I32) {
      this.expression(I32, depth - 1);
      this.i32(9);
      this.emit(0xfb, 6, array);
      this.expression(I32, depth - 1);
      this.i32(7);
      this.emit(0x71, 0xfb, 11, array);
    } else this.operation(type, depth);
  }

  /** Calls a function that answers `results`, if there is one. */
  protected call(results: readonly ValueType[], depth: number): boolean {
    const { functions, imported, importedFunctions } = this.shape;
    const all = [...imported, ...functions];
    const found = all.flatMap((type, index) => (sameTypes(type.results, results) ? [index] : []));
    if (found.length === 0) return false;
    const index = this.random.pick(found);
    const type = all[index] as Signature;
    for (const param of type.params) {
      this.expression(param, Math.min(2, depth - 1));
      if (index < importedFunctions) this.hideNaN(param);
    }
    const place = this.shape.elements.indexOf(index);
    if (place >= 0 && this.random.once(2)) {
      this.i32(this.shape.elementBase + place);
      this.emit(0x11, this.shape.typeOf(type), 0);
    } else this.index(0x10, index);
    return true;
  }

  protected tryValue(type: ValueType, depth: number): void {
    if (this.shape.modern) return this.tryTable(type, depth);
    this.open([0x06, type], { takes: [type], counter: undefined }, () => {
      if (this.random.once(2)) this.throw();
      this.expression(type, depth - 1);
      const tags = this.random.shuffled([0, 1, 2]).slice(0, this.random.below(3));
      for (const tag of tags) {
        this.emit(0x07, tag);
        this.drop(tag);
        this.handler(type, depth);
      }
      if (tags.length > 0 && this.random.once(2)) return;
      this.emit(0x19);
      this.handler(type, depth);
    });
  }

  protected handler(type: ValueType, depth: number): void {
    const place = this.labels.length - 1;
    // What never runs may not throw again in JavaScriptCore.
    if (this.random.once(8) && !this.isDead) this.rethrow(place);
    this.expression(type, depth - 1);
  }

  /** Throws again, seldom. */
  protected rethrow(place: number): void {
    this.expression(I32, 1);
    this.i32(15);
    this.emit(0x71, 0x45);
    this.open([0x04, 0x40], { takes: [], counter: undefined }, () => this.index(0x09, this.labels.length - 1 - place));
  }

  /** `try_table` whose handler ends where the block around it does. */
  protected tryTable(type: ValueType, depth: number): void {
    this.open([0x02, type], { takes: [type], counter: undefined }, () => {
      this.open([0x02, 0x40], { takes: [], counter: undefined }, () => {
        this.open([0x1f, 0x40, 2, 0, 0, 0, 2, 0], { takes: [], counter: undefined }, () => {
          this.throw();
          if (this.random.once(3)) this.statement(1);
        });
        this.expression(type, depth - 1);
        this.emit(0x0c, 0x01);
      });
      this.expression(type, depth - 1);
    });
  }

  /** Throws, seldom. */
  protected throw(): void {
    this.expression(I32, 2);
    this.i32(SELDOM_THROWS);
    this.emit(0x71, 0x45);
    this.open([0x04, 0x40], { takes: [], counter: undefined }, () => {
      const tag = this.random.below(3);
      for (const type of (this.shape.tags[tag] as Signature).params) this.expression(type, 1);
      this.emit(0x08, tag);
    });
  }

  protected drop(tag: number): void {
    for (const _ of (this.shape.tags[tag] as Signature).params) this.emit(0x1a);
  }
}

/** Whether two lists of types are the same. */
export function sameTypes(some: readonly ValueType[], others: readonly ValueType[]): boolean {
  return some.length === others.length && some.every((type, index) => type === others[index]);
}
