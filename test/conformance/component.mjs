// Runs the component model's own test scripts against the linker.
import { parse } from "@bytecodealliance/jco";
import { ComponentError, compileComponent, DoterosError } from "doteros-wasm/component";
import { joinStrings, readScript, textOf } from "./script.mjs";
import { sameValue, valueOf } from "./value.mjs";

const camelCase = (label) => label.replaceAll(/-(.)/g, (_, char) => char.toUpperCase());
const isName = (item) => typeof item === "string" && item.startsWith("$");

/** Thrown for what a script says that cannot be tried; its text is the reason. */
class Skip extends Error {}

/** Node 20 compiles modules of one memory only; what needs two is skipped there, and says so. */
const MULTI_MEMORY = WebAssembly.validate(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0, 5, 5, 2, 0, 1, 0, 1));

/** One script while it runs. */
class Run {
  #text;
  #definitions = new Map();
  #instances = new Map();
  #latestDefinition;
  #current;
  /** Why the current instance is not there, when what it needs was skipped. */
  #absent;

  constructor(text) {
    this.#text = text;
  }

  /** The bytes of a `(component …)` form. */
  async bytesOf(form) {
    const words = form.items.slice(1).filter((item) => !isName(item));
    if (words[0] === "definition") words.shift();
    if (words[0] === "binary") return joinStrings(words.slice(1));
    const quoted = words[0] === "quote";
    const source = quoted
      ? `(component ${new TextDecoder().decode(joinStrings(words.slice(1)))})`
      : this.#text.slice(form.start, form.end).replace(/^\(component\s+definition/, "(component");
    return parse(source);
  }

  /** Carries out a form. @returns {Promise<boolean>} whether it was an assertion that held, and not a command */
  async carryOut(form) {
    const [kind] = form.items;
    switch (kind) {
      case "component":
        await this.#component(form);
        return false;
      case "assert_return":
        await this.#assertReturn(form);
        return true;
      case "assert_trap":
        await this.#assertTrap(form);
        return true;
      case "assert_invalid":
      case "assert_malformed":
        await this.#assertRefused(form);
        return true;
      case "invoke":
        await this.#invoke(form);
        return false;
      default:
        throw new Skip(`a form of an unknown kind: ${kind}`);
    }
  }

  async #component(form) {
    const [, second] = form.items;
    if (second === "instance") return this.#instantiate(form);
    const name = form.items.find(isName);
    const component = await this.#compile(form);
    if (name !== undefined) this.#definitions.set(name, component);
    this.#latestDefinition = component;
    if (second === "definition") return;
    this.#current = await component.instantiate();
    if (name !== undefined) this.#instances.set(name, this.#current);
  }

  async #compile(form) {
    const bytes = await this.bytesOf(form);
    this.#absent = undefined;
    try {
      return await compileComponent(bytes);
    } catch (error) {
      if (MULTI_MEMORY || !/At most one memory|memory count of 2/u.test(error.message)) throw error;
      this.#absent = "this engine has one memory for each module";
      throw new Skip(this.#absent);
    }
  }

  async #instantiate(form) {
    const [instanceName, definitionName] = form.items.slice(2).filter(isName);
    const component = definitionName === undefined ? this.#latestDefinition : this.#definitions.get(definitionName);
    this.#current = await component.instantiate();
    if (instanceName !== undefined) this.#instances.set(instanceName, this.#current);
  }

  async #invoke(form) {
    if (this.#absent !== undefined) throw new Skip(this.#absent);
    const rest = form.items.slice(1);
    const instance = isName(rest[0]) ? this.#instances.get(rest.shift()) : this.#current;
    const [name, ...args] = rest;
    const target = instance.exports[camelCase(textOf(name))];
    if (typeof target !== "function") throw new Error(`there is no exported function ${textOf(name)}`);
    return target(...args.map(valueOf));
  }

  async #assertReturn(form) {
    const [, call, expected] = form.items;
    let actual;
    try {
      actual = await this.#invoke(call);
    } catch (error) {
      if (!(error instanceof ComponentError)) throw error;
      actual = { tag: "err", val: error.payload };
    }
    const wanted = expected === undefined ? undefined : valueOf(expected);
    const unwrapped = expected?.items[0] === "result.ok" ? wanted.val : wanted;
    if (!sameValue(actual, unwrapped)) throw new Error(`expected ${show(unwrapped)}, found ${show(actual)}`);
  }

  async #assertTrap(form) {
    const [, action] = form.items;
    try {
      if (action.items[0] === "invoke") await this.#invoke(action);
      else await this.#component(action);
    } catch (error) {
      if (error instanceof DoterosError && error.code === "trap") return;
      throw error;
    }
    throw new Error("it did not trap");
  }

  async #assertRefused(form) {
    const [kind, component, message] = form.items;
    let bytes;
    try {
      bytes = await this.bytesOf(component);
    } catch (error) {
      // Text that is no text format never becomes bytes: that is the parser's refusal, not the linker's.
      if (kind === "assert_malformed") return;
      throw new Skip(`jco cannot encode the text: ${String(error.message ?? error).split("\n", 1)[0]}`);
    }
    try {
      await compileComponent(bytes);
    } catch (error) {
      if (error instanceof DoterosError && error.code !== "unsupported") return;
      throw error;
    }
    throw new Error(`it was accepted (should say: ${textOf(message)})`);
  }
}

function show(value) {
  return JSON.stringify(value, (_key, part) => (typeof part === "bigint" ? `${part}n` : part)) ?? String(value);
}

/**
 * Runs one script.
 *
 * @param {string} text
 * @returns {Promise<{ pass: number, fail: { line: number, why: string }[], skipped: { line: number, why: string }[] }>}
 */
export async function runScript(text) {
  const result = { pass: 0, fail: [], skipped: [] };
  const run = new Run(text);
  for (const form of readScript(text)) {
    try {
      if (await run.carryOut(form)) result.pass++;
    } catch (error) {
      const why = error instanceof Error ? `${error.name}: ${error.message}`.split("\n", 2).join(" ") : String(error);
      (error instanceof Skip ? result.skipped : result.fail).push({ line: form.line, why });
    }
  }
  return result;
}
