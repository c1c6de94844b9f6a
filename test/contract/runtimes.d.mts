export function findRuntime(id: "node20" | "node24" | "deno" | "bun" | "chromium" | "firefox"): { readonly program?: string; readonly version?: string; readonly missing?: string };

/** What there is by each id: its name, and what comes before a script. */
export const RUNTIMES: Readonly<Record<string, { readonly name: string; readonly words: readonly string[] }>>;
