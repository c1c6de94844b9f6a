import { scriptPeer } from "./peer.ts";

/** The part of rolldown's parser that is used here: statements as ESTree has them. */
interface Parser {
  readonly parseAst: (code: string) => { readonly body: readonly Statement[] };
}

interface Statement {
  readonly type: string;
  readonly source?: { readonly value: string } | null;
  readonly specifiers?: readonly { readonly type: string; readonly imported?: { readonly name: string } }[];
}

/** The interfaces that a module imports, each with the functions it uses; "all" where it takes the interface as a whole. */
export type HostFunctions = ReadonlyMap<string, ReadonlySet<string> | "all">;

/** The host functions that a module imports. Unused ones are gone before that: the bundler drops them. */
export async function hostFunctions(code: string): Promise<HostFunctions> {
  const { parseAst } = (await scriptPeer("rolldown/parseAst")) as Parser;
  const found = new Map<string, Set<string> | "all">();
  for (const { source, specifiers = [] } of parseAst(code).body) {
    if (source === undefined || source === null) continue;
    const names = specifiers.map(({ imported }) => imported?.name);
    const known = found.get(source.value) ?? new Set<string>();
    const isPart = known !== "all" && names.length > 0 && names.every((name) => name !== undefined && name !== "default");
    found.set(source.value, isPart ? new Set([...known, ...names.filter((name) => name !== undefined)]) : "all");
  }
  return found;
}
