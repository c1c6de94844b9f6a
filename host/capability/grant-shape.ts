import type { CapabilityName } from "./interface.ts";

/** What is granted of what lies outside the host. */
export type OutsideName = "fs" | "net" | "env" | "stdio" | "clock";

/** One thing that is asked for or granted. */
export interface Grant {
  readonly capability: CapabilityName | OutsideName;
  /**
   * Which subjects, for those capabilities that are for subjects; which interface, for `use`; for `fs`, `net` and `env` what
   * follows the colon.
   */
  readonly pattern?: string;
}

/** Whether a grant of the name needs a pattern. */
export const NEEDS_PATTERN: Readonly<Record<CapabilityName, boolean>> = {
  state: false,
  publish: true,
  request: true,
  subscribe: true,
  log: false,
  context: false,
  policy: false,
  use: true,
};

/** How a manifest names what lies outside. */
export const OUTSIDE_SHAPES = {
  files: /^[^\0]+:r[ow]$/,
  net: /^(\*|(\*\.)?[\w-]+(\.[\w-]+)*\.?|\[[\da-f:.]+\]):(\*|\d{1,5})$/i,
  env: /^[^=\0]+$/,
};
