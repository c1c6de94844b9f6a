/** The global that a core module exports, by this name, to say where its last words lie. */
const PANIC = "doteros:panic";
/** Last words are a line; of more than so many UTF-16 code units the rest is left out. */
const UNITS_MAX = 1000;
const decoder = new TextDecoder("utf-16le");

/** Reads what a guest had to say before it trapped; undefined when it said nothing. */
export type LastWords = () => string | undefined;

/**
 * How the last words of a core instance are read. A guest that ends itself has no host function to tell the reason to, so it
 * leaves it in memory: at the address that it exports as `doteros:panic` lie the address of a UTF-16 text and its length in
 * code units, as long as there is nothing to say zeros.
 *
 * @returns undefined when the instance has no such export
 */
export function lastWordsOf(exports: Readonly<Record<string, WebAssembly.ImportValue>>): LastWords | undefined {
  const { [PANIC]: at, memory } = exports;
  if (!(at instanceof WebAssembly.Global) || !(memory instanceof WebAssembly.Memory)) return undefined;
  return () => {
    const view = new DataView(memory.buffer);
    const cell: unknown = at.value;
    if (typeof cell !== "number" || cell < 0 || cell + 8 > view.byteLength) return undefined;
    const start = view.getUint32(cell, true);
    const bytes = 2 * Math.min(view.getUint32(cell + 4, true), UNITS_MAX);
    if (bytes === 0 || start + bytes > view.byteLength) return undefined;
    return decoder.decode(new Uint8Array(memory.buffer, start, bytes));
  };
}
