import { ADDRESSES_REMEMBERED_MAX, LOG_LINES_PER_MESSAGE_MAX } from "../../../contract/limits.ts";
import type { Network, NetworkEnd, NetworkRequest } from "../../../contract/network.ts";
import type { Transition } from "../../transition.ts";
import { parseAddress, textOf } from "./address.ts";
import { refuseAs } from "./error-code.ts";

/** What stands for the host in a right to listen. */
const LISTEN = "listen";

/** A right to reach something. */
interface Right {
  /** A name or an IP address in lower case, `*.example.com`, or `*`. */
  readonly host: string;
  /** A number, or `*`. */
  readonly port: string;
}

/** What one capsule may reach on the network, and what it reaches it through. */
export class NetworkAccess {
  readonly #transition: Transition;
  readonly #network: Network;
  readonly #rights: readonly Right[];
  /** The names that were looked up, by the addresses that they had. */
  readonly #names = new Map<string, Set<string>>();

  constructor(transition: Transition, network: Network, rights: readonly string[]) {
    this.#transition = transition;
    this.#network = network;
    this.#rights = rights.map(rightOf);
  }

  /** Takes in what arrived. */
  poll(): void {
    this.#network.poll();
  }

  /** @throws ComponentError `new-socket-limit` */
  begin(request: NetworkRequest): NetworkEnd {
    return this.tryBegin(request) ?? refuseAs("new-socket-limit");
  }

  /** Begins something; undefined when too much is under way. */
  tryBegin(request: NetworkRequest): NetworkEnd | undefined {
    return this.#network.begin(request);
  }

  /**
   * Whether it may send to an address. Who was granted a name may go to the addresses that it had when the capsule looked it up,
   * and to no others.
   */
  mayConnect(address: string, port: number): boolean {
    const names = [address, ...(this.#names.get(address) ?? [])];
    const name = names.find((one) => this.isGranted(one, port));
    if (name === undefined) tellDenied(this.#transition, names.at(-1) ?? address, port);
    return name !== undefined && this.#transition.isAllowed("net.connect", JSON.stringify({ host: name, port: String(port) }));
  }

  /** Whether something sent from there may reach it, which is no question for a policy. */
  mayHearOf(address: string, port: number): boolean {
    return this.mayListen(undefined) || [address, ...(this.#names.get(address) ?? [])].some((name) => this.isGranted(name, port));
  }

  /** Whether it may make a request to a name or an address. */
  mayRequest(method: string, url: string, host: string, port: number): boolean {
    return this.isGranted(host, port) && this.#transition.isAllowed("http.request", requestText(method, url));
  }

  /** Whether it may look up a name. */
  mayLookUp(name: string): boolean {
    return this.#rights.some((right) => right.host !== LISTEN && coversHost(right, name)) && this.#transition.isAllowed("net.lookup", name);
  }

  /** Whether it may have a port of its own; 0 for any, undefined for whether there is one at all. */
  mayListen(port: number | undefined, address?: string): boolean {
    const isGranted = this.#rights.some((right) => right.host === LISTEN && (port === undefined || right.port === "*" || right.port === String(port)));
    return isGranted && (port === undefined || address === undefined || this.#transition.isAllowed("net.listen", JSON.stringify({ host: address, port: String(port) })));
  }

  /** Keeps which addresses a name had. */
  remember(name: string, addresses: readonly string[]): void {
    for (const address of addresses) {
      const names = this.#names.get(address);
      if (names !== undefined) names.add(name);
      else if (this.#names.size < ADDRESSES_REMEMBERED_MAX) this.#names.set(address, new Set([name]));
    }
  }

  /** Whether it was granted to reach a name or an address. */
  isGranted(host: string, port: number): boolean {
    return this.#rights.some((right) => right.host !== LISTEN && (right.port === "*" || right.port === String(port)) && coversHost(right, host));
  }
}

const accesses = new WeakMap<Transition, NetworkAccess>();

/** What a capsule has of the network; undefined when it was granted nothing of it. */
export function accessOf(transition: Transition): NetworkAccess | undefined {
  const { outside } = transition;
  if (outside?.network === undefined || outside.rights.net.length === 0) return undefined;
  let access = accesses.get(transition);
  if (access === undefined) {
    access = new NetworkAccess(transition, outside.network, outside.rights.net);
    accesses.set(transition, access);
  }
  return access;
}

/** The same for a call that cannot do without. @throws ComponentError `access-denied` */
export function mustHaveAccess(transition: Transition): NetworkAccess {
  return accessOf(transition) ?? refuseAs("access-denied");
}

/** Says in the log what would have to be granted, for the capsule cannot be told. Once for each. */
export function tellDenied({ lines }: Transition, host: string, port: number): void {
  const message = deniedText(host, port);
  if (lines.length < LOG_LINES_PER_MESSAGE_MAX && !lines.some((line) => line.message === message)) lines.push({ level: "warn", context: "doteros", message });
}

/** What would have to be granted, in words. */
export function deniedText(host: string, port: number): string {
  return `it may not reach ${host} at port ${port}; --grant net:${host.includes(":") ? `[${host}]` : host}:${port} would let it`;
}

/** What a policy is told of a request, as the resource of `http.request`. */
export function requestText(method: string, url: string): string {
  return JSON.stringify({ method, url });
}

function rightOf(text: string): Right {
  const at = text.lastIndexOf(":");
  return { host: canonicalHost(text.slice(0, at)), port: text.slice(at + 1) };
}

/** A host in the one way that it is compared: names in lower case without a dot at their end, addresses as they are printed here. */
export function canonicalHost(host: string): string {
  const address = parseAddress(host);
  return address === undefined ? host.toLowerCase().replace(/\.$/, "") : textOf(address);
}

function coversHost({ host }: Right, name: string): boolean {
  // What a pattern of names covers is a name.
  return host === "*" || host === name || (host.startsWith("*.") && name.endsWith(host.slice(1)) && parseAddress(name) === undefined);
}
