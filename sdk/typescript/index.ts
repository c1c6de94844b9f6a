// What the author of a TypeScript capsule imports. Only what a capsule uses becomes an import of its component, which its
// operator has to grant. Works inside a capsule, as `doteros-wasm build` makes it; nowhere else are there such imports.

export { bytesOf, bytesOfU64, textOf, u64Of } from "./bytes.ts";
/** What the host fixed for this message: time, random bytes, settings. */
export * as context from "./context.ts";
export type { Identity } from "./context.ts";
export { fail, Fault, invalid } from "./fault.ts";
export type { FaultKind } from "./fault.ts";
/** Lines of log, for people. */
export * as log from "./log.ts";
export type { Level } from "./log.ts";
export { Message } from "./message.ts";
export type { Header } from "./message.ts";
/** Messages to others. */
export * as messaging from "./messaging.ts";
/** Decisions of the policy that the capsule carries. */
export * as policy from "./policy.ts";
/** Numbers over time. */
export * as series from "./series.ts";
export type { Bucket, Point } from "./series.ts";
/** The capsule's own state. */
export * as state from "./state.ts";
export type { Entry } from "./state.ts";
