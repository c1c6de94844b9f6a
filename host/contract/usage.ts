/** What was used: what a bill is made of. */
export interface Usage {
  /** Messages that were handed over, each counted once. */
  readonly messages: number;
  /** Messages that were handled and committed. */
  readonly transitions: number;
  /** Attempts that failed. */
  readonly failures: number;
  /** What all attempts took, in units of fuel. */
  readonly fuel: number;
  /** The payloads of the messages, each counted once, in bytes. */
  readonly receivedBytes: number;
  /** Messages that were sent. Those of failed attempts are not, and dead letters are the host's. */
  readonly published: number;
  /** Their payloads, in bytes. */
  readonly publishedBytes: number;
}

/** What a capsule has, beside what it used. */
interface Holding {
  /** Keys and values of its state now, in bytes. It stays when the capsule is unloaded. */
  readonly stateBytes: number;
  /** The memories of its instance now, in bytes. */
  readonly memoryBytes: number;
  /** How long its handler ran, all calls added up: it depends on the machine, and fuel does not. */
  readonly nanoseconds: number;
}

/** What one capsule used under one tenant, since the host was made. */
export interface CapsuleUsage extends Usage, Holding {
  readonly capsule: string;
  /** Its label `tenant`; undefined when it has none. */
  readonly tenant: string | undefined;
}

/** The same of all capsules that have one label `tenant`, or none. */
export interface TenantUsage extends Usage, Holding {
  readonly tenant: string | undefined;
  /** How many capsules that is. */
  readonly capsules: number;
}

/** What was used in a host since it was made, also by capsules that are unloaded by now. */
export interface HostUsage {
  /** In the order in which they came. */
  readonly capsules: readonly CapsuleUsage[];
  readonly tenants: readonly TenantUsage[];
}
