import { BLOCK_LEVEL } from "./export-format.ts";
import { nodeHash, type Sha256 } from "./merkle.ts";

/** What the hashes of subtrees are made of. */
export interface SubtreeParts {
  readonly sha256: Sha256;
  /** The index of the first entry that is here. */
  readonly start: number;
  /** The hashes of the full subtrees before it, from large to small. */
  readonly before: readonly Uint8Array[];
  /** The hash of a whole block of 256 entries, the first of them is 0; undefined when not all of it is here. */
  block(index: number): Uint8Array | undefined;
  /** The leaf hashes of the entries of that block that are here. */
  leaves(block: number): Promise<readonly Uint8Array[]>;
}

/** The blocks whose leaves are remembered: a proof needs those at its two ends. */
const REMEMBERED_BLOCKS = 2;

/** The hashes of full subtrees of a ledger whose blocks are known: of a million entries it takes four thousand to make any. */
export class Subtrees {
  readonly #parts: SubtreeParts;
  /** Those before the first entry, by level and index. */
  readonly #before = new Map<string, Uint8Array>();
  readonly #leaves = new Map<number, readonly Uint8Array[]>();

  constructor(parts: SubtreeParts) {
    this.#parts = parts;
    let [left, at] = [parts.start, 0];
    for (const hash of parts.before) {
      const level = levelOf(left);
      this.#before.set(`${level} ${at / 2 ** level}`, hash);
      [left, at] = [left - 2 ** level, at + 2 ** level];
    }
  }

  /**
   * The hash of a full subtree of entries that are here, or of one that `before` has.
   *
   * @throws RangeError when it holds others
   */
  async hash(level: number, index: number): Promise<Uint8Array> {
    const { sha256, start } = this.#parts;
    const known = this.#before.get(`${level} ${index}`) ?? (level === BLOCK_LEVEL ? this.#parts.block(index) : undefined);
    if (known !== undefined) return known;
    if (level > 0) return nodeHash(sha256, await this.hash(level - 1, 2 * index), await this.hash(level - 1, 2 * index + 1));
    const blockIndex = Math.floor(index / 2 ** BLOCK_LEVEL);
    const leaves = index < start ? [] : await this.#leavesOf(blockIndex);
    const leaf = leaves[index - Math.max(start, blockIndex * 2 ** BLOCK_LEVEL)];
    if (leaf === undefined) throw new RangeError(`the entry ${index} is not here`);
    return leaf;
  }

  async #leavesOf(block: number): Promise<readonly Uint8Array[]> {
    let leaves = this.#leaves.get(block);
    if (leaves !== undefined) return leaves;
    leaves = await this.#parts.leaves(block);
    const [oldest] = this.#leaves.keys();
    if (this.#leaves.size >= REMEMBERED_BLOCKS && oldest !== undefined) this.#leaves.delete(oldest);
    this.#leaves.set(block, leaves);
    return leaves;
  }
}

/** The level of the largest full subtree in a tree of that size. */
function levelOf(size: number): number {
  let level = 0;
  while (2 ** (level + 1) <= size) level += 1;
  return level;
}
