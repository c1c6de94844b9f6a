/**
 * An interface in JavaScript: its functions, by their names in camelCase. Values are as everywhere: records are objects, lists
 * of bytes are Uint8Arrays, what a `result` has as its error is thrown as a ComponentError.
 */
export type Implementation = Readonly<Record<string, (...args: never[]) => unknown>>;

/** How an interface is provided. */
export interface ProvideOptions {
  /**
   * What policies are asked about when a function is called, by the names that WIT has for the functions: `{ read: "sensors.read" }`.
   * Default: interface and function, `acme:sensors/reader#read`.
   */
  readonly operations?: Readonly<Record<string, string>>;
}
