/** A word or sign of WIT, or a comment that documents what follows. */
export interface WitToken {
  readonly text: string;
  readonly start: number;
  /** The lines of a doc comment. */
  readonly docs: readonly string[] | undefined;
}

const TOKEN = /\/\/\/(?<line>[^\n]*)|\/\*\*(?<block>[\s\S]*?)\*\/|\/\/[^\n]*|\/\*[\s\S]*?\*\/|%?[\w-]*\w|->|\S/gu;

/** The tokens of a WIT text, as far as they matter to who looks for names and comments. */
export function witTokens(text: string): WitToken[] {
  return Array.from(text.matchAll(TOKEN)).flatMap(({ 0: found, index, groups }) => {
    const docs = docsOf(groups?.["line"], groups?.["block"]);
    return docs === undefined && /^\/[/*]/u.test(found) ? [] : [{ text: found.replace(/^%/u, ""), start: index, docs }];
  });
}

function docsOf(line: string | undefined, block: string | undefined): string[] | undefined {
  if (line !== undefined) return [line.replace(/^ /u, "").trimEnd()];
  return block?.split("\n").map((text) => text.replace(/^\s*\*? ?/u, "").trimEnd()).filter((text, at, all) => text !== "" || (at > 0 && at < all.length - 1));
}
