import type { RateGuard } from "../capability/rate-guard.ts";
import type { CapsuleLimits } from "../contract/manifest.ts";
import type { Breaker } from "./breaker.ts";

/** What holds capsules back whose manifests want that, each undefined where one does not. */
export interface Restraints {
  /** Holds one to rates of what it sends. */
  readonly rates: typeof RateGuard | undefined;
  /** Keeps messages from one that keeps failing. */
  readonly breaker: typeof Breaker | undefined;
}

const NONE: Restraints = { rates: undefined, breaker: undefined };

/** Loads what a manifest wants. Most want nothing. */
export async function restraintsOf({ rates, breaker }: CapsuleLimits): Promise<Restraints> {
  if (rates === undefined && breaker === undefined) return NONE;
  return {
    rates: rates && (await import("../capability/rate-guard.ts")).RateGuard,
    breaker: breaker && (await import("./breaker.ts")).Breaker,
  };
}
