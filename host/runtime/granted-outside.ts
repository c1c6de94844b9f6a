import { requestsOf } from "../capability/grant.ts";
import type { Grant } from "../capability/grant-shape.ts";
import { grantText } from "../capability/grant-text.ts";
import { isOutside, outsideRights } from "../capability/outside-grant.ts";
import { DoterosError } from "../contract/error.ts";
import type { Manifest } from "../contract/manifest.ts";
import type { OpenOutside, OutsideRights } from "../contract/outside.ts";
import type { Platform } from "../contract/platform.ts";

/** What a capsule may use of what lies outside, and what opens it. */
export interface GrantedOutside {
  readonly rights: OutsideRights;
  readonly open: OpenOutside;
}

/** @throws DoterosError `unsupported` where nothing lies outside */
export async function grantedOutside(manifest: Manifest, grants: readonly Grant[], platform: Platform): Promise<GrantedOutside> {
  const asked = requestsOf(manifest).filter(({ capability }) => isOutside(capability)).map(grantText);
  return { rights: outsideRights(manifest, grants), open: await openerOf(platform, `${manifest.name} asks for ${asked.join(", ")}`) };
}

/** @throws DoterosError `unsupported` where nothing lies outside */
export async function openerOf({ name, outside }: Platform, what: string): Promise<OpenOutside> {
  if (outside !== undefined) return outside();
  throw new DoterosError("unsupported", `${what}, and there is nothing of that in ${name}`, {
    help: 'run it in Node, Deno or Bun, with the door that is made for it, such as "doteros-wasm/node"',
  });
}
