import { nearest } from "../contract/nearest.ts";
import type { Extern, ExternType } from "../component/type.ts";
import { findVersion } from "../component/version.ts";
import { printFunction } from "../component/wit.ts";
import { DoterosError } from "../contract/error.ts";
import { type CapabilityName, HANDLER, OFFERED, STARTER } from "./interface.ts";

/** The interfaces a capsule exports, by the names that it has for them. */
export interface CapsuleExportNames {
  readonly handler: string;
  readonly starter: string | undefined;
}

/**
 * Finds what a capsule must export.
 *
 * @throws DoterosError `missing-export`
 */
export function capsuleExports(exports: readonly Extern[]): CapsuleExportNames {
  const handler = exported(exports, HANDLER);
  if (handler !== undefined) return { handler, starter: exported(exports, STARTER) };
  const names = exports.map(({ name }) => name);
  const found = names.length === 0 ? "it exports nothing" : `it exports ${names.join(", ")}`;
  throw new DoterosError("missing-export", `the component does not export ${HANDLER.name}, so it handles no messages; ${found}`, {
    where: HANDLER.name,
    help: "build it for the world doteros:capsule/capsule@0.1.0, which wit/capsule.wit describes",
  });
}

function exported(exports: readonly Extern[], wanted: typeof HANDLER | typeof STARTER): string | undefined {
  const name = sameInterface(wanted.name, exports.map((item) => item.name));
  const found = exports.find((item) => item.name === name);
  if (found === undefined) return undefined;
  const parts = found.type.kind === "instance" ? found.type.exports : [];
  for (const [label, type] of Object.entries(wanted.functions)) {
    const part = parts.find((item) => item.name === label);
    const printed = part?.type.kind === "func" ? printFunction(part.type) : undefined;
    if (printed === type) continue;
    throw new DoterosError("missing-export", `the component exports ${found.name}, but ${label} is ${printed ?? "not in it"}`, {
      where: `${found.name}#${label}`,
      help: `it must be ${type}`,
    });
  }
  return found.name;
}

/**
 * The capabilities that a component's imports belong to, each with the first import that does. Types need nothing.
 *
 * @throws DoterosError `missing-import` with everything that the host does not offer, each with the nearest that it does;
 * `wrong-import` when only types differ
 */
export function importedCapabilities(imports: readonly Extern[]): Map<CapabilityName, string> {
  const used = new Map<CapabilityName, string>();
  const missing: string[] = [];
  const wrong: string[] = [];
  for (const { name, type } of imports.filter(({ type: kind }) => needsHost(kind))) {
    const functions = OFFERED.get(sameInterface(name, [...OFFERED.keys()]) ?? "");
    if (functions === undefined || type.kind !== "instance") missing.push(name + nearestHint(name, [...OFFERED.keys()]));
    else {
      for (const part of type.exports.filter(({ type: kind }) => needsHost(kind))) {
        const path = `${name}#${part.name}`;
        const printed = part.type.kind === "func" ? printFunction(part.type) : part.type.kind;
        const offered = Object.hasOwn(functions, part.name) ? functions[part.name] : undefined;
        if (offered === undefined) missing.push(path + nearestHint(part.name, Object.keys(functions)));
        else if (printed !== offered.type) wrong.push(`${path}: the component has ${printed}, the host ${offered.type}`);
        else if (!used.has(offered.capability)) used.set(offered.capability, path);
      }
    }
  }
  refuse(missing, wrong);
  return used;
}

function refuse(missing: readonly string[], wrong: readonly string[]): void {
  const list = (lines: readonly string[]): string => lines.map((line) => `\n  ${line}`).join("");
  const [first = wrong[0]] = missing;
  if (first === undefined) return;
  const where = first.split(/: | /, 1)[0] as string;
  if (missing.length === 0) {
    throw new DoterosError("wrong-import", `the component imports functions of other types than the host offers:${list(wrong)}`, {
      where,
      help: "build it against wit/capsule.wit of doteros:capsule@0.1.0",
    });
  }
  throw new DoterosError("missing-import", `the component imports what this host does not offer:${list([...missing, ...wrong])}`, {
    where,
    help: `this host offers: ${[...OFFERED.keys()].join(", ")}`,
  });
}

/** The name among `names` of the interface `name`, in that version or in one that can stand for it. */
function sameInterface(name: string, names: readonly string[]): string | undefined {
  return names.includes(name) ? name : findVersion(name, names);
}

function needsHost(type: ExternType): boolean {
  if (type.kind === "type") return type.bound === "sub";
  return type.kind !== "instance" || type.exports.some((part) => needsHost(part.type));
}

function nearestHint(name: string, names: readonly string[]): string {
  const near = nearest(name, names);
  return near === undefined ? "" : ` (the nearest one offered is ${near})`;
}
