import type { Starter } from "../../contract/capsule-world.ts";
import { ComponentError, DoterosError } from "../../contract/error.ts";
import type { PluginRule } from "../../contract/manifest.ts";
import type { Fault, Message } from "../../contract/message.ts";
import type { CoreExports, Imports, Toll } from "../../component/index.ts";
import { explain } from "../../component/trap.ts";
import type { CoreExtern, ModuleType } from "../../wasm/module-type.ts";
import { runFor } from "../dialect/cli/run.ts";
import { endSession } from "../dialect/cli/session.ts";
import type { AdaptedHandler, Reach } from "../dialect/dialect.ts";
import { fault } from "../fault.ts";
import { Blocks } from "./blocks.ts";
import { PluginCall } from "./call.ts";
import { COMMAND, initializersOf } from "./entry.ts";
import { ENV, envFunctions, type HostFunction } from "./env.ts";
import { Exit } from "./exit.ts";
import type { PluginHost } from "./plugin-host.ts";
import { GuestMemory } from "./preview1/guest-memory.ts";
import { preview1Functions } from "./preview1/preview1.ts";
import { PREVIEW1 } from "./preview1/signatures.ts";
import { userFunction } from "./user.ts";

/** The errors that say nothing without the function that they are of. */
const NAMED: ReadonlySet<string> = new Set(["trap", "memory-exhausted"]);

/** A running plugin: the core instance, what it imports, and how it is called. */
export class PluginInstance implements AdaptedHandler, Starter {
  readonly #host: PluginHost;
  readonly #toll: Toll | undefined;
  readonly #memories: GuestMemory[] = [];
  readonly #call: PluginCall;
  /** What its modules export, each after those that it needs: the plugin itself is the last. */
  readonly #modules: CoreExports[] = [];
  /** What ended the instance; whatever it catches, its caller gets this. */
  failure: unknown;
  /** Whether it exited in its last call: what it left behind is not meant to be called. */
  isOver = false;

  constructor(host: PluginHost, toll: Toll | undefined) {
    this.#host = host;
    this.#toll = toll;
    const { memoryBytesMax } = host.reach.transition.limits;
    this.#call = new PluginCall(new Blocks(() => this.#memories.reduce((left, { bytesInAll }) => left - bytesInAll, memoryBytesMax)));
  }

  /**
   * What a module imports of the host.
   *
   * @returns the imports, and what is to be told what the instance exports
   */
  imports(wanted: ModuleType["imports"], given: Imports): { readonly imports: Record<string, CoreExports>; readonly adopt: (exports: CoreExports) => void } {
    const { reach } = this.#host;
    const { transition } = reach;
    const memory = new GuestMemory();
    this.#memories.push(memory);
    const own: Readonly<Record<string, Readonly<Record<string, HostFunction>>>> = {
      [ENV]: envFunctions(this.#call, transition),
      [PREVIEW1]: preview1Functions(memory, reach),
    };
    const imports: Record<string, CoreExports> = {};
    for (const [module, parts] of wanted) {
      const functions = own[module];
      const guard = (name: string, call: HostFunction): HostFunction => (module === ENV ? this.#quicklyGuarded(name, call) : this.guarded(name, call));
      const found = (name: string, type: CoreExtern): HostFunction => functions?.[name] ?? userFunction(given[module], { name, type }, this.#call, transition);
      imports[module] = Object.fromEntries(Array.from(parts, ([name, type]) => [name, guard(name, found(name, type)) as WebAssembly.ImportValue]));
    }
    const adopt = (exports: CoreExports): void => {
      this.#modules.push(exports);
      if (exports["memory"] instanceof WebAssembly.Memory) memory.memory = exports["memory"];
    };
    return { imports, adopt };
  }

  get #main(): CoreExports {
    return this.#modules.at(-1) as CoreExports;
  }

  /** All modules are there. What they asked for meanwhile is over. */
  settle(): void {
    this.#end();
  }

  /** Calls what is to be called before any other function. */
  start(): void {
    try {
      for (const exports of this.#modules) this.#initialize(exports);
      // A command that begins by exiting has begun.
      this.isOver = false;
    } finally {
      this.#end();
    }
  }

  #initialize(exports: CoreExports): void {
    const called = exports === this.#main ? (this.#host.rule?.call ?? COMMAND) : undefined;
    for (const name of initializersOf(Object.keys(exports), called)) {
      const code = this.#run(exports, name);
      if (code !== 0 && name === COMMAND) fault("failed", `${name} exited with ${code}`);
    }
  }

  handle(message: Message): void {
    const { rule, reach } = this.#host;
    if (rule !== undefined) return this.#answer(message, rule, reach);
    runFor(reach.transition, message, () => this.#run(this.#main, COMMAND));
    // A program is over when it has run.
    this.isOver = true;
  }

  #answer({ payload, replyTo }: Message, { call: name, output: subject }: PluginRule, { messaging }: Reach): void {
    const call = this.#call;
    try {
      call.begin(payload);
      const code = this.#run(this.#main, name);
      if (call.error !== undefined) fault("failed", call.error);
      if (code !== 0) fault("failed", `${name} answered ${code}`);
      const answerTo = replyTo ?? subject;
      // What the plugin holds ends with the call.
      if (call.output !== undefined && answerTo !== undefined) messaging.publish({ subject: answerTo, headers: [], payload: call.output.slice() });
    } finally {
      this.#end();
    }
  }

  #end(): void {
    this.#call.end();
    endSession(this.#host.reach.transition);
  }

  /** Calls an exported function. Answers its code, 0 for one that has none. */
  #run(exports: CoreExports, name: string): number {
    try {
      const code: unknown = (exports[name] as () => unknown)();
      if (this.failure !== undefined) throw this.failure;
      return Number(code ?? 0);
    } catch (error) {
      const failure = this.failure ?? error;
      if (failure instanceof Exit) {
        this.failure = undefined;
        this.isOver = true;
        return failure.code;
      }
      throw (this.failure = explain(failure, `${name} trapped`));
    }
  }

  /** Makes a function one that ends the instance when it throws, which a module could catch. */
  guarded(name: string, call: HostFunction): HostFunction {
    return (...args) => {
      if (this.failure !== undefined) throw this.failure;
      try {
        return call(...args);
      } catch (error) {
        return this.#fail(name, error);
      }
    };
  }

  /** The same of a function of up to two parameters, which are most and are called most. */
  #quicklyGuarded(name: string, call: (a: never, b: never) => number | bigint | void): HostFunction {
    return (a: never, b: never) => {
      if (this.failure !== undefined) throw this.failure;
      try {
        return call(a, b);
      } catch (error) {
        return this.#fail(name, error);
      }
    };
  }

  #fail(name: string, error: unknown): never {
    this.failure = named(name, error);
    if (!(error instanceof Exit)) this.#toll?.end();
    throw this.failure;
  }
}

/** The functions of plugins have no errors: what a capability refuses is a trap. */
function named(name: string, error: unknown): unknown {
  if (error instanceof ComponentError) {
    const { tag, val } = error.payload as Fault;
    return new DoterosError("trap", `${name}: ${tag}: ${val}`);
  }
  if (!(error instanceof DoterosError) || !NAMED.has(error.code) || error.message.startsWith(name)) return error;
  return new DoterosError(error.code, `${name}: ${error.message}`, { cause: error.cause });
}
