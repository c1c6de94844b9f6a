import { compilePaths, type CborPath, type CompiledPaths } from "./cbor-path.ts";
import { depthOf, roomWith, type CborOptions, type CborRoom } from "./cbor-room.ts";
import { cborValue, type CborSlice, type CborValue } from "./cbor-scalar.ts";

/** A key may be in pieces, which are put together to be compared. */
const FIND = { output: 1, table: 0 };

/**
 * Takes parts out of CBOR documents without building objects. The paths are compiled once, and one walk finds them all; it
 * ends with the last of them, so what lies behind is not checked, nor is the text that is stepped over. A tagged item is
 * seen through. Where a map has a key twice, the first counts.
 *
 * @example
 * ```ts
 * const wanted = new CborProjection([["station"], ["readings", 0, "celsius"]]);
 * const document = jsonToCbor('{"station":"seattle","readings":[{"celsius":11.4}]}');
 * wanted.read(document); // ["seattle", 11.4]
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
    const { words } = room;
    return this.paths.slotOf.map((slot) => {
      const start = words[wordOf(room, slot)] ?? 0;
      const end = words[wordOf(room, slot) + 1] ?? 0;
      return start === 0 ? undefined : cborValue(bytes, start - room.inputAt, end - room.inputAt);
    });
  }

  /**
   * Where the paths lead, in their order; `undefined` where there is nothing.
   *
   * @throws {DoterosError} as {@link read} does, but texts are not looked at
   */
  locate(bytes: Uint8Array): (CborSlice | undefined)[] {
    const room = this.find(bytes);
    const { words } = room;
    return this.paths.slotOf.map((slot) => {
      const start = words[wordOf(room, slot)] ?? 0;
      const end = words[wordOf(room, slot) + 1] ?? 0;
      return start === 0 ? undefined : { offset: start - room.inputAt, length: end - start };
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

/** Where in the words the two addresses of what was found for a slot lie; both are 0 when nothing was. */
function wordOf(room: CborRoom, slot: number): number {
  return (room.foundAt >> 2) + 2 * slot;
}
