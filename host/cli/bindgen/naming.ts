/** What a name must not be in a generated file: words of the language, and what the generated code itself calls. */
const TAKEN: ReadonlySet<string> = new Set(
  (
    "abstract any as async await bool boolean break case catch class const constructor continue debugger declare default delete do " +
    "else enum export extends f32 f64 false finally for function i16 i32 i64 i8 if implements import in " +
    "instanceof interface isize keyof let module namespace never new null number object package private protected " +
    "public readonly return static string super switch symbol this throw true try type typeof u16 u32 u64 u8 undefined unique " +
    "unknown unreachable usize v128 var void while with yield abi store load changetype memory reinterpret offsetof idof assert abort " +
    "drop select heap"
  ).split(" "),
);
const TAKEN_TYPES: ReadonlySet<string> = new Set(
  (
    "Array ArrayBuffer StaticArray Map Option Result Nothing String Int8Array Uint8Array Int16Array Uint16Array Int32Array Uint32Array " +
    "Int64Array Uint64Array Float32Array Float64Array Object Function"
  ).split(" "),
);

/** `last-modified` as `lastModified`; a word that is taken gets an underscore behind it. */
export function camelCase(label: string): string {
  const name = label.replaceAll(/-(.)/gu, (_, char: string) => char.toUpperCase());
  return TAKEN.has(name) ? `${name}_` : name;
}

/** The name of a method, which may be almost any word. */
export function methodName(label: string): string {
  const name = label.replaceAll(/-(.)/gu, (_, char: string) => char.toUpperCase());
  return name === "constructor" || name === "drop" ? `${name}_` : name;
}

/** `last-modified` as `LastModified`. */
export function pascalCase(label: string): string {
  const name = label.replaceAll(/(?:^|-)(.)/gu, (_, char: string) => char.toUpperCase());
  return TAKEN_TYPES.has(name) || /^Tuple\d*$/u.test(name) ? `${name}_` : name;
}

/** An interface's identifier in its parts: `wasi:http/types@0.2.0` is `types` of `wasi-http`. */
export function interfaceParts(id: string): { readonly name: string; readonly owner: string } {
  const match = /^([^/]+)\/([^@]+)/u.exec(id);
  return { name: match?.[2] ?? id, owner: (match?.[1] ?? "").replaceAll(":", "-") };
}
