/** How long what a guest allocates lasts: until the host's call ends, or until nothing refers to it any more. */
export type Memory = "call" | "kept";

/** The part of binaryen's view of a module that renames exports. */
interface CompiledModule {
  getNumExports(): number;
  getExportByIndex(index: number): unknown;
  removeExport(name: string): void;
  getStart(): number;
  addFunctionExport(internal: string, name: string): void;
  addGlobalExport(internal: string, name: string): void;
}

interface Binaryen {
  readonly ExternalFunction: number;
  readonly ExternalGlobal: number;
  getExportInfo(one: unknown): { readonly name: string; readonly value: string; readonly kind: number };
}

/** The part of AssemblyScript's view of a program that is used here. */
interface Program {
  readonly options: { stackSize: number };
  readonly module: { useShadowStack: boolean };
  readonly elementsByDeclaration: ReadonlyMap<unknown, Element>;
}

/** Something that the sources declare. */
interface Element {
  readonly kind: number;
  readonly internalName: string;
  readonly type?: { readonly isManaged: boolean };
  is(flags: number): boolean;
}

/** `ElementKind.Global` and `CommonFlags.Let` of AssemblyScript, and what marks what is compiled. */
const GLOBAL = 0;
const LET = 16;

/** A transform of asc, which wants a class: it sets `binaryen` and `program` on the prototype. */
export function moduleTransform(wanted: Readonly<Record<string, string>>, memory: Memory): unknown {
  return class {
    declare binaryen: Binaryen;
    declare program: Program;

    constructor() {
      if (memory === "kept") return;
      // asc takes a runtime it does not know for a collecting one, and would note each object on a stack for it.
      this.program.options.stackSize = 0;
      this.program.module.useShadowStack = false;
    }

    afterCompile(module: CompiledModule): void {
      renameExports(module, this.binaryen, wanted);
      if (memory === "call") refuseLasting(module, this.program);
    }
  };
}

function renameExports(module: CompiledModule, binaryen: Binaryen, wanted: Readonly<Record<string, string>>): void {
  const found = Array.from({ length: module.getNumExports() }, (_, at) => binaryen.getExportInfo(module.getExportByIndex(at)));
  for (const { name, value, kind } of found) {
    const next = Object.hasOwn(wanted, name) ? wanted[name] : undefined;
    if (next === name) continue;
    module.removeExport(name);
    if (next === undefined) continue;
    if (kind === binaryen.ExternalFunction) module.addFunctionExport(value, next);
    if (kind === binaryen.ExternalGlobal) module.addGlobalExport(value, next);
  }
  const missing = Object.keys(wanted).filter((name) => !found.some((one) => one.name === name));
  if (missing.length > 0) throw refusal(`the sources do not export ${missing.join(", ")}`);
}

/** Refuses globals that would refer to what is gone when the call has ended. */
function refuseLasting(module: CompiledModule, { elementsByDeclaration }: Program): void {
  const lasting = [...elementsByDeclaration.values()].find(
    (one) => one.kind === GLOBAL && one.is(LET) && one.type?.isManaged === true && !one.internalName.startsWith("~lib/"),
  );
  const what = lasting === undefined ? "a global" : `the global ${lasting.internalName}`;
  if (lasting === undefined && module.getStart() === 0) return;
  throw refusal(`${what} is not a constant, and nothing that is allocated outlives a call: what must last belongs into the state`);
}

/** An error that asc prints without the stack that led to it. */
function refusal(message: string): Error {
  return Object.assign(new Error(message), { stack: message });
}
