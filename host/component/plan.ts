import type { Reserved } from "../wasm/module-type.ts";
import type { ComponentType, Entity, InstanceType } from "./entity.ts";
import type { Signature } from "./layout.ts";
import type { FunctionType, ResourceType, ValueType } from "./type.ts";

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

/** One definition of a component, in the order in which they are carried out. Each appends to one index space. */
export type Step =
  | { readonly op: "core module"; readonly module: number; readonly reserved: Reserved | undefined }
  | { readonly op: "core instantiate"; readonly module: number; readonly args: readonly (readonly [string, number])[] }
  | { readonly op: "core bundle"; readonly items: readonly Item[] }
  | { readonly op: "core alias"; readonly sort: CoreSort; readonly instance: number; readonly name: string }
  | { readonly op: "component"; readonly plan: Plan }
  | { readonly op: "instantiate"; readonly component: number; readonly args: readonly Item[]; readonly type: InstanceType }
  | { readonly op: "bundle"; readonly items: readonly Item[] }
  | { readonly op: "alias"; readonly sort: Sort; readonly instance: number; readonly name: string }
  | { readonly op: "outer"; readonly sort: "core module" | "component"; readonly depth: number; readonly index: number }
  | ({ readonly op: "lift"; readonly func: number } & CanonFunction)
  | ({ readonly op: "lower"; readonly func: number } & CanonFunction)
  | { readonly op: "task.return"; readonly type: ValueType | undefined; readonly options: CanonOptions }
  | { readonly op: "asynchronous"; readonly feature: string }
  | { readonly op: "resource"; readonly resource: ResourceType; readonly destructor: number | undefined }
  | { readonly op: "resource.new" | "resource.drop" | "resource.rep"; readonly resource: ResourceType }
  | { readonly op: "import"; readonly name: string; readonly entity: Entity }
  | { readonly op: "export"; readonly item: Item };

/** Everything that instantiating a component does, with its type. */
export interface Plan {
  readonly steps: readonly Step[];
  readonly type: ComponentType;
}

/** Whether a component uses the asynchronous model beyond functions that never wait. */
export function isAsynchronous(plan: Plan): boolean {
  return plan.steps.some(
    (step) =>
      step.op === "asynchronous" ||
      (step.op === "lift" && step.options.callback !== undefined) ||
      (step.op === "component" && isAsynchronous(step.plan)),
  );
}
