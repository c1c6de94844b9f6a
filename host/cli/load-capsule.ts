import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { DoterosError } from "../contract/error.ts";
import type { Capsule, Host } from "../contract/host.ts";
import { COMPONENT_BYTES_MAX } from "../contract/limits.ts";
import type { Manifest } from "../contract/manifest.ts";
import { signingKeyIn } from "../node.ts";
import type { CapsuleOptions } from "./capsule-options.ts";
import { errorAt } from "./error-text.ts";
import { readBytes } from "./file.ts";
import { readLinks } from "./links.ts";
import { adaptPreview1 } from "./preview1.ts";

/** What tells the origins of ledgers apart. */
const ORIGIN_BYTES = 8;

/** Loads a capsule from files. @throws DoterosError as `Host.load` does, with the file that is meant */
export async function loadCapsule(host: Host, { component, grants, config, labels, limits, isolation, links }: CapsuleOptions, manifest: Manifest | undefined): Promise<Capsule> {
  const hasFolders = manifest === undefined ? grants.some((grant) => grant.startsWith("fs:")) : manifest.capabilities.files !== undefined;
  const bytes = await adaptPreview1(await readBytes(component, "the component", COMPONENT_BYTES_MAX), hasFolders);
  const link = await readLinks(links);
  try {
    return await host.load(bytes, { grants, config, labels, limits, isolation: isolation ?? "none", link, ...(manifest === undefined ? {} : { manifest }) });
  } catch (error) {
    // What is wrong with a grant is not wrong with the component.
    throw error instanceof DoterosError && error.code !== "invalid-grant" ? errorAt(error, component) : error;
  }
}

/** The key of a store, made when it is first wanted, with a name that no other ledger has. */
export function keyOfStore(store: string, file = join(store, "ledger.key")): Promise<string> {
  return signingKeyIn(file, `doteros.local/${randomBytes(ORIGIN_BYTES).toString("hex")}`);
}
