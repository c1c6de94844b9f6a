import type { Denial, Guard, Operation } from "../contract/policy.ts";
import { recordedResource } from "./resource.ts";

/** Refuses what a ledger says was refused, with the same reasons, and nothing else. */
export class RecordedGuard implements Guard {
  readonly #reasons = new Map<string, string>();

  /** What was refused in the attempt that comes. */
  expect(denials: readonly Denial[]): void {
    this.#reasons.clear();
    for (const { operation, resource, reason } of denials) this.#reasons.set(`${operation} ${resource}`, reason);
  }

  begin(): void {
    // What is expected was said already.
  }

  refusal(operation: Operation, resource: string): string | undefined {
    return this.#reasons.size === 0 ? undefined : this.#reasons.get(`${operation} ${recordedResource(resource)}`);
  }
}
