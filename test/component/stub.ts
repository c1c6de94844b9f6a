// A host for components whose imports nobody knows: functions that answer any value of the right type, and now and then
// one of a wrong one or an error; and calls of whatever such a component exports.
import type { Component, Extern, FunctionType, ResourceType, ValueType } from "../../host/component/index.ts";
import { camelCase, randomScalar } from "./random-type.ts";
import type { Random } from "./random.ts";
import type { Scalar } from "./type.ts";

type HostClass = new () => object;
type Members = Record<string, unknown>;

/** What the functions of the host throw that have no error to answer. */
export class StubError extends Error {}

const ANNOTATED = /^\[(constructor|method|static)\]([^.]*)(?:\.(.*))?$/;

const pascalCase = (label: string): string => camelCase(`-${label}`);

/** The imports and the values of one component. */
export class Stub {
  readonly #random: Random;
  readonly #classes = new Map<ResourceType, HostClass>();
  /** Resources that the guest has given out. */
  readonly #given: unknown[] = [];

  constructor(random: Random) {
    this.#random = random;
  }

  /** Everything that `component` imports. */
  imports(component: Component): Members {
    return Object.fromEntries(component.imports.map((extern) => [extern.name, this.#offer(extern)]));
  }

  #offer({ type }: Extern): unknown {
    switch (type.kind) {
      case "func":
        return this.#function(type);
      case "instance":
        return this.#interface(type.exports);
      case "type":
        return type.type.kind === "resource" ? this.#classOf(type.type) : undefined;
      case "module":
        return new WebAssembly.Module(Uint8Array.of(0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00));
      default:
        return {};
    }
  }

  #interface(externs: readonly Extern[]): Members {
    const members: Members = {};
    for (const extern of externs) {
      const resource = extern.type.kind === "type" && extern.type.type.kind === "resource";
      members[resource ? pascalCase(extern.name) : camelCase(extern.name)] = this.#offer(extern);
    }
    for (const { name, type } of externs) {
      const [, kind, label = "", member = ""] = ANNOTATED.exec(name) ?? [];
      const owner = members[pascalCase(label)];
      if (typeof owner !== "function" || type.kind !== "func" || kind === "constructor") continue;
      const target: unknown = kind === "method" ? owner.prototype : owner;
      Object.defineProperty(target, camelCase(member), { value: this.#function(type), configurable: true, writable: true });
    }
    return members;
  }

  #classOf(resource: ResourceType): HostClass {
    const known = this.#classes.get(resource.root);
    if (known !== undefined) return known;
    const made = class {
      readonly stub = true;
    };
    this.#classes.set(resource.root, made);
    return made;
  }

  #function({ result }: FunctionType): () => unknown {
    return () => {
      if (this.#random.once(20)) throw new StubError("the host does not want to");
      if (result === undefined) return undefined;
      if (result.kind !== "result") return this.value(result);
      if (this.#random.once(3)) throw Object.assign(new StubError("the error case"), { payload: result.err === undefined ? undefined : this.value(result.err) });
      return result.ok === undefined ? undefined : this.value(result.ok);
    };
  }

  /** A value of a type, mostly. */
  value(type: ValueType): unknown {
    const random = this.#random;
    if (random.once(60)) return random.pick([undefined, null, 5, "x", [], {}, -1n, new Uint8Array(2)]);
    const maybe = (part: ValueType | undefined): unknown => (part === undefined ? undefined : this.value(part));
    switch (type.kind) {
      case "list":
        return random.many(Math.min(type.length ?? random.below(4), 1000), () => this.value(type.element));
      case "map":
        return new Map(random.many(random.below(3), () => [this.value(type.key), this.value(type.value)] as const));
      case "record":
        return Object.fromEntries(type.fields.map((field) => [camelCase(field.name), this.value(field.type)]));
      case "tuple":
        return type.elements.map((element) => this.value(element));
      case "flags":
        return Object.fromEntries(type.names.map((name) => [camelCase(name), random.once(2)]));
      case "enum":
        return random.pick(type.names);
      case "variant": {
        const chosen = random.pick(type.cases);
        return { tag: chosen.name, val: maybe(chosen.type) };
      }
      case "option":
        return random.once(2) ? undefined : type.element.kind === "option" ? { tag: "some", val: this.value(type.element) } : this.value(type.element);
      case "result": {
        const tag = random.pick(["ok", "err"] as const);
        return { tag, val: maybe(type[tag]) };
      }
      case "own":
      case "borrow":
        return this.#resource(type.resource);
      case "stream":
      case "future":
      case "error-context":
        return {};
      default:
        return randomScalar(random, type.kind satisfies Scalar);
    }
  }

  #resource(resource: ResourceType): unknown {
    const known = this.#classes.get(resource.root);
    if (known !== undefined) return new known();
    return this.#given.length > 0 ? this.#random.pick(this.#given) : {};
  }

  /** Calls everything that an instance exports, in any order. What is thrown goes to `thrown`. */
  exercise(externs: readonly Extern[], exports: Members, thrown: (error: unknown) => void): void {
    for (const { name, type } of this.#random.shuffled(externs)) {
      if (type.kind === "instance") this.exercise(type.exports, memberOf(exports, name) as Members, thrown);
      else if (type.kind === "func") this.#call(name, type, exports, thrown);
    }
  }

  #call(name: string, { params }: FunctionType, exports: Members, thrown: (error: unknown) => void): void {
    const args = params.map((param) => this.value(param.type));
    try {
      const result = callExport(name, exports, args);
      if (typeof result === "object" && result !== null) this.#given.push(result);
      const dispose = typeof result === "object" && result !== null && Symbol.dispose in result && this.#random.once(3);
      if (dispose) (result as Disposable)[Symbol.dispose]();
    } catch (error) {
      thrown(error);
    }
  }
}

function memberOf(exports: Members, name: string): unknown {
  return exports[name] ?? exports[camelCase(name)];
}

function callExport(name: string, exports: Members, args: readonly unknown[]): unknown {
  const [, kind, label = "", member = ""] = ANNOTATED.exec(name) ?? [];
  if (kind === undefined) return (memberOf(exports, name) as ((...given: unknown[]) => unknown) | undefined)?.(...args);
  const owner = exports[pascalCase(label)];
  if (typeof owner !== "function") return undefined;
  if (kind === "constructor") return Reflect.construct(owner, args);
  const target: unknown = kind === "static" ? owner : args[0];
  const method: unknown = (target as Members | null | undefined)?.[camelCase(member)];
  return typeof method === "function" ? Reflect.apply(method, target, kind === "static" ? args : args.slice(1)) : undefined;
}
