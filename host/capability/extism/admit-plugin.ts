import { DoterosError } from "../../contract/error.ts";
import type { Manifest, PluginRule } from "../../contract/manifest.ts";
import { nearest } from "../../contract/nearest.ts";
import { coreModuleError } from "../../component/core-module-error.ts";
import type { Grant } from "../grant-shape.ts";
import type { Need } from "../interface.ts";
import type { PluginComponent } from "./plugin-component.ts";

/** How someone wants to be loaded. */
interface Admitted {
  /** Its manifest; undefined when it has none. */
  readonly said: Manifest | undefined;
  /** The function that was asked for where it is loaded. */
  readonly call: string | undefined;
  readonly grants: readonly Grant[];
  /** What its imports need, each with the import that does. */
  readonly needs: Map<Need, string>;
}

/**
 * Decides which function of a plugin handles messages. What it answers is sent, where it has no manifest and something may be
 * published: that is one of its needs then.
 *
 * @param made a plugin, or a component that someone takes for one
 * @returns undefined for a program of which no function is named: it is run for each message
 * @throws DoterosError `invalid-manifest` when no function is named, or it is a component; `core-module` when it is neither;
 *   `missing-export` when there is no function of that name; `unsupported` for a program that asks for folders
 */
export function admitPlugin({ plugin }: { readonly plugin?: PluginComponent }, { said, call = said?.plugin?.call, grants, needs }: Admitted): PluginRule | undefined {
  if (plugin === undefined) throw new DoterosError("invalid-manifest", "this is a component, which handles messages itself, and no plugin with a function to call", { help: "leave the function out" });
  if (call === undefined && plugin.isProgram) {
    const asksForFolders = said === undefined ? grants.some(({ capability }) => capability === "fs") : said.capabilities.files !== undefined;
    if (asksForFolders) throw noFolders();
    return undefined;
  }
  if (call === undefined && !plugin.isPlugin) throw coreModuleError();
  const { functions } = plugin;
  const there = functions.length === 0 ? "it exports none that could" : `it exports ${functions.join(", ")}`;
  if (call === undefined) {
    const some = functions[0] ?? "FUNCTION";
    throw new DoterosError("invalid-manifest", `this is a plugin, and nothing says which of its functions handles messages; ${there}`, { help: `say it with --call ${some}, or in capsule.yaml: plugin: { call: ${some} }` });
  }
  if (!functions.includes(call)) {
    const near = nearest(call, functions);
    throw new DoterosError("missing-export", `the plugin has no function ${call} that could handle messages; ${there}`, { where: call, ...(near === undefined ? {} : { help: `did you mean ${near}?` }) });
  }
  if (said === undefined && grants.some(({ capability }) => capability === "publish")) needs.set("publish", "output_set");
  return { ...said?.plugin, call };
}

function noFolders(): DoterosError {
  return new DoterosError("unsupported", "this is a program of WASI preview 1, a core module, which has no folders as it is", {
    help: "run it with doteros-wasm run, which makes a component of it with the official adapter, or make one: `npx jco new program.wasm --wasi-command -o component.wasm`",
  });
}
