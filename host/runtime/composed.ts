import type { Dialect } from "../capability/dialect/dialect.ts";
import type { Provided } from "../capability/edge/provided.ts";
import type { Need } from "../capability/interface.ts";
import type { Transition } from "../capability/transition.ts";
import type { Imports } from "../component/index.ts";
import type { Use } from "../ledger/entry.ts";
import type { CapsuleComponent, Linkable } from "./capsule-component.ts";

/** What a capsule's component may be put together with. */
export interface Supply {
  readonly provided: readonly Provided[];
  /** The components that are linked, by the interfaces that they are linked for. */
  readonly linked: ReadonlyMap<string, CapsuleComponent>;
}

/** Makes what a component imports of the host. */
export type ImportsOf = (component: Pick<Linkable, "imports">, dialects: readonly Dialect[]) => Imports;

/** A capsule that is put together of several things. */
export interface Composed {
  /** What is provided to it, and what it is linked to. */
  readonly uses: readonly Use[];
  /** Its components, each once. */
  readonly components: readonly CapsuleComponent[];
  /**
   * What it needs, each with the first import that does.
   *
   * @throws DoterosError as `importedCapabilities` does
   */
  needs(): Promise<Map<Need, string>>;
  /** What its instances are made by, and what it imports of the host. */
  link(transition: Transition, importsOf: ImportsOf): { component: Pick<Linkable, "instantiate">; imports: Imports };
}
