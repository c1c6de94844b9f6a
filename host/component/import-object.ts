import type { AnyFunction } from "./arity.ts";
import type { Entity, InstanceType } from "./entity.ts";
import type { RuntimeResource } from "./instance.ts";
import type { RuntimeInstance, RuntimeItem, SeldomRun } from "./frame.ts";
import { camelCase, parseName, pascalCase } from "./name.ts";
import { findVersion } from "./version.ts";

/**
 * What a host offers a component: for each imported interface an object with its functions and classes, for each imported
 * function a function. Names are those of jco: functions in camelCase, resources as classes in PascalCase.
 */
export type Imports = Readonly<Record<string, unknown>>;

/**
 * Makes what the component imports of what the host offers.
 *
 * @param problems is told what is missing or of the wrong kind
 */
export function adaptImports(
  wanted: ReadonlyMap<string, Entity>,
  offered: Imports,
  problems: ImportProblem[],
  seldom: SeldomRun | undefined,
): Map<string, RuntimeItem> {
  const items = new Map<string, RuntimeItem>();
  const names = Object.keys(offered);
  for (const [name, entity] of wanted) {
    const key = Object.hasOwn(offered, name) ? name : findVersion(name, names);
    const found = key === undefined ? worldMember(offered, name, seldom) : offered[key];
    if (found === undefined && key === undefined && needsHost(entity)) problems.push({ name, entity });
    else items.set(name, adapt(name, entity, found ?? (key === undefined ? {} : undefined), problems, seldom));
  }
  return items;
}

/** The constructor, method or static function of a resource that the world itself imports: its class has it. */
function worldMember(offered: Imports, name: string, seldom: SeldomRun | undefined): unknown {
  const parsed = parseName(name);
  if (typeof parsed === "string" || parsed.kind === "label" || parsed.kind === "interface") return undefined;
  return seldom?.memberOf({ [pascalCase(parsed.resource)]: defaultOf(offered[parsed.resource]) }, parsed);
}

/** What the world imports by itself may come as it is or, as jco has it, as the `default` of a module. */
function defaultOf(value: unknown): unknown {
  return typeof value === "object" && value !== null && "default" in value ? value.default : value;
}

/** An import that cannot be had: it is missing altogether, or something else was found in its place. */
export interface ImportProblem {
  readonly name: string;
  readonly entity: Entity;
  /** The value that was found, when one was. */
  readonly found?: unknown;
}

/** Types need nothing of the host: an interface of types alone may be left out. */
function needsHost(entity: Entity): boolean {
  if (entity.kind === "type") return false;
  return entity.kind !== "instance" || [...entity.exports.values()].some(needsHost);
}

function adapt(name: string, entity: Entity, value: unknown, problems: ImportProblem[], seldom: SeldomRun | undefined): RuntimeItem {
  const target = defaultOf(value);
  switch (entity.kind) {
    case "func":
      if (typeof target === "function") return { kind: "host", name, target: target as AnyFunction };
      problems.push(target === undefined ? { name, entity } : { name, entity, found: target });
      return undefined;
    case "instance":
      return adaptInstance(name, entity, value, problems, seldom);
    case "type":
      return entity.type.kind === "resource" ? adaptResource(name, target) : undefined;
    default:
      if (entity.kind === "module" && value instanceof WebAssembly.Module) return value;
      problems.push({ name, entity, found: value });
      return undefined;
  }
}

function adaptResource(name: string, target: unknown): RuntimeResource {
  const hostClass = typeof target === "function" ? (target as NonNullable<RuntimeResource["hostClass"]>) : undefined;
  return { name, definer: undefined, destroy: undefined, hostClass };
}

function adaptInstance(
  name: string,
  type: InstanceType,
  value: unknown,
  problems: ImportProblem[],
  seldom: SeldomRun | undefined,
): RuntimeInstance {
  const items = new Map<string, RuntimeItem>();
  if (typeof value !== "object" && typeof value !== "function") {
    problems.push({ name, entity: type, found: value });
    return items;
  }
  const object = (value ?? {}) as Record<string, unknown>;
  for (const [label, entity] of type.exports) {
    if (entity.kind === "type" && entity.type.kind !== "resource") continue;
    const found = memberOf(object, label, entity, seldom);
    items.set(label, adapt(`${name}#${label}`, entity, found, problems, seldom));
  }
  return items;
}

/** Where jco's conventions put what an interface calls `label`. */
function memberOf(object: Record<string, unknown>, label: string, entity: Entity, seldom: SeldomRun | undefined): unknown {
  const parsed = parseName(label);
  if (typeof parsed === "string" || parsed.kind === "interface") return object[label];
  if (parsed.kind === "label") {
    const resource = entity.kind === "type" && entity.type.kind === "resource";
    return given(object, resource ? pascalCase(parsed.label) : camelCase(parsed.label));
  }
  return seldom?.memberOf(object, parsed);
}

/** What an object of the host's has under a name. What every object and function has, such as `toString`, was not given. */
export function given(object: object, name: string): unknown {
  const found: unknown = Reflect.get(object, name);
  return found === Reflect.get(Function.prototype, name) || found === Reflect.get(Object.prototype, name) ? undefined : found;
}
