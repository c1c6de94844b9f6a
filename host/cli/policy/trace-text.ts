import { explain, type Explanation, type Trace } from "../../policy/rego/index.ts";
import type { Arguments } from "../arguments.ts";

const EXPLANATIONS: readonly Explanation[] = ["fails", "full", "notes"];

/** What of the trace is to be shown; undefined when nobody asked. @throws DoterosError `usage` */
export function explanationOf(given: Arguments): Explanation | undefined {
  return given.choice("explain", EXPLANATIONS);
}

/** A trace as lines, and how much is missing at its end. */
export function explained(trace: Trace, what: Explanation): string[] {
  const lines = explain(trace.events, what);
  return trace.lost === 0 ? lines : [...lines, `… and ${trace.lost} more`];
}

