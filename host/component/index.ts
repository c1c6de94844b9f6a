/**
 * The linker alone: runs components straight from their bytes, with no transpiler and no code generation.
 *
 * @module
 */
export { ComponentError, DoterosError, type ErrorCode, type ErrorDetails } from "../contract/error.ts";
export { Component, compileComponent } from "./component.ts";
export type { CoreExports, InstantiateModule } from "./frame.ts";
export type { Imports } from "./import-object.ts";
export type { CompileModule, ComponentInstance } from "./linked-component.ts";
export { loadPrepared, prepare, type PreparedComponent } from "./prepare.ts";
export { GuestResource } from "./resource.ts";
export type { Toll } from "./toll.ts";
export type {
  CaseType,
  CompoundType,
  Extern,
  ExternType,
  FunctionType,
  NamedType,
  PrimitiveName,
  PrimitiveType,
  ResourceType,
  ValueType,
} from "./type.ts";
