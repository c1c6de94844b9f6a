import type { RateGuard } from "../capability/rate-guard.ts";
import type { CapsuleLimits } from "../contract/manifest.ts";
import type { Breaker } from "./breaker.ts";
import type { FuelBudget } from "./fuel-budget.ts";

/** What holds capsules back whose manifests want that, each undefined where one does not. */
export interface Restraints {
  /** Holds one to rates of what it sends. */
  readonly rates: typeof RateGuard | undefined;
  /** Keeps messages from one that keeps failing. */
  readonly breaker: typeof Breaker | undefined;
  /** Holds one to what it may use in a second. */
  readonly budget: typeof FuelBudget | undefined;
}

const NONE: Restraints = { rates: undefined, breaker: undefined, budget: undefined };

/** Loads what a manifest wants. Most want nothing. */
export async function restraintsOf({ rates, breaker, fuelPerSecond = 0 }: CapsuleLimits): Promise<Restraints> {
  if (rates === undefined && breaker === undefined && fuelPerSecond === 0) return NONE;
  return {
    rates: rates && (await import("../capability/rate-guard.ts")).RateGuard,
    breaker: breaker && (await import("./breaker.ts")).Breaker,
    budget: fuelPerSecond === 0 ? undefined : (await import("./fuel-budget.ts")).FuelBudget,
  };
}
