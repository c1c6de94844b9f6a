import type { Messaging } from "../../contract/capsule-world.ts";
import { DoterosError } from "../../contract/error.ts";
import type { Manifest, PluginRule } from "../../contract/manifest.ts";
import type { Dialect, Reach } from "../dialect/dialect.ts";
import { logging } from "../logging.ts";
import type { Transition } from "../transition.ts";
import { ENV, ENV_NEEDS, ENV_SIGNATURES } from "./env.ts";
import { PREVIEW1, PREVIEW1_NEEDS, PREVIEW1_SIGNATURES } from "./preview1/signatures.ts";
import { LineWriter } from "./preview1/console.ts";
import { offer } from "./signature.ts";

/** The name under which a plugin is given its host: no module can have it. */
export const PLUGIN_HOST = "doteros:plugin-host";

/** The name of what handles its messages. */
export const PLUGIN_HANDLER = "doteros:plugin/handler";

/** What the instances of a plugin have of their host. */
export interface PluginHost {
  readonly transition: Transition;
  readonly messaging: Messaging;
  /** Which function handles messages, and where its answers go. */
  readonly rule: PluginRule;
  /** Where standard output and standard error go, by their descriptors. */
  readonly streams: () => ReadonlyMap<number, LineWriter>;
}

/** What a plugin may import. What it exports is its own affair: see `PluginComponent`. */
export const DIALECT: Dialect = {
  isPlugin: true,
  interfaces: { [ENV]: offer(ENV_SIGNATURES, ENV_NEEDS), [PREVIEW1]: offer(PREVIEW1_SIGNATURES, PREVIEW1_NEEDS) },
  make: (reach) => ({ [PLUGIN_HOST]: hostFor(reach) }),
  handlers: { [PLUGIN_HANDLER]: { functions: { call: "func()" }, adapt: (exported) => exported as never } },
};

function hostFor({ transition, messaging, manifest }: Reach): PluginHost {
  const rule = manifest.plugin;
  if (rule === undefined) throw new DoterosError("internal", "a plugin was let in without a function to call");
  return { transition, messaging, rule, streams: () => streamsTo(transition, manifest) };
}

/** Lines of log where those may be written, and nowhere else. */
function streamsTo(transition: Transition, { capabilities }: Manifest): ReadonlyMap<number, LineWriter> {
  const { log } = logging(transition);
  const writer = (level: "info" | "warn", context: string): LineWriter => new LineWriter((line) => {
    if (capabilities.log === true) log(level, context, line);
  });
  return new Map([[1, writer("info", "stdout")], [2, writer("warn", "stderr")]]);
}
