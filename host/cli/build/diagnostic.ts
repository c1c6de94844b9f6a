/** What AssemblyScript's compiler says about a place in the sources. */
export interface Diagnostic {
  readonly message: string;
  readonly code: number;
  readonly category: number;
  readonly range: { readonly start: number; readonly end: number; readonly source: { readonly normalizedPath: string } | null } | null;
}

/**
 * A diagnostic as `file:line:column: message`, and below it the line with the place marked. Lines and columns count from 1.
 *
 * @param textOf the text of a file, by its path
 */
export async function diagnosticText({ message, code, range }: Diagnostic, textOf: (path: string) => Promise<string | undefined>): Promise<string> {
  const said = `${message} (AS${code})`;
  const path = range?.source?.normalizedPath;
  if (range === null || path === undefined) return said;
  const text = await textOf(path);
  if (text === undefined) return `${path}: ${said}`;
  const before = text.slice(0, range.start).split("\n");
  const line = text.split("\n", before.length).at(-1) ?? "";
  const column = (before.at(-1)?.length ?? 0) + 1;
  const length = Math.max(1, Math.min(range.end - range.start, line.length - column + 1));
  const margin = `${before.length} | `;
  return `${path}:${before.length}:${column}: ${said}\n  ${margin}${line}\n  ${" ".repeat(margin.length + column - 1)}${"^".repeat(length)}`;
}
