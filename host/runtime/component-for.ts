import type { Dialect } from "../capability/dialect/dialect.ts";
import { capsuleImports } from "../capability/imports.ts";
import type { Transition } from "../capability/transition.ts";
import type { Imports } from "../component/index.ts";
import type { Manifest } from "../contract/manifest.ts";
import type { CapsuleRules } from "../contract/policy.ts";
import type { CapsuleComponent, Linkable } from "./capsule-component.ts";
import type { Composed, Supply } from "./composed.ts";

/**
 * Puts a capsule together.
 *
 * @returns undefined when it has nothing of the supply
 * @throws DoterosError as `compose` does
 */
export async function compositionOf(made: CapsuleComponent, supply: Supply): Promise<Composed | undefined> {
  if (supply.linked.size === 0 && supply.provided.length === 0) return undefined;
  // Few pages put anything together.
  const { compose } = await import("./composition.ts");
  const composition = compose(made, supply);
  return composition.uses.length === 0 ? undefined : composition;
}

/** What instances of a capsule are made of. */
interface Making extends Pick<CapsuleComponent, "component" | "dialects"> {
  readonly composition: Composed | undefined;
  readonly manifest: Manifest;
  readonly rules: CapsuleRules | undefined;
}

/** The component of a capsule, whose instances are the capsule's, and what it imports of the host. */
interface Made {
  readonly component: Pick<Linkable, "instantiate">;
  readonly imports: Imports;
  /** Whether its manifest wants a new instance for each message. */
  readonly fresh: boolean;
}

/** Makes the parts that instances of a capsule have. */
export function componentFor({ component, dialects, composition, manifest, rules }: Making, transition: Transition): Made {
  const importsOf = ({ imports }: Pick<Linkable, "imports">, among: readonly Dialect[]): Imports => capsuleImports(manifest, transition, rules, imports, among);
  const fresh = manifest.http?.instance === "fresh";
  return { fresh, ...(composition === undefined ? { component, imports: importsOf(component, dialects) } : composition.link(transition, importsOf)) };
}
