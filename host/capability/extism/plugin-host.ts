import type { PluginRule } from "../../contract/manifest.ts";
import type { Dialect, Reach } from "../dialect/dialect.ts";
import { ENV, ENV_NEEDS, ENV_SIGNATURES } from "./env.ts";
import { PREVIEW1, PREVIEW1_SIGNATURES } from "./preview1/signatures.ts";
import { offer } from "./signature.ts";

/** The name under which a plugin is given its host: no module can have it. */
export const PLUGIN_HOST = "doteros:plugin-host";

/** The name of what handles its messages. */
export const PLUGIN_HANDLER = "doteros:plugin/handler";

/** What the instances of a plugin have of their host. */
export interface PluginHost {
  readonly reach: Reach;
  /** Which function handles messages, and where its answers go; undefined for a program, which is run for each. */
  readonly rule: PluginRule | undefined;
}

/** What a plugin may import. What it exports is its own affair: see `PluginComponent`. */
export const DIALECT: Dialect = {
  isPlugin: true,
  interfaces: { [ENV]: offer(ENV_SIGNATURES, ENV_NEEDS), [PREVIEW1]: offer(PREVIEW1_SIGNATURES, {}) },
  make: (reach) => ({ [PLUGIN_HOST]: { reach, rule: reach.manifest.plugin } satisfies PluginHost }),
  handlers: { [PLUGIN_HANDLER]: { functions: { call: "func()" }, adapt: (exported) => exported as never } },
};
