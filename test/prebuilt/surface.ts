import type { Extern, FunctionType, ResourceType } from "../../host/component/index.ts";
import { camelCase, parseName, pascalCase } from "../../host/component/name.ts";
import { resourceOf } from "./host.ts";

/** Any function of JavaScript. */
export type Method = (...args: unknown[]) => unknown;
/** A resource of the guest's as JavaScript has it. */
export type GuestClass = (new (...args: unknown[]) => Partial<Disposable>) & Record<string, Method>;

/** One exported function and where JavaScript finds it. */
export interface Callee {
  readonly path: string;
  readonly type: FunctionType;
  readonly call: (exports: Readonly<Record<string, unknown>>, args: readonly unknown[]) => unknown;
}

/** How a resource that the guest defines is made and looked at. */
export interface GuestType {
  readonly classOf: (exports: Readonly<Record<string, unknown>>) => GuestClass | undefined;
  construct: FunctionType | undefined;
  /** Methods that need nothing but the resource. */
  readonly questions: string[];
}

/** Finds the interface that a function or resource is of. */
type Inside = (exports: Readonly<Record<string, unknown>>) => Record<string, unknown>;

/** What a component exports, flat, found by its types. */
export class Surface {
  readonly callees: Callee[] = [];
  readonly guests = new Map<ResourceType, GuestType>();

  constructor(externs: readonly Extern[]) {
    this.#add(externs, "", (exports) => exports);
  }

  #add(externs: readonly Extern[], path: string, inside: Inside): void {
    for (const { name, type } of externs) {
      const resource = resourceOf(type);
      const classOf: GuestType["classOf"] = (exports) => inside(exports)[pascalCase(name)] as GuestClass | undefined;
      if (resource !== undefined && !this.guests.has(resource.root)) {
        this.guests.set(resource.root, { classOf, construct: undefined, questions: [] });
      }
    }
    for (const { name, type } of externs) {
      if (type.kind === "func") this.#function(name, type, path, inside);
      if (type.kind === "instance") {
        const key = name.includes(":") ? name : camelCase(name);
        this.#add(type.exports, `${name}#`, (exports) => inside(exports)[key] as Record<string, unknown>);
      }
    }
  }

  #function(name: string, type: FunctionType, path: string, inside: Inside): void {
    const parsed = parseName(name);
    if (typeof parsed === "string" || parsed.kind === "interface") return;
    const add = (call: Callee["call"]): unknown => this.callees.push({ path: path + name, type, call });
    if (parsed.kind === "label") {
      add((exports, args) => (inside(exports)[camelCase(name)] as Method)(...args));
      return;
    }
    const owner = pascalCase(parsed.resource);
    const made = (exports: Readonly<Record<string, unknown>>): GuestClass => inside(exports)[owner] as GuestClass;
    if (parsed.kind === "static") add((exports, args) => made(exports)[camelCase(parsed.label)]?.(...args));
    if (parsed.kind === "constructor") {
      add((exports, args) => new (made(exports))(...args));
      const own = type.result?.kind === "result" ? type.result.ok : type.result;
      const guest = own?.kind === "own" ? this.guests.get(own.resource.root) : undefined;
      if (guest !== undefined) guest.construct = type;
    }
    if (parsed.kind === "method") {
      const label = camelCase(parsed.label);
      add((_, [self, ...args]) => (self as Record<string, Method>)[label]?.(...args));
      const self = type.params[0]?.type;
      if (type.params.length === 1 && self?.kind === "borrow") this.guests.get(self.resource.root)?.questions.push(label);
    }
  }
}
