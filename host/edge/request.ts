import { DoterosError } from "../contract/error.ts";

/** What the runtime gives with a request: what it is told to wait for is done, even when nobody waits for the answer. */
export interface RequestContext {
  waitUntil(promise: Promise<unknown>): void;
}

/** The subject that a request names, `/readings.oslo`; empty when it names none. @throws DoterosError `invalid-subject` */
export function subjectOf(url: string): string {
  try {
    return decodeURIComponent(new URL(url).pathname.slice(1));
  } catch (cause) {
    throw new DoterosError("invalid-subject", "the path is not UTF-8 in percent signs", { cause });
  }
}
