import { DoterosError } from "../contract/error.ts";
import { nearest } from "../contract/nearest.ts";
import { DIALECT_PACKAGES } from "./dialect/index.ts";
import { OFFERED } from "./interface.ts";

/** An import that the host does not have. */
export interface Misfit {
  /** An interface, or a function of one. */
  readonly path: string;
  /** What it is called, among what there is; */
  readonly name: string;
  readonly among: readonly string[];
  /** undefined when it is missing, and otherwise what the component has and what the host has. */
  readonly types: string | undefined;
}

/**
 * Why a component is refused that imports what the host does not have: `missing-import`, or `wrong-import` when only types differ.
 *
 * @param isPlugin whether it is none, but a module
 */
export function importRefusal(misfits: readonly Misfit[], isPlugin: boolean): DoterosError {
  const what = isPlugin ? "plugin" : "component";
  const missing = misfits.filter(({ types }) => types === undefined);
  const wrong = misfits.filter(({ types }) => types !== undefined).map(({ path, types }) => `\n  ${path}: ${types}`);
  const where = (missing[0] ?? misfits[0])?.path ?? "";
  if (missing.length === 0) {
    return new DoterosError("wrong-import", `the ${what} imports functions of other types than the host offers:${wrong.join("")}`, {
      where,
      help: isPlugin ? "build it again with a current kit for plugins" : "build it against wit/capsule.wit of doteros:capsule@0.1.0",
    });
  }
  const lines = [...missing.map((misfit) => `\n  ${misfit.path}${nearestHint(misfit)}`), ...wrong];
  return new DoterosError("missing-import", `the ${what} imports what this host does not offer:${lines.join("")}`, {
    where,
    help: isPlugin
      ? 'give it functions with host.provide("extism:host/user", { … }), or a module that exports them with --link NAME=FILE.wasm'
      : `this host offers: ${[...OFFERED.keys()].join(", ")}; and what is in use of ${DIALECT_PACKAGES.join(", ")}`,
  });
}

function nearestHint({ name, among }: Misfit): string {
  const near = nearest(name, among);
  return near === undefined ? "" : ` (the nearest one offered is ${near})`;
}
