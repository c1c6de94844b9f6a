import type { DecisionEvent } from "./decision.ts";

/** What a capsule does with its own capabilities that a policy is asked about. */
export type OwnOperation =
  | "load"
  | "subscribe"
  | "state.get"
  | "state.put"
  | "state.delete"
  | "state.scan"
  | "series.append"
  | "series.range"
  | "publish"
  | "request"
  | "log"
  | "fs.read"
  | "fs.write"
  | "env"
  | "net.connect"
  | "net.listen"
  | "net.lookup"
  | "http.request";

/**
 * A call of a function that is not this project's own, which the host was given or another component has: the name that the
 * host was given for it, or else interface and function, `acme:sensors/reader#read`.
 */
export type EdgeOperation = string & { readonly isEdge: true };

/** What a capsule does that a policy is asked about. */
export type Operation = OwnOperation | EdgeOperation;

/** What a policy knows of the capsule. */
export interface PolicyCapsule {
  readonly name: string;
  readonly version: string;
  /** The SHA-256 of the component, 64 lower-case hexadecimal digits. */
  readonly digest: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** What a policy is asked: Rego's `input`. */
export interface PolicyInput {
  readonly capsule: PolicyCapsule;
  readonly operation: Operation;
  /**
   * What it is done to: `{key}` for get, put and delete; `{start, end}` for scan, without `end` when there is none; `{series}`;
   * `{subject}` for publish and request; `{pattern}` for subscribe; `{level}` for log; `{path}` for fs.read and fs.write, the path as the capsule has it,
   * with neither `..` nor links left in it; `{name}` for env; `{host, port}` for net.connect and net.listen; `{host}` for net.lookup;
   * `{method, url}` for http.request; nothing for load. For other
   * functions the arguments by the names of their parameters, those that are texts, numbers or booleans.
   */
  readonly resource: Readonly<Record<string, string>>;
  /** `time`: nanoseconds since 1970, the same for all that one message does. */
  readonly context: { readonly time: bigint };
}

/** What a policy says. */
export interface PolicyDecision {
  /** Why not; undefined when it is allowed. */
  readonly refusal: string | undefined;
  /** Whether another resource could have changed it. */
  readonly readsResource: boolean;
  /** Whether another moment could have changed it: the time, or chance, went into it. */
  readonly readsMoment: boolean;
  /** What the rules answered, those that were asked and are defined; undefined when they failed. */
  readonly result: { readonly deny?: unknown; readonly allow?: unknown } | undefined;
  /** Why they failed. */
  readonly error?: DecisionEvent["error"];
}

/** Decides what capsules may do: synchronously, and the same for the same input, but for time and chance. Never throws. */
export interface Policy {
  /** The SHA-256 of its modules and its data, 64 lower-case hexadecimal digits. */
  readonly digest: string;
  /** Its modules and its data as text, to be made ready elsewhere: `{"data":…,"modules":{…}}`. */
  source(): string;
  decide(input: PolicyInput): PolicyDecision;
  /** What may be told of a decision: the event without what the policy's masks hide, and the same as JSON text. */
  masked(event: DecisionEvent): { readonly event: DecisionEvent; readonly text: string };
}

/** A policy in Rego, as an operator gives it. */
export interface PolicySource {
  /** The modules' texts, by the names they have in errors. `data.doteros.allow` and `data.doteros.deny` are what is asked. */
  readonly modules: Readonly<Record<string, string>>;
  /** What `data` holds beside the rules. It is copied. */
  readonly data?: unknown;
}

/** Something that was refused. */
export interface Denial {
  readonly operation: string;
  /** What it was to be done to, as text: a key, a subject, `["start","end"]` of a scan. */
  readonly resource: string;
  readonly reason: string;
}

/** Stands before the calls of one capsule. */
export interface Guard {
  /** A new attempt begins. What was decided from the moment does not hold for it. */
  begin(): void;
  /** Why the capsule may not, or undefined. Within one attempt the answer to the same question stays the same. */
  refusal(operation: Operation, resource: string): string | undefined;
}

/** The moment of a transition: what a replay finds recorded. */
export interface Moment {
  /** Nanoseconds since 1970. */
  time(): bigint;
  random(length: number): Uint8Array;
  /** Counts what it costs, in units of fuel. @throws DoterosError `fuel-exhausted` */
  charge(units: number): void;
}

/** The policy that a capsule carries. */
export interface CapsuleRules {
  /**
   * The value of the rule at a path such as `app.allow`, for an input, both as JSON text; undefined when there is none.
   *
   * @throws DoterosError `invalid-policy` when there can be no such path, `policy-failed`, `limit-exceeded`
   */
  evaluate(path: string, input: string, moment: Moment): string | undefined;
}
