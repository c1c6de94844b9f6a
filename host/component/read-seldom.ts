import { nestedMismatch } from "./match-nested.ts";
import { readAsyncBuiltin } from "./read-async.ts";
import { readAttributes } from "./read-attribute.ts";
import { readModuleDeclarations } from "./read-module-type.ts";
import { readSeldomType } from "./read-seldom-type.ts";
import type { SeldomRead } from "./scope.ts";

/** Reads what few components have. A page loads it with the first component that does. */
export const READ_SELDOM: SeldomRead = {
  asyncBuiltin: readAsyncBuiltin,
  moduleType: readModuleDeclarations,
  valueType: readSeldomType,
  attributes: readAttributes,
  mismatch: nestedMismatch,
};
