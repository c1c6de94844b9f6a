import { isDeepStrictEqual } from "node:util";
import type { Extern, ExternType, FunctionType, ResourceType } from "../../host/component/index.ts";
import { camelCase, parseName, pascalCase } from "../../host/component/name.ts";
import { expectedAnswers } from "./expected.ts";
import type { Entry, Namer } from "./record.ts";
import { describeValue } from "./record.ts";
import { Values } from "./value.ts";

type Method = (...args: unknown[]) => unknown;
type HostClass = (new (...args: unknown[]) => object) & Record<string, unknown>;

/** A host made of the types of a component's imports: it notes each call and answers with what it got or with made values. */
export class Host {
  /** For `instantiate`, of this linker and of jco. */
  readonly imports: Record<string, Record<string, unknown>> = {};
  readonly #log: Entry[];
  readonly #answers = expectedAnswers();
  readonly #classes = new Map<ResourceType, { made: HostClass; construct: FunctionType | undefined }>();
  readonly #names = new WeakMap<object, string>();
  #made = 0;

  constructor(externs: readonly Extern[], log: Entry[]) {
    this.#log = log;
    for (const { name, type } of externs) {
      if (type.kind === "instance") this.#interface(name, type.exports);
    }
    this.#world(externs.filter(({ type }) => type.kind !== "instance"));
  }

  /** What a resource of this host is called. */
  readonly nameOf: Namer = (object) => this.#names.get(object);

  /** A new resource of a type that this host defines; undefined when it does not. */
  resource(type: ResourceType): unknown {
    const known = this.#classes.get(type.root);
    if (known === undefined) return undefined;
    const values = this.#values(`new ${known.made.name}`);
    return new known.made(...(known.construct?.params ?? []).map((param) => values.of(param.type)));
  }

  #interface(name: string, externs: readonly Extern[]): void {
    const members: Record<string, unknown> = {};
    for (const extern of externs) this.#type(extern, `${name}#`, members);
    for (const extern of externs) this.#member(extern, `${name}#`, members);
    this.imports[name] = members;
  }

  /** What the world imports by itself travels, as in jco, as the `default` of a module. */
  #world(externs: readonly Extern[]): void {
    const members: Record<string, unknown> = {};
    for (const extern of externs) this.#type(extern, "", members);
    for (const extern of externs) this.#member(extern, "", members);
    for (const { name, type } of externs) {
      const parsed = parseName(name);
      if (typeof parsed === "string" || parsed.kind !== "label") continue;
      const member = members[type.kind === "func" ? camelCase(name) : pascalCase(name)];
      if (member !== undefined) this.imports[name] = { default: member };
    }
  }

  #type({ name, type }: Extern, path: string, members: Record<string, unknown>): void {
    const resource = resourceOf(type);
    if (resource === undefined) return;
    const known = this.#classes.get(resource.root)?.made;
    members[pascalCase(name)] = known ?? this.#class(pascalCase(name), `${path}[constructor]${name}`, resource.root);
  }

  #class(name: string, path: string, root: ResourceType): HostClass {
    const begin = (self: object, args: readonly unknown[]): void => {
      this.#made += 1;
      this.#names.set(self, `${name} ${this.#made}`);
      this.#note(`new ${name}`, args);
      this.#answers[path]?.(...([self, ...args] as never[]));
    };
    const end = (self: object): void => this.#note(`drop ${name}`, [self]);
    const made = {
      [name]: class {
        constructor(...args: unknown[]) {
          begin(this, args);
        }
        [Symbol.dispose](): void {
          end(this);
        }
      },
    }[name] as unknown as HostClass;
    this.#classes.set(root, { made, construct: undefined });
    return made;
  }

  #member({ name, type }: Extern, path: string, members: Record<string, unknown>): void {
    if (type.kind !== "func") return;
    const parsed = parseName(name);
    if (typeof parsed === "string" || parsed.kind === "interface") return;
    const answer = this.#function(path + name, type);
    if (parsed.kind === "label") {
      members[camelCase(name)] = answer;
      return;
    }
    const made = members[pascalCase(parsed.resource)] as HostClass;
    if (parsed.kind === "static") made[camelCase(parsed.label)] = answer;
    else if (parsed.kind === "method") (made.prototype as Record<string, unknown>)[camelCase(parsed.label)] = asMethod(answer);
    else for (const known of this.#classes.values()) if (known.made === made) known.construct = type;
  }

  #function(path: string, type: FunctionType): Method {
    return (...args) => {
      this.#note(path, args);
      const expected = this.#answers[path];
      if (expected !== undefined) return expected(...(args as never[]));
      const echoed = type.params.findIndex((param) => isDeepStrictEqual(param.type, type.result));
      const value = echoed >= 0 ? args[echoed] : type.result && this.#values(path).of(type.result);
      return type.result?.kind === "result" ? settle(value as Settled) : value;
    };
  }

  #values(seed: string): Values {
    return new Values(seed, true, (type) => this.resource(type));
  }

  #note(host: string, args: readonly unknown[]): void {
    this.#log.push({ host, args: describeValue(args, (object) => this.nameOf(object) ?? "a resource of the guest") });
  }
}

interface Settled {
  readonly tag: "ok" | "err";
  readonly val: unknown;
}

/** A result as a host function gives it: what it returns, or the payload of what it throws. */
function settle({ tag, val }: Settled): unknown {
  if (tag === "ok") return val;
  throw Object.assign(new Error("the error case"), { payload: val });
}

function asMethod(answer: Method): Method {
  return function method(this: unknown, ...args: unknown[]): unknown {
    return answer(this, ...args);
  };
}

/** The resource type that an import or export names. */
export function resourceOf(type: ExternType): ResourceType | undefined {
  return type.kind === "type" && type.type.kind === "resource" ? type.type : undefined;
}
