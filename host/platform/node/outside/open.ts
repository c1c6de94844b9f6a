import type { Outside, OutsideRights } from "../../../contract/outside.ts";
import { openNetwork } from "../network/network.ts";

/** Nanoseconds in a millisecond, as an integer. */
const NANOSECONDS = 1_000_000n;
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
  return {
    rights,
    clock: rights.clock ? { wall, monotonic: () => process.hrtime.bigint() } : undefined,
    environment: environmentOf(rights),
    network,
    pause(milliseconds) {
      const most = Math.min(milliseconds ?? Number.POSITIVE_INFINITY, PAUSE_MILLISECONDS_MAX);
      return network?.wait(most) ?? Atomics.wait(cell, 0, 0, most) !== "timed-out";
    },
    release: () => network?.release(),
    close: () => network?.close(),
  };
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
