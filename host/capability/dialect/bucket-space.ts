import { utf8Length } from "../../store/utf8-order.ts";
import { Space } from "../space.ts";
import { CALL_FUEL, type Transition } from "../transition.ts";

/** The name of a bucket, in UTF-8 bytes: keys have the rest. */
const NAME_BYTES_MAX = 64;

/** The part of the state that a bucket of that name is; undefined when there can be none of that name. */
export function bucketSpace(transition: Transition, name: string): Space | undefined {
  transition.charge(CALL_FUEL);
  if (name.includes("\0") || utf8Length(name) > NAME_BYTES_MAX) return undefined;
  return new Space(transition, "k", [name], `keyvalue/${name}/`);
}
