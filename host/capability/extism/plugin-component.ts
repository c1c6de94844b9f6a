import type { ComponentInstance, CompileModule, Extern, ExternType, Imports, InstantiateModule, Toll } from "../../component/index.ts";
import { Holding } from "../../component/instance.ts";
import { explain } from "../../component/trap.ts";
import { readModuleType } from "../../wasm/read-module.ts";
import { ByteReader } from "../../wasm/reader.ts";
import type { CoreExtern, ModuleType } from "../../wasm/module-type.ts";
import { STARTER } from "../interface.ts";
import { callableFunctions } from "./entry.ts";
import { ENV } from "./env.ts";
import { PLUGIN_HANDLER, PLUGIN_HOST, type PluginHost } from "./plugin-host.ts";
import { PluginInstance } from "./plugin-instance.ts";
import { checkLinks, PLUGIN_MODULES } from "./links.ts";
import { PluginLinker, type TypedModule } from "./plugin-linker.ts";
import { isProgram } from "./preview1/program.ts";
import { PREVIEW1 } from "./preview1/signatures.ts";
import { labelOf } from "./user.ts";
import { BYTES, functionType } from "./signature.ts";

const NO_MODULES: ReadonlyMap<string, PluginComponent> = new Map();
const OWN_MODULES: ReadonlySet<string> = new Set([ENV, PREVIEW1]);

/** A plugin of Extism, a core module, as if it were a component: its imports by the names of the modules, and a handler of messages. */
export class PluginComponent implements TypedModule {
  readonly imports: readonly Extern[];
  readonly exports: readonly Extern[] = EXPORTS;
  /** The functions that may handle messages. */
  readonly functions: readonly string[];
  /** What it is linked by. */
  readonly type: ModuleType;
  readonly module: WebAssembly.Module;

  private constructor(type: ModuleType, module: WebAssembly.Module) {
    this.type = type;
    this.module = module;
    this.functions = callableFunctions(type.exports);
    this.imports = Array.from(type.imports, ([name, parts]) => ({
      name,
      type: { kind: "instance", exports: Array.from(parts, ([part, partType]) => ({ name: OWN_MODULES.has(name) ? part : labelOf(part), type: importType(name, partType) })) },
    }));
  }

  /**
   * Reads and compiles a core module.
   *
   * @throws DoterosError `malformed`, `invalid`, `unsupported` or `limit-exceeded`
   */
  static async compile(bytes: Uint8Array, compile: CompileModule): Promise<PluginComponent> {
    return new PluginComponent(readModuleType(new ByteReader(bytes), true), await compile(bytes, 0));
  }

  /** Whether it is a plugin of Extism for certain: it imports what only those do. */
  get isPlugin(): boolean {
    return this.imports.some(({ name }) => name.startsWith("extism:"));
  }

  /** Whether it is a program: then nobody has to say which function handles messages. */
  get isProgram(): boolean {
    return isProgram(this.type);
  }

  /**
   * Links it to modules, by the names that they are imported under.
   *
   * @returns what its instances are to be given beside what they import of the host
   * @throws DoterosError `missing-export`, `wrong-import`; `usage` when nothing imports one
   */
  linkTo(modules: ReadonlyMap<string, PluginComponent>): Imports {
    checkLinks(this.type, new Map(Array.from(modules, ([name, { type }]) => [name, type])));
    return { [PLUGIN_MODULES]: modules };
  }

  /** Makes an instance: see `Component`. */
  async instantiate(imports: Imports, instantiate?: InstantiateModule, toll?: Toll): Promise<ComponentInstance> {
    const instance = new PluginInstance(imports[PLUGIN_HOST] as PluginHost, toll);
    const modules = (imports[PLUGIN_MODULES] ?? NO_MODULES) as ReadonlyMap<string, PluginComponent>;
    try {
      new PluginLinker({ instance, modules, given: imports, instantiate, holding: new Holding() }).link(this, undefined);
      instance.settle();
    } catch (error) {
      throw instance.failure ?? explain(error, "the plugin trapped while it was instantiated");
    }
    return { engine: "linker", exports: { [PLUGIN_HANDLER]: instance, [STARTER.name]: instance } };
  }
}

/** The type of an import, as it is compared with what there is. Of what the host's user provides 64 bits are an address. */
function importType(module: string, part: CoreExtern): ExternType {
  const type = part.kind === "func" ? functionType(part, OWN_MODULES.has(module) ? undefined : BYTES) : undefined;
  // Nothing else is offered to modules, so it does not matter what it is.
  return type ?? { kind: "module" };
}

const FAULT_CASES = ["denied", "invalid", "limit", "failed"].map((name) => ({ name, type: { kind: "string" } as const }));
const EXPORTS: readonly Extern[] = [
  { name: PLUGIN_HANDLER, type: { kind: "instance", exports: [{ name: "call", type: { kind: "func", async: false, params: [], result: undefined } }] } },
  {
    name: STARTER.name,
    type: {
      kind: "instance",
      exports: [{ name: "start", type: { kind: "func", async: false, params: [], result: { kind: "result", ok: undefined, err: { kind: "variant", cases: FAULT_CASES } } } }],
    },
  },
];
