/** What a capsule may ask for, by the names that manifests and grants have for it. */
export type CapabilityName = "state" | "publish" | "request" | "subscribe" | "log" | "context" | "policy" | "use";

/** What an import needs: a capability, or the right to use an interface that the host's user provides. */
export type Need = Exclude<CapabilityName, "use"> | `use=${string}`;

/** The interface of a need to use one; undefined for any other. */
export function usedInterface(need: Need): string | undefined {
  return need.startsWith("use=") ? need.slice("use=".length) : undefined;
}

/** A function that the host offers, or a resource. */
interface OfferedPart {
  /** What must be asked for to import it; undefined when nothing must. */
  readonly capability: Need | undefined;
  /** Its type in WIT's notation, with the types it uses written out, or all types that it may have; `resource` for a resource. */
  readonly type: string | readonly string[];
}

/** An interface that the host offers: what is in it, by name. */
export type Offered = Readonly<Record<string, OfferedPart>>;

/** The type of faults. */
export const FAULT = "variant { denied(string), invalid(string), limit(string), failed(string) }";
const MESSAGE =
  "record { subject: string, reply-to: option<string>, content-type: option<string>, data-type: option<string>, " +
  "headers: list<tuple<string, string>>, payload: list<u8> }";

/** What a capsule must export. */
export const HANDLER = { name: "doteros:capsule/handler@0.1.0", functions: { handle: `func(message: ${MESSAGE}) -> result<_, ${FAULT}>` } };
/** What a capsule may export to be called before its first message. */
export const STARTER = { name: "doteros:capsule/starter@0.1.0", functions: { start: `func() -> result<_, ${FAULT}>` } };

/** What is offered to those who asked for `capability`, by its types. */
export const as = (capability: Need | undefined, types: Readonly<Record<string, OfferedPart["type"]>>): Offered =>
  Object.fromEntries(Object.entries(types).map(([name, type]) => [name, { capability, type }]));

/**
 * Everything of this project's own that a capsule may import: for each interface its functions. The types are compared with those a component was
 * built for, because JavaScript would not notice a difference before something breaks far from its cause.
 */
export const OFFERED: ReadonlyMap<string, Offered> = new Map([
  [
    "doteros:capsule/state@0.1.0",
    as("state", {
      get: `func(key: string) -> result<option<list<u8>>, ${FAULT}>`,
      put: `func(key: string, value: list<u8>) -> result<_, ${FAULT}>`,
      delete: `func(key: string) -> result<bool, ${FAULT}>`,
      scan: `func(start: string, end: option<string>, limit: u32) -> result<list<record { key: string, value: list<u8> }>, ${FAULT}>`,
      version: "func() -> u64",
    }),
  ],
  [
    "doteros:capsule/series@0.1.0",
    as("state", {
      append: `func(name: string, at: record { time: u64, value: f64 }) -> result<_, ${FAULT}>`,
      range: `func(name: string, start: u64, end: u64, limit: u32) -> result<list<record { time: u64, value: f64 }>, ${FAULT}>`,
      downsample: `func(name: string, start: u64, end: u64, step: u64) -> result<list<record { start: u64, count: u64, min: f64, max: f64, mean: f64 }>, ${FAULT}>`,
    }),
  ],
  [
    "doteros:capsule/messaging@0.1.0",
    {
      ...as("publish", { publish: `func(message: ${MESSAGE}) -> result<_, ${FAULT}>` }),
      ...as("request", { request: `func(message: ${MESSAGE}) -> result<string, ${FAULT}>` }),
    },
  ],
  ["doteros:capsule/policy@0.1.0", as("policy", { evaluate: `func(path: string, input: list<u8>) -> result<option<list<u8>>, ${FAULT}>` })],
  [
    "doteros:capsule/context@0.1.0",
    as("context", {
      time: "func() -> u64",
      random: "func(length: u32) -> list<u8>",
      index: "func() -> u64",
      identify: "func() -> record { name: string, version: string, digest: string }",
      config: "func(key: string) -> option<string>",
    }),
  ],
  [
    "wasi:logging/logging@0.1.0-draft",
    as("log", {
      log: "func(level: enum { trace, debug, info, warn, error, critical }, context: string, message: string)",
    }),
  ],
]);
