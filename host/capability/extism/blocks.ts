import { DoterosError } from "../../contract/error.ts";

/** An address is the number of a block and where in it, in the lower 32 bits. */
const SPAN = 2 ** 32;
/** Blocks of one call, those that were freed among them. So all addresses are numbers that JavaScript has without loss. */
const BLOCKS_MAX = 2 ** 21;
/** What a block takes beside its bytes, in bytes. */
const BLOCK_BYTES = 256;
const NULL = 0n;
/** Small blocks lie in a page that is used again for each call: making a buffer takes ten times as long. In bytes. */
const PAGE_BYTES = 4_096;
const SMALL_BYTES = 512;

/**
 * The memory between a plugin and its host, for one call: blocks that the plugin asks for by their size and reaches by address.
 * No address reaches beyond its block, whatever the plugin makes of it, and where a block was freed there is never another one.
 */
export class Blocks {
  /** By their numbers; there is none of number 0, so that no address is 0. */
  #blocks: (DataView<ArrayBuffer> | undefined)[] = [undefined];
  #bytes = 0;
  #page: ArrayBuffer | undefined;
  /** How much of the page is in use: what was freed, too, until the call ends. The rest is zeros. */
  #used = 0;
  readonly #bytesMax: () => number;

  /** @param bytesMax how many bytes all blocks together may take */
  constructor(bytesMax: () => number) {
    this.#bytesMax = bytesMax;
  }

  /** Frees all of them. */
  clear(): void {
    if (this.#blocks.length === 1) return;
    this.#blocks = [undefined];
    if (this.#page !== undefined) new Uint8Array(this.#page, 0, this.#used).fill(0);
    this.#used = 0;
    this.#bytes = 0;
  }

  /** A block of zeros. @throws DoterosError `memory-exhausted` */
  allocate(size: bigint | number): bigint {
    const length = Number(size);
    const most = this.#bytesMax();
    if (length < 0 || this.#bytes + length + BLOCK_BYTES > most) {
      throw new DoterosError("memory-exhausted", `its blocks would have more than the ${most} bytes that it may still have`);
    }
    return this.#add(this.#newBlock(length));
  }

  /** A block with these bytes. The same. */
  store(bytes: Uint8Array): bigint {
    const address = this.allocate(bytes.length);
    this.bytesAt(address).set(bytes);
    return address;
  }

  #newBlock(length: number): DataView<ArrayBuffer> {
    if (length > SMALL_BYTES || this.#used + length > PAGE_BYTES) return largeBlock(length);
    this.#page ??= new ArrayBuffer(PAGE_BYTES);
    const block = new DataView(this.#page, this.#used, length);
    this.#used += length;
    return block;
  }

  #add(block: DataView<ArrayBuffer>): bigint {
    const number = this.#blocks.length;
    if (number === BLOCKS_MAX) throw new DoterosError("memory-exhausted", `it made ${BLOCKS_MAX} blocks in one call`);
    this.#blocks.push(block);
    this.#bytes += block.byteLength + BLOCK_BYTES;
    return BigInt(number * SPAN);
  }

  /** Frees a block. What is none, or none any more, is left alone: some plugins free twice. */
  free(address: bigint): void {
    const block = this.#blockAt(address);
    if (block === undefined) return;
    this.#blocks[Number(address) / SPAN] = undefined;
    this.#bytes -= block.byteLength + BLOCK_BYTES;
  }

  /** How many bytes the block has that begins there; 0 when none does. */
  lengthAt(address: bigint): number {
    return this.#blockAt(address)?.byteLength ?? 0;
  }

  /** The bytes of the block that begins there, not a copy. @throws DoterosError `trap` when none does */
  bytesAt(address: bigint): Uint8Array<ArrayBuffer> {
    const { buffer, byteOffset, byteLength } = this.#blockAt(address) ?? noBlock(address);
    return new Uint8Array(buffer, byteOffset, byteLength);
  }

  /** @throws DoterosError `trap` when the bytes are not within a block; so do the others */
  loadByte(address: bigint): number {
    return this.#find(address, 1).getUint8(Number(address) % SPAN);
  }

  loadWord(address: bigint): bigint {
    return this.#find(address, 8).getBigInt64(Number(address) % SPAN, true);
  }

  storeByte(address: bigint, value: number): void {
    this.#find(address, 1).setUint8(Number(address) % SPAN, value);
  }

  storeWord(address: bigint, value: bigint): void {
    this.#find(address, 8).setBigInt64(Number(address) % SPAN, value, true);
  }

  /** So many bytes from an address on, not a copy. Of none, any address will do. */
  slice(address: bigint, length: bigint): Uint8Array<ArrayBuffer> {
    if (length === NULL) return new Uint8Array();
    const { buffer, byteOffset } = this.#find(address, Number(length));
    return new Uint8Array(buffer, byteOffset + (Number(address) % SPAN), Number(length));
  }

  #blockAt(address: bigint): DataView<ArrayBuffer> | undefined {
    return address % BigInt(SPAN) === NULL ? this.#blocks[Number(address) / SPAN] : undefined;
  }

  #find(address: bigint, size: number): DataView<ArrayBuffer> {
    const number = Number(address);
    const block = this.#blocks[Math.floor(number / SPAN)] ?? noBlock(address);
    const at = number % SPAN;
    if (size < 0 || at + size > block.byteLength) throw new DoterosError("trap", `${size} bytes at ${addressText(address)} are beyond the block there, which has ${block.byteLength}`);
    return block;
  }
}

function largeBlock(length: number): DataView<ArrayBuffer> {
  try {
    return new DataView(new ArrayBuffer(length));
  } catch (cause) {
    throw new DoterosError("memory-exhausted", `the engine has no room for a block of ${length} bytes`, { cause });
  }
}

function noBlock(address: bigint): never {
  throw new DoterosError("trap", `there is no block at ${addressText(address)}`);
}

function addressText(address: bigint): string {
  return `0x${BigInt.asUintN(64, address).toString(16)}`;
}
