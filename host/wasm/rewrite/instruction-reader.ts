import { DoterosError } from "../../contract/error.ts";
import {
  BLOCK_TYPE,
  BULK_BASE,
  CAST,
  CATCHES,
  EIGHT_BYTES,
  FOUR_BYTES,
  GC_BASE,
  INDEX,
  LABELS,
  LANE,
  MEMORY_ARGUMENT,
  MEMORY_ARGUMENT_AND_LANE,
  NOTHING,
  NUMBER,
  SHAPES,
  SIXTEEN_BYTES,
  TWO_INDICES,
  TYPES,
  VECTOR_BASE,
} from "./instruction-set.ts";

/** What {@link InstructionReader.first} is for a block that leaves nothing, and for one that leaves one value. */
export const LEAVES_NOTHING = -1;
export const LEAVES_ONE = -2;

const MEMORY_FOLLOWS = 0x40;

/**
 * Reads instructions one after the other. The bytes must be those of a valid module: nothing is checked but that the rewriter
 * knows each instruction.
 */
export class InstructionReader {
  readonly bytes: Uint8Array;
  /** Behind the instruction. */
  position = 0;
  /** Where the instruction begins. */
  start = 0;
  opcode = 0;
  /** The first index that follows the opcode, or the type of a block. */
  first = 0;
  second = 0;
  /** Where the first index stands. */
  indexStart = 0;
  /** The labels that the instruction may go to, by how many blocks out. */
  labels = new Int32Array(16);
  labelCount = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  /** Steps to the next instruction. @throws DoterosError `unsupported` */
  next(): void {
    this.start = this.position;
    let opcode = this.bytes[this.position++] as number;
    if (opcode >= 0xfb) opcode = this.#prefixed(opcode);
    this.opcode = opcode;
    const shape = SHAPES[opcode] as number;
    if (shape === NOTHING) return;
    this.indexStart = this.position;
    if (shape === INDEX) this.first = this.u32();
    else this.#follow(shape);
  }

  /** A LEB128 number of 32 bits. */
  u32(): number {
    const { bytes } = this;
    let byte = bytes[this.position++] as number;
    if (byte < 0x80) return byte;
    let result = byte & 0x7f;
    for (let shift = 7; byte >= 0x80; shift += 7) {
      byte = bytes[this.position++] as number;
      result |= (byte & 0x7f) << shift;
    }
    return result >>> 0;
  }

  /** Steps over a LEB128 number of any size. */
  skipNumber(): void {
    while ((this.bytes[this.position++] as number) >= 0x80);
  }

  #prefixed(prefix: number): number {
    const opcode = this.u32();
    if (prefix === 0xfd && opcode >= 0x100 && opcode < 0x200) this.#refuse("relaxed SIMD, whose results depend on the engine", prefix, opcode);
    if (prefix === 0xfe) this.#refuse("threads: an atomic instruction", prefix, opcode);
    if (opcode >= 0x100 || prefix > 0xfe) this.#unknown(prefix, opcode);
    return opcode + (prefix === 0xfb ? GC_BASE : prefix === 0xfc ? BULK_BASE : VECTOR_BASE);
  }

  #follow(shape: number): void {
    switch (shape) {
      case NUMBER:
        return this.skipNumber();
      case MEMORY_ARGUMENT:
        return this.#memoryArgument();
      case BLOCK_TYPE:
        this.first = this.#blockType();
        return;
      case TWO_INDICES:
        this.first = this.u32();
        this.second = this.u32();
        return;
      case LABELS:
        return this.#readLabels();
      case FOUR_BYTES:
        this.position += 4;
        return;
      case EIGHT_BYTES:
        this.position += 8;
        return;
      default:
        return this.#followSeldom(shape);
    }
  }

  #followSeldom(shape: number): void {
    switch (shape) {
      case SIXTEEN_BYTES:
        this.position += 16;
        return;
      case LANE:
        this.position += 1;
        return;
      case MEMORY_ARGUMENT_AND_LANE:
        this.#memoryArgument();
        this.position += 1;
        return;
      case TYPES:
        for (let count = this.u32(); count > 0; count--) this.skipType();
        return;
      case CATCHES:
        this.first = this.#blockType();
        return this.#readCatches();
      case CAST:
        this.position += 1;
        this.first = this.u32();
        this.skipNumber();
        this.skipNumber();
        return;
      default:
        this.#unknownHere();
    }
  }

  #memoryArgument(): void {
    const flags = this.u32();
    if ((flags & MEMORY_FOLLOWS) !== 0) this.skipNumber();
    this.skipNumber();
  }

  #blockType(): number {
    const byte = this.bytes[this.position] as number;
    if ((byte & 0xc0) !== 0x40) return this.u32();
    if (byte === 0x40) {
      this.position += 1;
      return LEAVES_NOTHING;
    }
    this.skipType();
    return LEAVES_ONE;
  }

  /** Steps over a value type. */
  skipType(): void {
    const byte = this.bytes[this.position++];
    if (byte === 0x63 || byte === 0x64) this.skipNumber();
  }

  #readLabels(): void {
    const count = this.u32() + 1;
    this.#makeRoom(count);
    for (let index = 0; index < count; index++) this.labels[index] = this.u32();
    this.labelCount = count;
  }

  #readCatches(): void {
    const count = this.u32();
    this.#makeRoom(count);
    for (let index = 0; index < count; index++) {
      const kind = this.bytes[this.position++] as number;
      if (kind < 2) this.skipNumber();
      this.labels[index] = this.u32();
    }
    this.labelCount = count;
  }

  #makeRoom(count: number): void {
    if (this.labels.length < count) this.labels = new Int32Array(count);
  }

  #unknownHere(): never {
    const first = this.bytes[this.start] as number;
    return this.#unknown(first, first >= 0xfb ? this.opcode & 0xff : undefined);
  }

  #unknown(first: number, second: number | undefined): never {
    return this.#refuse("an instruction that the rewriter does not know", first, second);
  }

  #refuse(what: string, first: number, second: number | undefined): never {
    const code = `0x${first.toString(16)}${second === undefined ? "" : ` 0x${second.toString(16)}`}`;
    throw new DoterosError("unsupported", `the module uses ${what} (${code} at offset 0x${this.start.toString(16)})`, { offset: this.start });
  }
}
