import { parseAddress } from "./address.ts";

/** Letters, digits and hyphens with dots between them. Names of other scripts are written in these, too. */
const NAME = /^(?=.{1,253}$)[a-z0-9_][a-z0-9_-]{0,62}(?:\.[a-z0-9_][a-z0-9_-]{0,62})*$/;

/** Whether a text, as `canonicalHost` has it, can be the name of a host. */
export function isHostName(text: string): boolean {
  return NAME.test(text);
}

/** Whether it is such a name or an address. */
export function isHost(text: string): boolean {
  return isHostName(text) || parseAddress(text) !== undefined;
}
