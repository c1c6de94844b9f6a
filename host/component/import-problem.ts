import { DoterosError } from "../contract/error.ts";
import { nearest } from "../contract/nearest.ts";
import type { Entity } from "./entity.ts";
import type { ImportProblem, Imports } from "./import-object.ts";
import { printFunction } from "./wit.ts";

/** The error that names all imports that cannot be had: `missing-import` when one of them is missing, else `wrong-import`. */
export function importError(problems: readonly ImportProblem[], offered: Imports): DoterosError {
  const missing = problems.some((problem) => !("found" in problem));
  const what = missing ? "the component imports what is not offered" : "imports are of the wrong kind";
  const names = Object.keys(offered);
  return new DoterosError(missing ? "missing-import" : "wrong-import", `${what}:\n${problems.map((problem) => `  ${describe(problem, names)}`).join("\n")}`, {
    where: (problems[0] as ImportProblem).name,
    help: "offer each of them in the object given to instantiate()",
  });
}

function describe(problem: ImportProblem, names: readonly string[]): string {
  const { name, entity, found } = problem;
  const isFunction = entity.kind === "func";
  if (!("found" in problem)) {
    // What an interface lacks has its name in front, and no name beside it that could be near.
    const near = name.includes("#") || names.includes(name) ? undefined : nearest(name, names);
    return `${name}: ${describeEntity(entity)}${near === undefined ? "" : ` (the nearest one offered is ${near})`}`;
  }
  if (entity.kind === "module") return `${name}: expected a WebAssembly.Module`;
  if (entity.kind === "component") return `${name}: a component cannot be given to a component by the host`;
  return `${name}: ${isFunction ? describeEntity(entity) : "expected an object"}, found ${typeof found}`;
}

/** What an entity is, in a few words: the signature of a function, the functions of an interface. */
function describeEntity(entity: Entity): string {
  switch (entity.kind) {
    case "func":
      return printFunction(entity);
    case "instance": {
      const functions = [...entity.exports].filter(([, part]) => part.kind === "func").map(([name]) => name);
      return `an interface with ${functions.length === 0 ? "no functions" : functions.join(", ")}`;
    }
    case "type":
      return entity.type.kind === "resource" ? "a resource" : "a type";
    default:
      return `a ${entity.kind}`;
  }
}
