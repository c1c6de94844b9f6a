import { NETWORK_BACKLOG_MAX, NETWORK_WINDOW_BYTES } from "../../../contract/limits.ts";
import type { NetworkEnd } from "../../../contract/network.ts";
import { refuseAs } from "./error-code.ts";

const NANOSECONDS = 1_000_000_000n;
const IDLE_SECONDS_DEFAULT = 7_200n;
const INTERVAL_SECONDS_DEFAULT = 75n;
const KEEP_ALIVE_SECONDS_MAX = 32_767n;
const PROBES_DEFAULT = 9;
const PROBES_MAX = 127;
const HOP_LIMIT_DEFAULT = 64;

/**
 * The options of a socket. Whether the other is still there is asked as they say; what JavaScript runtimes have no way to
 * tell the system is only kept, as a system does that has no such option.
 */
export class TcpOptions {
  keepAlive = false;
  idleTime = IDLE_SECONDS_DEFAULT * NANOSECONDS;
  interval = INTERVAL_SECONDS_DEFAULT * NANOSECONDS;
  probes = PROBES_DEFAULT;
  hopLimit = HOP_LIMIT_DEFAULT;
  receiveBuffer = BigInt(NETWORK_WINDOW_BYTES);
  sendBuffer = BigInt(NETWORK_WINDOW_BYTES);
  backlog = NETWORK_BACKLOG_MAX;

  /** The same for a socket that comes of this one. */
  copy(): TcpOptions {
    return Object.assign(new TcpOptions(), this);
  }

  /** Has a connection keep to them. */
  apply(end: NetworkEnd): void {
    end.send({ order: "set", option: "keep-alive", value: this.keepAlive ? Number(this.idleTime / NANOSECONDS) : 0 });
  }
}

/** A time as systems keep it, in whole seconds. @throws ComponentError `invalid-argument` for none */
export function wholeSeconds(duration: bigint): bigint {
  const seconds = (mustBePositive(duration) + NANOSECONDS - 1n) / NANOSECONDS;
  return (seconds < KEEP_ALIVE_SECONDS_MAX ? seconds : KEEP_ALIVE_SECONDS_MAX) * NANOSECONDS;
}

/** A number of questions before nobody is there. @throws ComponentError `invalid-argument` for none */
export function probeCount(count: number): number {
  return Math.min(mustBePositive(count), PROBES_MAX);
}

/** The size of a buffer, in bytes: no more than there is here. @throws ComponentError `invalid-argument` for none */
export function bufferSize(bytes: bigint): bigint {
  const most = BigInt(NETWORK_WINDOW_BYTES);
  return mustBePositive(bytes) < most ? bytes : most;
}

/** How many may wait to be accepted. @throws ComponentError `invalid-argument` for none */
export function backlogSize(count: bigint): number {
  return mustBePositive(count) < NETWORK_BACKLOG_MAX ? Number(count) : NETWORK_BACKLOG_MAX;
}

/** @throws ComponentError `invalid-argument` for 0 */
export function mustBePositive<T extends number | bigint>(value: T): T {
  return value > 0 ? value : refuseAs("invalid-argument");
}
