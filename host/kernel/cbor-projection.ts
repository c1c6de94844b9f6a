import { compilePaths, type CborPath, type CompiledPaths } from "./cbor-path.ts";
import { depthOf, roomWith, type CborOptions, type CborRoom } from "./cbor-room.ts";
import { cborValue, type CborSlice, type CborValue } from "./cbor-scalar.ts";

/** A key may be in pieces, which are put together to be compared. */
const FIND = { output: 1, table: 0 };
const SLOT_BYTES = 8;

/**
 * Takes parts out of CBOR documents without building objects. The paths are compiled once, and one walk finds them all; it
 * ends with the last of them, so what lies behind is not checked, nor is the text that is stepped over. A tagged item is
 * seen through. Where a map has a key twice, the first counts.
 *
 * @example
 * ```ts
 * const wanted = new CborProjection([["station"], ["readings", 0, "celsius"]]);
 * wanted.read(payload); // ["seattle", 11.4]
 * ```
 */
export class CborProjection {
  private readonly paths: CompiledPaths;
  private readonly depth: number;

  /**
   * @throws {DoterosError} `wrong-value` for no paths, a path without steps, or a step that is neither text nor integer;
   *   `limit-exceeded` for more than 1,024 paths, or 64 KiB of them
   */
  constructor(paths: readonly CborPath[], options?: CborOptions) {
    this.paths = compilePaths(paths);
    this.depth = depthOf(options);
  }

  /**
   * The values at the paths, in their order; `undefined` where there is nothing.
   *
   * @throws {DoterosError} `invalid-cbor` when what was walked over is not well-formed, or text that was asked for is not
   *   UTF-8; `limit-exceeded` when it is nested too deeply or too long
   */
  read(bytes: Uint8Array): CborValue[] {
    const room = this.find(bytes);
    return this.paths.slotOf.map((slot) => {
      const offset = foundAt(room, slot, 0);
      return offset < 0 ? undefined : cborValue(bytes, offset, foundAt(room, slot, 4));
    });
  }

  /**
   * Where the paths lead, in their order; `undefined` where there is nothing.
   *
   * @throws {DoterosError} as {@link read} does, but texts are not looked at
   */
  locate(bytes: Uint8Array): (CborSlice | undefined)[] {
    const room = this.find(bytes);
    return this.paths.slotOf.map((slot) => {
      const offset = foundAt(room, slot, 0);
      return offset < 0 ? undefined : { offset, length: foundAt(room, slot, 4) - offset };
    });
  }

  private find(bytes: Uint8Array): CborRoom {
    const room = roomWith(bytes, FIND);
    if (room.pathsOf !== this) {
      room.bytes.set(this.paths.program, room.kernel.pathsAt());
      room.pathsOf = this;
    }
    room.succeed(room.kernel.find(bytes.length, this.depth, this.paths.slots));
    return room;
  }
}

/** One end of what a slot holds, from the start of the input; below 0 when it is empty. */
function foundAt(room: CborRoom, slot: number, side: 0 | 4): number {
  const { bytes } = room;
  const at = room.foundAt + slot * SLOT_BYTES + side;
  const address = (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 3] ?? 0) << 24);
  return address - room.inputAt;
}
