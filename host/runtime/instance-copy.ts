import { DoterosError } from "../contract/error.ts";
import type { InstanceSnapshot } from "../ledger/snapshot.ts";
import { sameBytes } from "../ledger/same-bytes.ts";
import { type Image, imageOf, restoreSnapshot, type State, stateHash, stateOf, takeSnapshot } from "../wasm/image/index.ts";
import type { Imports } from "../component/index.ts";
import type { LinkedComponent } from "../component/linked-component.ts";
import type { ResourceLimits } from "../contract/manifest.ts";
import type { Platform } from "../contract/platform.ts";
import { Meter } from "./meter.ts";

export { decodeInstance, encodeInstance } from "../ledger/snapshot.ts";

/** What is to be known of instances of a component to copy them. */
export interface CopyParts {
  readonly component: Pick<LinkedComponent, "instantiate">;
  /** Those of any capsule of the component. */
  readonly imports: Imports;
  readonly limits: ResourceLimits;
  readonly platform: Pick<Platform, "sha256">;
  /** That of the instance. */
  readonly meter: Meter;
}

const images = new WeakMap<CopyParts["component"], Image>();

/**
 * What a new instance of a component keeps, which copies of others are a difference from. It is the same for all capsules of
 * the component: what an instance is told while it is made is nothing.
 */
async function baseOf({ component, imports, limits }: CopyParts): Promise<Image> {
  const known = images.get(component);
  if (known !== undefined) return known;
  const meter = new Meter(limits);
  meter.renew();
  await component.instantiate(imports, meter.instantiate);
  const image = imageOf(stateOfInstance(meter));
  images.set(component, image);
  return image;
}

function stateOfInstance({ instances, hidden }: Meter): State {
  if (hidden !== undefined) throw new DoterosError("unsupported", `what the capsule keeps cannot all be copied: ${hidden}`);
  return stateOf(instances);
}

/**
 * What copies the instance, whenever it is at rest.
 *
 * @throws DoterosError `unsupported` when it keeps what cannot be copied
 */
export async function instanceCopier(parts: CopyParts): Promise<() => Pick<InstanceSnapshot, "difference" | "state">> {
  const base = await baseOf(parts);
  return () => {
    const state = stateOfInstance(parts.meter);
    return { difference: takeSnapshot(state, base), state: stateHash(state, parts.platform.sha256) };
  };
}

/**
 * Makes an instance that is what a copy says.
 *
 * @param instantiate makes the instance
 * @throws DoterosError `malformed`, `unsupported`, `wrong-value` or `limit-exceeded` when the copy is not one of this component
 */
export async function restoreInstance(parts: CopyParts, { difference, state: hash }: Pick<InstanceSnapshot, "difference" | "state">, instantiate: () => Promise<void>): Promise<void> {
  const base = await baseOf(parts);
  await instantiate();
  const { meter, platform } = parts;
  const state = stateOfInstance(meter);
  meter.grown(restoreSnapshot(state, base, difference, meter.memoryPagesLeft));
  if (sameBytes(stateHash(state, platform.sha256), hash)) return;
  throw new DoterosError("wrong-value", "the snapshot does not come to the state that it says: it is of another component, or was changed");
}
