import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { DoterosError } from "../../contract/error.ts";
import type { Capsule, Host } from "../../contract/host.ts";
import { COMPONENT_BYTES_MAX } from "../../contract/limits.ts";
import type { Manifest } from "../../contract/manifest.ts";
import { signingKeyIn } from "../../node.ts";
import { errorAt } from "../error-text.ts";
import { readBytes } from "../file.ts";
import type { CommonOptions } from "./options.ts";

/** What tells the origins of ledgers apart. */
const ORIGIN_BYTES = 8;

/** The key of a store, made when it is first wanted, with a name that no other ledger has. */
export function keyFor(store: string, file: string = join(store, "ledger.key")): Promise<string> {
  return signingKeyIn(file, `doteros.local/${randomBytes(ORIGIN_BYTES).toString("hex")}`);
}

/** Loads what was named, with what it is linked to. @throws DoterosError as `Host.load` does, with the file */
export async function load(host: Host, { component, grants, config, labels, limits, isolation, links }: CommonOptions, manifest: Manifest | undefined): Promise<Capsule> {
  const bytes = await readBytes(component, "the component", COMPONENT_BYTES_MAX);
  const link: Record<string, Uint8Array> = {};
  for (const [name, file] of Object.entries(links)) link[name] = await readBytes(file, `the component for ${name}`, COMPONENT_BYTES_MAX);
  try {
    return await host.load(bytes, { grants, config, labels, limits, isolation, link, ...(manifest === undefined ? {} : { manifest }) });
  } catch (error) {
    // What is wrong with a grant is not wrong with the component.
    throw error instanceof DoterosError && error.code !== "invalid-grant" ? errorAt(error, component) : error;
  }
}
