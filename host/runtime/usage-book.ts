import type { CapsuleUsage, HostUsage, TenantUsage } from "../contract/usage.ts";

/** What capsules used, of those that are gone and those that are there. */
export class UsageBook {
  /** By capsule and tenant, those that are gone. */
  readonly #gone = new Map<string, CapsuleUsage>();

  /** A capsule is gone. Its state stays, its memory does not. */
  leave(usage: CapsuleUsage): void {
    const left = { ...usage, memoryBytes: 0 };
    this.#gone.set(keyOf(usage), merged(this.#gone.get(keyOf(usage)), left));
  }

  /** @param present what those that are there used since they are */
  with(present: Iterable<CapsuleUsage>): HostUsage {
    const all = new Map(this.#gone);
    for (const usage of present) all.set(keyOf(usage), merged(all.get(keyOf(usage)), usage));
    const capsules = [...all.values()];
    const tenants = new Map<string | undefined, TenantUsage>();
    for (const usage of capsules) tenants.set(usage.tenant, added(tenants.get(usage.tenant), usage));
    return { capsules, tenants: [...tenants.values()] };
  }
}

const keyOf = ({ capsule, tenant }: CapsuleUsage): string => JSON.stringify([capsule, tenant]);

/** The same capsule, later: what it used is added up, what it has is what it has now. */
function merged(before: CapsuleUsage | undefined, now: CapsuleUsage): CapsuleUsage {
  return before === undefined ? now : { ...now, ...sumOf(before, now) };
}

/** One capsule more of a tenant. */
function added(sum: TenantUsage | undefined, usage: CapsuleUsage): TenantUsage {
  const { tenant, stateBytes, memoryBytes } = usage;
  const before = sum ?? { ...NOTHING, tenant, capsules: 0 };
  return { tenant, capsules: before.capsules + 1, ...sumOf(before, usage), stateBytes: before.stateBytes + stateBytes, memoryBytes: before.memoryBytes + memoryBytes };
}

const NOTHING = { messages: 0, transitions: 0, failures: 0, fuel: 0, receivedBytes: 0, published: 0, publishedBytes: 0, stateBytes: 0, memoryBytes: 0, nanoseconds: 0 };

/** What two used together. */
function sumOf(a: Omit<TenantUsage, "capsules" | "tenant">, b: typeof a): Omit<typeof a, "stateBytes" | "memoryBytes"> {
  return {
    messages: a.messages + b.messages,
    transitions: a.transitions + b.transitions,
    failures: a.failures + b.failures,
    fuel: a.fuel + b.fuel,
    receivedBytes: a.receivedBytes + b.receivedBytes,
    published: a.published + b.published,
    publishedBytes: a.publishedBytes + b.publishedBytes,
    nanoseconds: a.nanoseconds + b.nanoseconds,
  };
}
