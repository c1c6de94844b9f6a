import type { ResourceType } from "../../component/type.ts";
import { DoterosError } from "../../contract/error.ts";
import type { SourceFile } from "./source-file.ts";

interface HandleType {
  readonly kind: "own" | "borrow";
  readonly resource: ResourceType;
}

/** The number that a resource travels as. */
export function lowerHandle(file: SourceFile, { kind, resource }: HandleType, value: string): string {
  const definition = file.definition(resource);
  if (!definition.isOwn) return kind === "own" ? `${value}._take()` : `${value}._handle`;
  if (kind === "own") return `${file.use(definition.file, `_own${definition.name}`)}(${value})`;
  throw new DoterosError("unsupported", `lending the exported resource ${definition.label} to an import cannot be expressed yet`, {
    where: definition.file,
    help: "give the import an own handle instead of a borrow",
  });
}

/** The object behind the number that a resource travels as. */
export function liftHandle(file: SourceFile, { kind, resource }: HandleType, number: string): string {
  const definition = file.definition(resource);
  if (definition.isOwn) return `${file.use(definition.file, `_${kind === "own" ? "take" : "find"}${definition.name}`)}(${number})`;
  return `${file.reference(definition)}._of(${number}, ${kind === "own"})`;
}
