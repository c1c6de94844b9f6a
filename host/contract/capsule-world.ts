// Generated from wit/ by .ci/generate-world.mjs: change the WIT, not this. The WIT documents every name.

export type Fault = { readonly tag: "denied"; readonly val: string } | { readonly tag: "invalid"; readonly val: string } | { readonly tag: "limit"; readonly val: string } | { readonly tag: "failed"; readonly val: string };

export interface Message {
  readonly subject: string;
  readonly replyTo?: string | undefined;
  readonly contentType?: string | undefined;
  readonly dataType?: string | undefined;
  readonly headers: readonly (readonly [string, string])[];
  readonly payload: Uint8Array;
}

export interface Entry {
  readonly key: string;
  readonly value: Uint8Array;
}

/** `doteros:capsule/state@0.1.0`. A function whose WIT result has an error throws it as a ComponentError. */
export interface State {
  readonly get: (key: string) => Uint8Array | undefined;
  readonly put: (key: string, value: Uint8Array) => void;
  readonly delete: (key: string) => boolean;
  readonly scan: (start: string, end: string | undefined, limit: number) => readonly Entry[];
  readonly version: () => bigint;
}

export interface Point {
  readonly time: bigint;
  readonly value: number;
}

export interface Bucket {
  readonly start: bigint;
  readonly count: bigint;
  readonly min: number;
  readonly max: number;
  readonly mean: number;
}

/** `doteros:capsule/series@0.1.0`. A function whose WIT result has an error throws it as a ComponentError. */
export interface Series {
  readonly append: (name: string, at: Point) => void;
  readonly range: (name: string, start: bigint, end: bigint, limit: number) => readonly Point[];
  readonly downsample: (name: string, start: bigint, end: bigint, step: bigint) => readonly Bucket[];
}

/** `doteros:capsule/messaging@0.1.0`. A function whose WIT result has an error throws it as a ComponentError. */
export interface Messaging {
  readonly publish: (message: Message) => void;
  readonly request: (message: Message) => string;
}

/** `doteros:capsule/policy@0.1.0`. A function whose WIT result has an error throws it as a ComponentError. */
export interface Policy {
  readonly evaluate: (path: string, input: Uint8Array) => Uint8Array | undefined;
}

export interface Identity {
  readonly name: string;
  readonly version: string;
  readonly digest: string;
}

/** `doteros:capsule/context@0.1.0`. A function whose WIT result has an error throws it as a ComponentError. */
export interface Context {
  readonly time: () => bigint;
  readonly random: (length: number) => Uint8Array;
  readonly index: () => bigint;
  readonly identify: () => Identity;
  readonly config: (key: string) => string | undefined;
}

export type Level = "trace" | "debug" | "info" | "warn" | "error" | "critical";

/** `wasi:logging/logging@0.1.0-draft`. A function whose WIT result has an error throws it as a ComponentError. */
export interface Logging {
  readonly log: (level: Level, context: string, message: string) => void;
}

/** What a capsule may import, by interface. */
export interface CapsuleImports {
  readonly "doteros:capsule/state@0.1.0": State;
  readonly "doteros:capsule/series@0.1.0": Series;
  readonly "doteros:capsule/messaging@0.1.0": Messaging;
  readonly "doteros:capsule/policy@0.1.0": Policy;
  readonly "doteros:capsule/context@0.1.0": Context;
  readonly "wasi:logging/logging@0.1.0-draft": Logging;
}

/** `doteros:capsule/starter@0.1.0`. A function whose WIT result has an error throws it as a ComponentError. */
export interface Starter {
  readonly start: () => void;
}

/** `doteros:capsule/handler@0.1.0`. A function whose WIT result has an error throws it as a ComponentError. */
export interface Handler {
  readonly handle: (message: Message) => void;
}

/** What a capsule exports, by interface. */
export interface CapsuleExports {
  readonly "doteros:capsule/starter@0.1.0"?: Starter;
  readonly "doteros:capsule/handler@0.1.0": Handler;
}
