import type { NetworkEnd, NetworkFailure } from "../../../contract/network.ts";
import { CALL_FUEL, type Transition } from "../../transition.ts";
import { DISPOSE } from "../io/dispose.ts";
import { Pollable } from "../io/pollable.ts";
import { accessOf, canonicalHost, type NetworkAccess } from "./access.ts";
import { type IpAddress, parseAddress } from "./address.ts";
import { codeOf, refuseAs } from "./error-code.ts";
import { isHostName } from "./host-name.ts";

/** The resource `resolve-address-stream` of wasi:sockets. */
export class ResolveAddressStream {
  readonly #transition: Transition;
  readonly #poll: () => void;
  readonly #end: NetworkEnd | undefined;
  #addresses: IpAddress[] | undefined;
  #failure: NetworkFailure | undefined;

  /** @param found what is known without a question */
  constructor(transition: Transition, found: IpAddress | undefined, access: NetworkAccess | undefined, name: string) {
    this.#transition = transition;
    this.#poll = () => access?.poll();
    if (found !== undefined) this.#addresses = [found];
    this.#end = found === undefined ? access?.begin({ kind: "lookup", name }) : undefined;
    if (this.#end === undefined) return;
    this.#end.receive = (event) => {
      if (event.event === "addresses") {
        const addresses = new Set(event.addresses.map(canonicalHost));
        access?.remember(name, [...addresses]);
        this.#addresses = [...addresses].flatMap((address) => parseAddress(address) ?? []);
      } else if (event.event === "failed") {
        this.#failure = event.failure;
      }
      this.#end?.close();
    };
  }

  resolveNextAddress(): IpAddress | undefined {
    this.#transition.charge(CALL_FUEL);
    this.#poll();
    if (this.#failure !== undefined) refuseAs(codeOf(this.#failure));
    if (this.#addresses === undefined) refuseAs("would-block");
    return this.#addresses.shift();
  }

  subscribe(): Pollable {
    return new Pollable(this.#transition, {
      ready: () => {
        this.#poll();
        return this.#addresses !== undefined || this.#failure !== undefined;
      },
    });
  }

  [DISPOSE](): void {
    this.#end?.close();
  }
}

/**
 * Looks up the addresses of a name.
 *
 * @throws ComponentError `invalid-argument` for what is no name, `permanent-resolver-failure` for one that it may not look up
 */
export function resolveAddresses(transition: Transition, text: string): ResolveAddressStream {
  transition.charge(CALL_FUEL);
  const access = accessOf(transition);
  const literal = parseAddress(text);
  if (literal !== undefined) return new ResolveAddressStream(transition, literal, access, text);
  const name = canonicalHost(asciiOf(text));
  if (!isHostName(name)) refuseAs("invalid-argument");
  if (access === undefined || !access.mayLookUp(name)) refuseAs("permanent-resolver-failure");
  return new ResolveAddressStream(transition, undefined, access, name);
}

/** A name of another script as the network has it; any other as it is. */
function asciiOf(text: string): string {
  if (/^[\0-\x7f]*$/.test(text)) return text;
  try {
    return new URL(`http://${text}`).hostname;
  } catch {
    return "";
  }
}
