import { DoterosError } from "../../../contract/error.ts";
import { OPEN_FILES_MAX } from "../../../contract/limits.ts";
import type { FolderRight, Outside, OutsideRights } from "../../../contract/outside.ts";
import { openNetwork } from "../network/network.ts";
import { FolderDirectory } from "./directory.ts";
import { type Hold, holdDirectory } from "./hold.ts";
import { OpenThings } from "./open-things.ts";
import { ProcessStdio } from "./stdio.ts";

/** Nanoseconds in a millisecond, as an integer. */
const NANOSECONDS = 1_000_000n;
/** How often it is looked whether there is something to read, in milliseconds. */
const LOOK_MILLISECONDS = 4;
/** The longest that a thread is blocked at a time, in milliseconds. */
const PAUSE_MILLISECONDS_MAX = 1_000_000_000;

/**
 * Opens what one capsule was granted, with the modules of Node, which Deno and Bun have, too.
 *
 * @param entry what runs in the thread for the network
 */
export function openOutside(rights: OutsideRights, entry: URL): Outside {
  const cell = new Int32Array(new SharedArrayBuffer(4));
  const network = rights.net.length === 0 ? undefined : openNetwork(entry);
  const open = new OpenThings(OPEN_FILES_MAX);
  const holds = holdAll(rights.folders);
  /** Answers whether something arrived over the network before that was over. */
  const sleep = (milliseconds: number): boolean => {
    const most = Math.min(milliseconds, PAUSE_MILLISECONDS_MAX);
    return network?.wait(most) ?? Atomics.wait(cell, 0, 0, most) !== "timed-out";
  };
  const stdio = rights.stdio ? new ProcessStdio((milliseconds) => void Atomics.wait(cell, 0, 0, milliseconds)) : undefined;
  return {
    rights,
    clock: rights.clock ? { wall, monotonic: () => process.hrtime.bigint() } : undefined,
    environment: environmentOf(rights),
    folders: holds.map(([right, hold]) => ({
      right,
      open() {
        open.mustHaveRoom();
        return new FolderDirectory(hold.enter("."), open);
      },
    })),
    stdio,
    network,
    pause(milliseconds = Number.POSITIVE_INFINITY) {
      if (stdio?.isAwaited !== true) return sleep(milliseconds);
      // Nobody tells when there is something to read.
      const until = performance.now() + milliseconds;
      for (let left = milliseconds; left > 0; left = until - performance.now()) {
        if (stdio.readable() || sleep(Math.min(left, LOOK_MILLISECONDS))) return true;
      }
      return false;
    },
    release() {
      open.closeAll();
      network?.release();
    },
    close() {
      open.closeAll();
      network?.close();
      for (const [, hold] of holds.splice(0)) hold.close();
    },
  };
}

/** @throws DoterosError `unreadable-input` */
function holdAll(folders: readonly FolderRight[]): [right: FolderRight, hold: Hold][] {
  const holds: [FolderRight, Hold][] = [];
  for (const right of folders) {
    try {
      holds.push([right, holdDirectory(right.host)]);
    } catch (cause) {
      for (const [, hold] of holds) hold.close();
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new DoterosError("unreadable-input", `the folder that was granted cannot be opened: ${reason}`, { where: right.host, cause, help: "make it, or grant another: --grant fs:FOLDER:ro" });
    }
  }
  return holds;
}

/** Milliseconds since 1970 are all that there is everywhere; what is finer comes from the time since the process began. */
function wall(): bigint {
  const milliseconds = performance.timeOrigin + performance.now();
  const whole = Math.floor(milliseconds);
  return BigInt(whole) * NANOSECONDS + BigInt(Math.floor((milliseconds - whole) * Number(NANOSECONDS)));
}

function environmentOf({ env }: OutsideRights): [name: string, value: string][] {
  return env.flatMap(([name, given]): [string, string][] => {
    const value = given ?? process.env[name];
    return value === undefined ? [] : [[name, value]];
  });
}
