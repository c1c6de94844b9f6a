/** The names of WIT's primitive value types. */
export type PrimitiveName =
  | "bool"
  | "s8"
  | "u8"
  | "s16"
  | "u16"
  | "s32"
  | "u32"
  | "s64"
  | "u64"
  | "f32"
  | "f64"
  | "char"
  | "string"
  | "error-context";

/** A primitive value type: one object for each, so that types can be compared by identity first. */
export interface PrimitiveType {
  readonly kind: PrimitiveName;
}

/** A member with a name: a field of a record, a parameter of a function. */
export interface NamedType {
  readonly name: string;
  readonly type: ValueType;
}

/** A case of a variant; without a payload `type` is undefined. */
export interface CaseType {
  readonly name: string;
  readonly type: ValueType | undefined;
}

/**
 * A resource type. Resources are nominal: two are the same type when their `root` is the same object, whatever they look
 * like. Exporting a resource under a second name makes a second object with the same root.
 */
export interface ResourceType {
  readonly kind: "resource";
  /** The name it was first imported or exported under; undefined while it has none. */
  name: string | undefined;
  readonly root: ResourceType;
}

/** The value types that are made of others. */
export type CompoundType =
  | { readonly kind: "record"; readonly fields: readonly NamedType[] }
  | { readonly kind: "variant"; readonly cases: readonly CaseType[] }
  | { readonly kind: "list"; readonly element: ValueType; readonly length: number | undefined }
  | { readonly kind: "map"; readonly key: ValueType; readonly value: ValueType }
  | { readonly kind: "tuple"; readonly elements: readonly ValueType[] }
  | { readonly kind: "flags"; readonly names: readonly string[] }
  | { readonly kind: "enum"; readonly names: readonly string[] }
  | { readonly kind: "option"; readonly element: ValueType }
  | { readonly kind: "result"; readonly ok: ValueType | undefined; readonly err: ValueType | undefined }
  | { readonly kind: "own" | "borrow"; readonly resource: ResourceType }
  | { readonly kind: "stream" | "future"; readonly element: ValueType | undefined };

/** A WIT value type. */
export type ValueType = PrimitiveType | CompoundType;

/** A WIT function type. `async` functions belong to the asynchronous model. */
export interface FunctionType {
  readonly kind: "func";
  readonly async: boolean;
  readonly params: readonly NamedType[];
  readonly result: ValueType | undefined;
}

/** The type of something that a component imports or exports. */
export type ExternType =
  | FunctionType
  | { readonly kind: "instance"; readonly exports: readonly Extern[] }
  | { readonly kind: "component"; readonly imports: readonly Extern[]; readonly exports: readonly Extern[] }
  | { readonly kind: "module" }
  | { readonly kind: "type"; readonly type: ValueType | ResourceType | ExternType; readonly bound: "eq" | "sub" }
  | { readonly kind: "value"; readonly type: ValueType };

/** A name with the type of what it names: one import or export of a component or an instance. */
export interface Extern {
  /** `doteros:capsule/state@0.1.0`, or a plain name such as `run`. */
  readonly name: string;
  readonly type: ExternType;
}
