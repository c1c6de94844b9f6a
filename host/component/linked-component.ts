import { DoterosError } from "../contract/error.ts";
import { COMPONENT_BYTES_MAX } from "../contract/limits.ts";
import type { Entity } from "./entity.ts";
import { exportObject } from "./export-object.ts";
import type { ImportProblem, Imports } from "./import-object.ts";
import { adaptImports } from "./import-object.ts";
import { link } from "./link.ts";
import type { InstantiateModule, Plan } from "./frame.ts";
import type { ReadComponent } from "./read-component.ts";
import { readComponent } from "./read-component.ts";
import type { SeldomRead } from "./scope.ts";
import type { Toll } from "./toll.ts";
import type { Extern, ExternType } from "./type.ts";

/** A running component. */
export interface ComponentInstance {
  /**
   * Who runs it: this package's `linker`, or `jco` where the component uses the asynchronous model and jco is installed and
   * can run it here. The linker runs such components too, but for functions that wait: those throw `unsupported`.
   */
  readonly engine: "linker" | "jco";
  /** For each exported interface an object under its full name, for each exported function the function in camelCase. */
  readonly exports: Readonly<Record<string, unknown>>;
}

/** Makes a core module of its bytes, which are the component's `index`th; what they import and export stays what it was. */
export type CompileModule = (bytes: Uint8Array, index: number) => Promise<WebAssembly.Module>;

/** A component, read, validated and compiled, from which instances are made. */
export class LinkedComponent {
  /** What it needs. */
  readonly imports: readonly Extern[];
  /** What it gives. */
  readonly exports: readonly Extern[];
  /** @internal */
  protected readonly plan: Plan;
  readonly #modules: readonly WebAssembly.Module[];
  /** What jco starts from; undefined when it is not needed. */
  readonly #bytes: Uint8Array | undefined;

  /** Use {@link linkComponent}. */
  constructor(plan: Plan, modules: readonly WebAssembly.Module[], bytes?: Uint8Array) {
    this.plan = plan;
    this.#modules = modules;
    this.#bytes = bytes;
    this.imports = externs(plan.type.imports);
    this.exports = externs(plan.type.exports);
  }

  /**
   * Makes an instance. Nothing is shared between instances but what `imports` shares.
   *
   * @param instantiate instantiates core modules, in their order; default: the engine does, and jco where that is needed
   * @param toll is told what is done for the instance beside its own instructions; default: nobody is
   * @throws DoterosError `missing-import` or `wrong-import` naming each of them, `trap` when a start function traps
   */
  async instantiate(imports: Imports = {}, instantiate?: InstantiateModule, toll?: Toll): Promise<ComponentInstance> {
    if (this.#bytes !== undefined && instantiate === undefined) {
      const { instantiateByJco } = await import("./jco.ts");
      const exports = await instantiateByJco(this.#bytes, imports);
      if (!(exports instanceof Error)) return { engine: "jco", exports };
    }
    const { type, seldom } = this.plan;
    const problems: ImportProblem[] = [];
    const args = adaptImports(type.imports, imports, problems, seldom);
    if (problems.length > 0) throw (await import("./import-problem.ts")).importError(problems, imports);
    const items = link({ plan: this.plan, frame: undefined }, { modules: this.#modules, instantiate, seldom, toll }, args, undefined);
    return { engine: "linker", exports: exportObject(type.exports, items, seldom) };
  }
}

/** Reads, validates and compiles a component: as `compileComponent` does, for those who print nothing. */
export async function linkComponent(bytes: Uint8Array, compile?: CompileModule): Promise<LinkedComponent> {
  return new LinkedComponent(...(await readAndCompile(bytes, compile)));
}

/** What a component is made of. */
export async function readAndCompile(bytes: Uint8Array, compile: CompileModule = compileModule): Promise<ConstructorParameters<typeof LinkedComponent>> {
  if (bytes.length > COMPONENT_BYTES_MAX) {
    throw new DoterosError("limit-exceeded", `the component has ${bytes.length} bytes, more than ${COMPONENT_BYTES_MAX}`);
  }
  let read: ReadComponent;
  let source = bytes;
  try {
    read = readComponent(bytes, seldomRead);
  } catch (error) {
    if (error !== WANTED) throw error;
    // Few components have such parts, so few pages load what reads them. Meanwhile the bytes may change.
    source = new Uint8Array(bytes);
    seldomRead = (await import("./read-seldom.ts")).READ_SELDOM;
    read = readComponent(source, seldomRead);
  }
  const { plan, modules } = read;
  const compiled = await Promise.all(modules.map(({ start, end }, index) => compile(source.subarray(start, end), index)));
  return [plan, compiled, plan.asynchronous ? new Uint8Array(source) : undefined];
}

/** Thrown where a component turns out to have parts that few have. */
const WANTED = new Error("what reads the seldom parts is wanted");
const want = (): never => {
  throw WANTED;
};
const WANTING: SeldomRead = {
  builtin: want,
  moduleType: want,
  valueType: want,
  attributes: want,
  resourceType: want,
  needed: want,
  checkMember: want,
  // Where a resource was read, this was given up.
  refersToResources: () => false,
  mismatch: want,
  run: undefined,
};

/** What reads the seldom parts, as far as it is there. */
let seldomRead = WANTING;

/** Modules up to this many bytes are compiled in place: handing them to another thread takes longer, and every engine allows it. */
const SMALL_MODULE_BYTES = 4096;

async function compileModule(bytes: Uint8Array, index: number): Promise<WebAssembly.Module> {
  try {
    return bytes.length <= SMALL_MODULE_BYTES ? new WebAssembly.Module(bytes) : await WebAssembly.compile(bytes);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new DoterosError("invalid", `core module ${index} of the component is invalid: ${why}`, { cause });
  }
}

function externs(entities: ReadonlyMap<string, Entity>): Extern[] {
  return [...entities].map(([name, entity]) => ({ name, type: externType(entity) }));
}

function externType(entity: Entity): ExternType {
  switch (entity.kind) {
    case "func":
      return entity;
    case "instance":
      return { kind: "instance", exports: externs(entity.exports) };
    case "component":
      return { kind: "component", imports: externs(entity.imports), exports: externs(entity.exports) };
    case "module":
      return { kind: "module" };
    case "type": {
      const { type, bound } = entity;
      const seen = type.kind === "instance" || type.kind === "component" ? externType(type) : type;
      return { kind: "type", type: seen, bound };
    }
  }
}
