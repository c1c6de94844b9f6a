// What the contract suite stands on. It runs in every runtime, so nothing here, and nothing in suite/, names one.
import type { Host, HostOptions } from "../../host/contract/host.ts";
import type { Platform } from "../../host/contract/platform.ts";
import type { Store } from "../../host/contract/store.ts";
import type { ReplayReport, ReplaySource } from "../../host/runtime/replay.ts";

/** What the suite uses of the door of a runtime. */
export interface Door {
  readonly createHost: (options?: HostOptions) => Promise<Host>;
  readonly replayLedger: (source: ReplaySource, progress?: (entries: number) => void) => Promise<ReplayReport>;
}

/** A place for a store that is still there when the store is closed. */
export interface Place {
  /** Opens the store, which is made when it is not there. */
  open(): Promise<Store>;
  /** Gives the place up, with all that is in it. */
  remove(): Promise<void>;
}

/** What a runtime gives the suite. */
export interface Kit {
  readonly door: Door;
  readonly platform: Platform;
  /** What the suite reads, by name: see fixtures.ts. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** Finds a new place for a store; or why there is none here. */
  readonly place: (() => Promise<Place>) | string;
}

/**
 * One thing that every runtime must do. It throws when it is not done. What it answers must be the same on all runtimes that a
 * run of main.mjs is about.
 */
export type Run = (kit: Kit) => Promise<string | void> | string | void;

/** Cases by what they say. */
export type Cases = Readonly<Record<string, Run>>;

/** Thrown by a case that this runtime has not what it takes for; the message says what. */
export class NotHere extends Error {}

/** A file of the suite. */
export function fileOf({ files }: Kit, name: string): Uint8Array {
  const bytes = files.get(name);
  if (bytes === undefined) throw new Error(`the file ${name} is not there; node test/contract/main.mjs makes it`);
  return bytes;
}

/** Bytes as text, and text as bytes. */
export const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
export const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Bytes in lower-case hexadecimal digits. */
export const hexOf = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
