import { NETWORK_ENDS_MAX } from "../../../contract/limits.ts";
import type { Network, NetworkEnd } from "../../../contract/network.ts";
import { NetworkThread } from "./thread.ts";

/** The network for one capsule: what it begins ends with it. */
export interface OwnNetwork extends Network {
  /** Waits until something arrived that was not told, or the time is up. Answers whether something did; undefined where nothing can. */
  wait(milliseconds: number): boolean | undefined;
  /** Ends all that was begun. */
  release(): void;
  /** The same, and nothing is begun any more. */
  close(): void;
}

let shared: NetworkThread | undefined;
/** Those that use it. */
const users = new Set<object>();

/** Opens the network. The thread starts when something is begun, and ends when nobody has it open any more. */
export function openNetwork(entry: URL): OwnNetwork {
  const own = new Set<NetworkEnd>();
  const network: OwnNetwork = {
    begin(request) {
      if (own.size >= NETWORK_ENDS_MAX) return undefined;
      if (shared === undefined || shared.isGone) shared = new NetworkThread(entry);
      users.add(network);
      return keep(shared.begin(request), own);
    },
    poll: () => shared?.poll(),
    wait: (milliseconds) => shared?.wait(milliseconds),
    release() {
      for (const end of own) end.close();
      own.clear();
    },
    close() {
      network.release();
      if (!users.delete(network) || users.size > 0) return;
      shared?.end();
      shared = undefined;
    },
  };
  return network;
}

/** Keeps an end with the others of its capsule until it is closed, and those that come of it. */
function keep(end: NetworkEnd, own: Set<NetworkEnd>): NetworkEnd {
  const kept: NetworkEnd = {
    receive: () => undefined,
    send: (order) => {
      if (order.order === "release") own.delete(kept);
      end.send(order);
    },
    close: () => {
      own.delete(kept);
      end.close();
    },
  };
  end.receive = (event) => {
    if (event.event !== "accepted") kept.receive(event);
    else if (own.size < NETWORK_ENDS_MAX) kept.receive({ ...event, made: keep(event.made, own) });
    else event.made.close();
  };
  own.add(kept);
  return kept;
}
