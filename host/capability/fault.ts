import { ComponentError } from "../contract/error.ts";
import type { Fault } from "../contract/message.ts";

/** Answers the call a capsule made with a fault. @throws ComponentError always */
export function fault(tag: Fault["tag"], text: string): never {
  throw new ComponentError({ tag, val: text } satisfies Fault);
}
