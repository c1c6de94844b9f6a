import type { Handler, Starter } from "../../contract/capsule-world.ts";
import { ComponentError, DoterosError } from "../../contract/error.ts";
import type { Fault, Message } from "../../contract/message.ts";
import type { CoreExports, Imports, Toll } from "../../component/index.ts";
import { explain } from "../../component/trap.ts";
import type { CoreExtern, ModuleType } from "../../wasm/module-type.ts";
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

/** A running plugin: the core instance, what it imports, and how it is called. */
export class PluginInstance implements Handler, Starter {
  readonly #host: PluginHost;
  readonly #toll: Toll | undefined;
  readonly #memory = new GuestMemory();
  readonly #streams: ReturnType<PluginHost["streams"]>;
  readonly #call: PluginCall;
  #exports: CoreExports = {};
  /** What ended the instance; whatever it catches, its caller gets this. */
  failure: unknown;

  constructor(host: PluginHost, toll: Toll | undefined) {
    this.#host = host;
    this.#toll = toll;
    this.#streams = host.streams();
    const { memoryBytesMax } = host.transition.limits;
    this.#call = new PluginCall(new Blocks(() => memoryBytesMax - (this.#memory.memory?.buffer.byteLength ?? 0)));
  }

  /** What the module imports. */
  imports(wanted: ModuleType["imports"], given: Imports): Record<string, CoreExports> {
    const { transition } = this.#host;
    const own: Readonly<Record<string, Readonly<Record<string, HostFunction>>>> = {
      [ENV]: envFunctions(this.#call, transition),
      [PREVIEW1]: preview1Functions({ memory: this.#memory, transition, streams: this.#streams }),
    };
    const made: Record<string, CoreExports> = {};
    for (const [module, parts] of wanted) {
      const functions = own[module];
      const found = (name: string, type: CoreExtern): HostFunction => functions?.[name] ?? userFunction(given[module], { name, type }, this.#call, transition);
      made[module] = Object.fromEntries(Array.from(parts, ([name, type]) => [name, this.#guarded(name, found(name, type)) as WebAssembly.ImportValue]));
    }
    return made;
  }

  /** @param exports those of the module's instance */
  begin(exports: CoreExports): void {
    this.#exports = exports;
    const { memory } = exports;
    if (memory instanceof WebAssembly.Memory) this.#memory.memory = memory;
  }

  /** Calls what is to be called before any other function. */
  start(): void {
    try {
      for (const name of initializersOf(Object.keys(this.#exports), this.#host.rule.call)) {
        const code = this.#run(name);
        if (code !== 0 && name === COMMAND) fault("failed", `${name} exited with ${code}`);
      }
    } finally {
      this.#end();
    }
  }

  handle({ payload, replyTo }: Message): void {
    const { rule: { call: name, output: subject }, messaging } = this.#host;
    const call = this.#call;
    try {
      call.begin(payload);
      const code = this.#run(name);
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
    for (const stream of this.#streams.values()) stream.flush();
  }

  /** Calls an exported function. Answers its code, 0 for one that has none. */
  #run(name: string): number {
    try {
      const code: unknown = (this.#exports[name] as () => unknown)();
      if (this.failure !== undefined) throw this.failure;
      return Number(code ?? 0);
    } catch (error) {
      const failure = this.failure ?? error;
      if (failure instanceof Exit) {
        // It is over, and may be called again: what it keeps is in its memory.
        this.failure = undefined;
        return failure.code;
      }
      throw (this.failure = explain(failure, `${name} trapped`));
    }
  }

  /** Makes a function one that ends the instance when it throws, which a module could catch. */
  #guarded(name: string, call: HostFunction): HostFunction {
    return (...args) => {
      if (this.failure !== undefined) throw this.failure;
      try {
        return call(...args);
      } catch (error) {
        this.failure = error instanceof ComponentError ? refusal(name, error.payload as Fault) : error;
        if (!(error instanceof Exit)) this.#toll?.end();
        throw this.failure;
      }
    };
  }
}

/** What a capability refuses is a trap: the functions of plugins have no errors. */
function refusal(name: string, { tag, val }: Fault): DoterosError {
  return new DoterosError("trap", `${name}: ${tag}: ${val}`);
}
