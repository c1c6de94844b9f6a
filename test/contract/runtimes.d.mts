export function findRuntime(id: "node20" | "node24" | "deno" | "bun" | "chromium" | "firefox"): { readonly program?: string; readonly version?: string; readonly missing?: string };

export const RUNTIMES: Readonly<Record<string, { readonly name: string }>>;
