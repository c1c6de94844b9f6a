import type { CapsuleImports } from "../contract/capsule-world.ts";
import type { ResourceLimits } from "../contract/manifest.ts";
import type { Component } from "../component/index.ts";
import { type Image, imageOf } from "../wasm/image/index.ts";
import { Meter } from "./meter.ts";

const images = new WeakMap<Component, Image>();

/**
 * What a new instance of a component keeps, which snapshots of others are a difference from. It is the same for all capsules of
 * the component: what an instance is told while it is made is nothing.
 *
 * @param imports those of any capsule of the component
 * @throws DoterosError `unsupported` when it keeps what cannot be copied
 */
export async function baseImageOf(component: Component, imports: Partial<CapsuleImports>, limits: ResourceLimits): Promise<Image> {
  const known = images.get(component);
  if (known !== undefined) return known;
  const meter = new Meter(limits);
  meter.renew();
  await component.instantiate(imports, meter.instantiate);
  const image = imageOf(meter.state);
  images.set(component, image);
  return image;
}
