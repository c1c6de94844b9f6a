import { DoterosError } from "../../contract/error.ts";
import type { Manifest } from "../../contract/manifest.ts";
import { nearest } from "../../contract/nearest.ts";

/**
 * A plugin's manifest, with the function that handles messages.
 *
 * @param functions those that may
 * @param call the one that was asked for where it is loaded
 * @throws DoterosError `invalid-manifest` when none is named, `missing-export` when there is none of that name
 */
export function pluginManifest(manifest: Manifest, functions: readonly string[], call = manifest.plugin?.call): Manifest {
  const there = functions.length === 0 ? "it exports none that could" : `it exports ${functions.join(", ")}`;
  if (call === undefined) {
    throw new DoterosError("invalid-manifest", `${manifest.name} is a plugin, and nothing says which of its functions handles messages; ${there}`, {
      help: `say it with --call ${functions[0] ?? "FUNCTION"}, or in capsule.yaml: plugin: { call: ${functions[0] ?? "FUNCTION"} }`,
    });
  }
  if (!functions.includes(call)) {
    const near = nearest(call, functions);
    throw new DoterosError("missing-export", `the plugin has no function ${call} that could handle messages; ${there}`, { where: call, ...(near === undefined ? {} : { help: `did you mean ${near}?` }) });
  }
  return { ...manifest, plugin: { ...manifest.plugin, call } };
}
