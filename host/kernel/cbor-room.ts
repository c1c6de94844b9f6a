import { DoterosError } from "../contract/error.ts";
import { CBOR_BYTES_MAX, CBOR_DEPTH_DEFAULT, CBOR_DEPTH_MAX, CBOR_KEPT_BYTES_MAX } from "../contract/limits.ts";
import { cborFault } from "./cbor-fault.ts";
import { WASM } from "./generated/cbor.ts";
import { compileKernel } from "./module.ts";

/** How far a CBOR function goes. */
export interface CborOptions {
  /** Arrays, maps and tags that may lie inside each other, at most 512. 64 when left out. */
  readonly depth?: number;
}

/** What the kernel exports; each of the last five answers with the number of a fault, 0 for none. */
interface CborExports {
  readonly memory: WebAssembly.Memory;
  inputAt(): number;
  outputStart(): number;
  outputLength(): number;
  pathsAt(): number;
  foundAt(): number;
  numberAt(): number;
  faultOffset(): number;
  reserve(input: number, output: number, table: number): number;
  check(length: number, depth: number, isStrict: boolean): number;
  canonical(length: number, depth: number): number;
  find(length: number, depth: number, slots: number): number;
  cborToJson(length: number, depth: number): number;
  jsonToCbor(length: number, depth: number): number;
}

/** What one kind of call needs beside its input, as multiples of the input's length. */
export interface Room {
  readonly output: number;
  readonly table: number;
}

let compiled: WebAssembly.Module | undefined;
let open: CborRoom | undefined;

/** The kernel with the memory it keeps between calls: one call at a time, and nothing of it outlives the next. */
export class CborRoom {
  readonly kernel: CborExports;
  readonly inputAt: number;
  readonly foundAt: number;
  bytes: Uint8Array;
  /** The same memory as numbers of 32 bits. */
  words: Uint32Array;
  /** Who wrote the paths that lie in the kernel. */
  pathsOf: object | undefined;
  private reserved = { input: -1, output: -1, table: -1 };

  constructor() {
    compiled ??= compileKernel(WASM);
    const instance = new WebAssembly.Instance(compiled, {
      host: { textOf: (value: number) => this.textOf(value), numberOf: (at: number, length: number) => this.numberOf(at, length) },
    });
    this.kernel = instance.exports as unknown as CborExports;
    this.inputAt = this.kernel.inputAt();
    this.foundAt = this.kernel.foundAt();
    this.bytes = new Uint8Array(this.kernel.memory.buffer);
    this.words = new Uint32Array(this.kernel.memory.buffer);
  }

  /** Makes room for an input of this length. */
  reserve(input: number, room: Room): void {
    const output = input * room.output;
    const table = input * room.table;
    const { reserved } = this;
    if (input <= reserved.input && output <= reserved.output && table <= reserved.table) return;
    // More than asked for, so that a run of growing documents does not ask each time.
    const wanted = { input: roomy(input, reserved.input), output: roomy(output, reserved.output), table: roomy(table, reserved.table) };
    const isThere = this.kernel.reserve(wanted.input, wanted.output, wanted.table);
    this.bytes = new Uint8Array(this.kernel.memory.buffer);
    this.words = new Uint32Array(this.kernel.memory.buffer);
    if (isThere === 0) throw new DoterosError("limit-exceeded", `no memory is left for a document of ${input} bytes`, { help: "give it in parts" });
    this.reserved = wanted;
  }

  output(): Uint8Array {
    const start = this.kernel.outputStart();
    return this.bytes.subarray(start, start + this.kernel.outputLength());
  }

  /** Throws what the kernel found wrong. */
  succeed(fault: number): void {
    if (fault !== 0) throw cborFault(fault, this.kernel.faultOffset());
  }

  private textOf(value: number): number {
    const text = String(value);
    const at = this.kernel.numberAt();
    for (let index = 0; index < text.length; index += 1) this.bytes[at + index] = text.charCodeAt(index);
    return text.length;
  }

  private numberOf(at: number, length: number): number {
    return Number(new TextDecoder().decode(this.bytes.subarray(at, at + length)));
  }
}

const LEAST_BYTES = 4_096;

function roomy(wanted: number, present: number): number {
  if (wanted <= present) return present;
  return Math.max(LEAST_BYTES, wanted, Math.min(2 * present, CBOR_BYTES_MAX));
}

/** The kernel with these bytes as its input. */
export function roomWith(bytes: Uint8Array, room: Room): CborRoom {
  const kept = roomFor(bytes.length, room);
  kept.bytes.set(bytes, kept.inputAt);
  return kept;
}

/** The kernel with room for an input of `length` bytes. */
function roomFor(length: number, room: Room): CborRoom {
  if (length > CBOR_BYTES_MAX) {
    throw new DoterosError("limit-exceeded", `a document of ${length} bytes; at most ${CBOR_BYTES_MAX} are read`, { help: "give it in parts" });
  }
  if (open !== undefined && open.bytes.length > CBOR_KEPT_BYTES_MAX && length < LEAST_BYTES) open = undefined;
  open ??= new CborRoom();
  open.reserve(length, room);
  return open;
}

/** The depth that the options ask for. */
export function depthOf(options: CborOptions | undefined): number {
  const depth = options?.depth ?? CBOR_DEPTH_DEFAULT;
  if (Number.isInteger(depth) && depth >= 0 && depth <= CBOR_DEPTH_MAX) return depth;
  throw new DoterosError("wrong-value", `the depth ${depth}`, { help: `a whole number from 0 to ${CBOR_DEPTH_MAX}`, where: "depth" });
}
