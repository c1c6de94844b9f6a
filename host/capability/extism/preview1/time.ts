import { clockOf } from "../../clock.ts";
import { stderr, stdin, stdout } from "../../dialect/cli/streams.ts";
import type { Reach } from "../../dialect/dialect.ts";
import { Pollable } from "../../dialect/io/pollable.ts";
import type { HostFunction } from "../env.ts";
import { BAD_DESCRIPTOR, INVALID, SUCCESS } from "./errno.ts";
import type { GuestMemory } from "./guest-memory.ts";

const REALTIME = 0;
const MONOTONIC = 1;
/** What can be waited for, by its kind: a time, or a stream. */
const CLOCK = 0;
const READABLE = 1;
const ABSOLUTE_TIME = 1;
const SUBSCRIPTION_BYTES = 48;
const EVENT_BYTES = 32;
/** What a subscription costs that is looked at, in units of fuel. */
const SUBSCRIPTION_FUEL = 50;

/** Something that is waited for: what it is told by, its kind, and why it cannot be waited for. */
interface Subscription {
  readonly data: bigint;
  readonly kind: number;
  readonly pollable: Pollable | number;
}

/** The functions of time, and those that wait: for a time or for the standard streams. */
export function timeFunctions(memory: GuestMemory, reach: Reach): Record<string, HostFunction> {
  const { transition } = reach;
  const clock = clockOf(transition);
  const isClock = (id: number): boolean => id === REALTIME || id === MONOTONIC;
  const now = (id: number): bigint => (id === REALTIME ? clock.wall() : clock.monotonic());
  return {
    clock_res_get(id: number, pointer: number) {
      if (!isClock(id)) return INVALID;
      memory.setLong(pointer, 1n);
      return SUCCESS;
    },
    clock_time_get(id: number, _precision: bigint, pointer: number) {
      if (!isClock(id)) return INVALID;
      memory.setLong(pointer, now(id));
      return SUCCESS;
    },
    poll_oneoff(subscriptions: number, events: number, count: number, made: number) {
      const asked: Subscription[] = [];
      for (let index = 0; index < count >>> 0; index += 1) {
        transition.charge(SUBSCRIPTION_FUEL);
        asked.push(subscriptionOf(memory.view(subscriptions + index * SUBSCRIPTION_BYTES, SUBSCRIPTION_BYTES)));
      }
      if (asked.length === 0) return INVALID;
      const happened = eventsOf(transition, asked);
      for (const [index, event] of happened.entries()) writeEvent(memory.view(events + index * EVENT_BYTES, EVENT_BYTES), event);
      memory.setWord(made, happened.length);
      return SUCCESS;
    },
  };

  function subscriptionOf(view: DataView): Subscription {
    const kind = view.getUint8(8);
    return { data: view.getBigUint64(0, true), kind, pollable: kind === CLOCK ? timer(view) : streamOf(kind, view.getUint32(16, true)) };
  }

  function timer(view: DataView): Pollable | number {
    const id = view.getUint32(16, true);
    if (!isClock(id)) return INVALID;
    const time = view.getBigUint64(24, true);
    const deadline = clock.monotonic() + time - ((view.getUint16(40, true) & ABSOLUTE_TIME) === 0 ? 0n : now(id));
    return new Pollable(transition, { deadline, ready: () => clock.monotonic() >= deadline });
  }

  function streamOf(kind: number, descriptor: number): Pollable | number {
    if (kind === READABLE) return descriptor === 0 ? stdin(transition).subscribe() : BAD_DESCRIPTOR;
    if (descriptor === 1) return stdout(reach).subscribe();
    return descriptor === 2 ? stderr(reach).subscribe() : BAD_DESCRIPTOR;
  }
}

/** Waits until one of them happens. Who asks for what cannot be waited for is told so at once. */
function eventsOf(transition: Reach["transition"], asked: readonly Subscription[]): readonly Subscription[] {
  const wrong = asked.filter(({ pollable }) => typeof pollable === "number");
  if (wrong.length > 0) return wrong;
  return Pollable.poll(transition, asked.map(({ pollable }) => pollable as Pollable)).map((at) => asked[at] as Subscription);
}

function writeEvent(view: DataView, { data, kind, pollable }: Subscription): void {
  for (let at = 0; at < EVENT_BYTES; at += 8) view.setBigUint64(at, 0n, true);
  view.setBigUint64(0, data, true);
  view.setUint16(8, typeof pollable === "number" ? pollable : SUCCESS, true);
  view.setUint8(10, kind);
  // How much there is nobody knows: a byte at least.
  if (kind !== CLOCK && typeof pollable !== "number") view.setBigUint64(16, 1n, true);
}
