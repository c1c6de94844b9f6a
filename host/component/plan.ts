import type { Signature } from "./layout.ts";
import type { FunctionType, ResourceType } from "./type.ts";

/** The sorts of core definitions that have an index space of their own. */
export type CoreSort = "core func" | "core table" | "core memory" | "core global" | "core tag" | "core instance";

/** The sorts of definitions that exist at run time, each in an index space of its own. */
export type Sort = CoreSort | "core module" | "func" | "component" | "instance";

/** How strings lie in memory. */
export type StringEncoding = "utf8" | "utf16" | "latin1+utf16";

/** The canonical options of a lift or a lower, as indices. */
export interface CanonOptions {
  readonly encoding: StringEncoding;
  readonly memory: number | undefined;
  readonly realloc: number | undefined;
  readonly postReturn: number | undefined;
  readonly callback: number | undefined;
  readonly async: boolean;
}

/** How a function crosses: what `canon lift` and `canon lower` have in common. */
export interface CanonFunction {
  readonly type: FunctionType;
  readonly options: CanonOptions;
  readonly signature: Signature;
}

/** Something handed over by name: a definition, or a resource type; other types exist only while validating. */
export type Item =
  | { readonly name: string; readonly sort: Sort; readonly index: number }
  | { readonly name: string; readonly sort: "type"; readonly resource: ResourceType | undefined };
