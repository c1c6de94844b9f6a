import { placeIn, type WitText } from "./wit-text.ts";
import { witTokens } from "./wit-token.ts";

/** Words before the name of an interface or world that is declared elsewhere. */
const REFERS: ReadonlySet<string> = new Set(["import", "export", "include", "use"]);

/**
 * Where a WIT text goes wrong. The parser says what is wrong and not where, so the shortest beginning of the text that it
 * has the same to say about is looked for; what it cannot find is looked for by name.
 *
 * @param complaintOf what the parser has to say about a text; undefined when it parses
 * @returns `file:line:column`, or undefined when the complaint has no place
 */
export async function faultPlace(
  source: WitText,
  complaint: string,
  complaintOf: (text: string) => Promise<string | undefined>,
): Promise<string | undefined> {
  const tokens = witTokens(source.text).filter(({ docs }) => docs === undefined);
  const name = /`([^`]+)`/u.exec(complaint)?.[1];
  if (!/^(?:expected|unexpected|invalid|unterminated)/u.test(complaint)) {
    const isPlace = complaint.startsWith("interface or world");
    const found = tokens.find(({ text }, at) => text === name && (!isPlace || REFERS.has(tokens[at - 1]?.text ?? "")));
    return found === undefined ? undefined : placeIn(source, found.start);
  }
  let low = 0;
  let high = tokens.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const last = tokens[middle];
    const beginning = last === undefined ? source.text : source.text.slice(0, last.start + last.text.length);
    if ((await complaintOf(beginning)) === complaint) high = middle;
    else low = middle + 1;
  }
  const fault = tokens[low];
  return fault === undefined ? undefined : placeIn(source, fault.start);
}
