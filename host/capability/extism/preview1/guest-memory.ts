import { DoterosError } from "../../../contract/error.ts";

/** The memory of a module that names places in it by pointers. */
export class GuestMemory {
  /** Undefined until there is an instance, and for one without memory. */
  memory: WebAssembly.Memory | undefined;

  /** How many bytes it has. */
  get bytesInAll(): number {
    return this.memory?.buffer.byteLength ?? 0;
  }

  /** So many bytes from a pointer on, where they are. @throws DoterosError `trap` when they are not all in memory */
  bytes(pointer: number, size: number): Uint8Array {
    const { buffer } = this.memory ?? noMemory();
    const start = pointer >>> 0;
    const length = size >>> 0;
    if (start + length > buffer.byteLength) throw new DoterosError("trap", `${length} bytes at ${start} are beyond its memory, which has ${buffer.byteLength}`);
    return new Uint8Array(buffer, start, length);
  }

  /** The same, to read and write numbers. */
  view(pointer: number, size: number): DataView {
    const { buffer, byteOffset, byteLength } = this.bytes(pointer, size);
    return new DataView(buffer, byteOffset, byteLength);
  }

  setWord(pointer: number, value: number): void {
    this.view(pointer, 4).setUint32(0, value, true);
  }

  setLong(pointer: number, value: bigint): void {
    this.view(pointer, 8).setBigUint64(0, value, true);
  }
}

function noMemory(): never {
  throw new DoterosError("trap", "it exports no memory, or calls before it has one");
}
