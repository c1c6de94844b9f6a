import type { Result } from "./suite.ts";

export const COMMAND_CASES: readonly string[];

export function runCommandCase(name: string, runtime: { readonly program: string; readonly words: readonly string[]; readonly door: string }): Result;
