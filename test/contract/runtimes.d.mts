/** What is known of a runtime. */
interface Runtime {
  readonly name: string;
  readonly door: "node" | "deno" | "bun" | "browser";
  /** What comes before a script. */
  readonly words: readonly string[];
  /** The same for one that is allowed nothing. */
  readonly bare?: readonly string[];
}

export const RUNTIMES: Readonly<Record<string, Runtime>>;
export function findRuntime(id: string): { readonly program?: string; readonly version?: string; readonly missing?: string };
