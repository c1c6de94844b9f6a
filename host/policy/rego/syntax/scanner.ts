// Text to tokens. A scanner has no state of its own: it is given a position and answers with the next one, so that the
// parser can go back to where it was by keeping a number.

/** A kind of token, as errors name it: punctuation, keywords by themselves; the keywords `and` and `or` with `logical-` before them. */
export type TokenKind = string;

/** A place in the text while it is read. */
export interface Position {
  readonly offset: number;
  readonly row: number;
  /** Columns before this place. */
  readonly col: number;
}

export interface Token {
  readonly kind: TokenKind;
  /** The text, quotes included; in templates without the backslashes before braces. */
  readonly text: string;
  readonly start: Position;
  readonly next: Position;
  readonly problem: { readonly message: string; readonly at: Position } | undefined;
}

/** Tokens of one or two characters, by how errors name them. */
const PUNCTUATION: Readonly<Record<string, TokenKind>> = {
  "[": "[",
  "]": "]",
  "{": "{",
  "}": "}",
  "(": "(",
  ")": ")",
  ",": ",",
  ":": ":",
  ":=": "assign",
  "+": "plus",
  "-": "minus",
  "*": "mul",
  "/": "div",
  "%": "rem",
  "&": "and",
  "|": "or",
  "=": "eq",
  "==": "equal",
  ">": "gt",
  ">=": "gte",
  "<": "lt",
  "<=": "lte",
  "!=": "neq",
  ";": ";",
  ".": ".",
};

const IDENTIFIER = /[A-Za-z_][A-Za-z_\d\p{Nd}]*/uy;
const NUMBER = /\d+(?:(\.)(\d*))?(?:([eE])([+-]?)(\d*))?/y;
const ILLEGAL = /[^\t\r\n -~]/;
const SPACE = new Set([" ", "\t", "\r", "\n"]);

/** The position `length` code units further, on the same line. */
function along(from: Position, text: string, end: number): Position {
  const part = text.slice(from.offset, end);
  // A pair of surrogates is one column.
  const pairs = ILLEGAL.test(part) ? part.length - Array.from(part).length : 0;
  return { offset: end, row: from.row, col: from.col + end - from.offset - pairs };
}

/** The position behind text that may hold line breaks. */
function across(from: Position, text: string, end: number): Position {
  const part = text.slice(from.offset, end);
  const last = part.lastIndexOf("\n");
  if (last < 0) return along(from, text, end);
  const rows = part.split("\n").length - 1;
  return { offset: end, row: from.row + rows, col: Array.from(part.slice(last + 1)).length };
}

/** White space up to a line break, and that. */
const SPACES = /[ \t\r]*\n?/y;

/** Reads the token at a position. White space is a token, as line breaks matter to the parser. */
export function scanToken(text: string, start: Position): Token {
  const { offset } = start;
  const char = text[offset];
  const token = (kind: TokenKind, end: number, problem?: string, problemEnd = end): Token => {
    const next = across(start, text, end);
    const at = problemEnd === end ? next : across(start, text, problemEnd);
    return { kind, text: text.slice(offset, end), start, next, problem: problem === undefined ? undefined : { message: problem, at } };
  };
  if (char === undefined) return token("eof", offset);
  if (SPACE.has(char)) {
    SPACES.lastIndex = offset;
    SPACES.test(text);
    return token("whitespace", SPACES.lastIndex);
  }
  if (char === "#") {
    const end = text.indexOf("\n", offset);
    return token("comment", end < 0 ? text.length : end);
  }
  if (char === '"') return scanString(text, offset, token);
  if (char === "`") {
    const end = text.indexOf("`", offset + 1);
    return end < 0 ? token("illegal", text.length, "non-terminated string") : token("string", end + 1);
  }
  if (char === "$") return scanDollar(text, start);
  IDENTIFIER.lastIndex = offset;
  if (IDENTIFIER.test(text)) return token("identifier", IDENTIFIER.lastIndex);
  NUMBER.lastIndex = offset;
  const number = NUMBER.exec(text);
  if (number !== null) return scanNumber(text, number, token);
  const pair = text.slice(offset, offset + 2);
  const two = pair.length === 2 ? PUNCTUATION[pair] : undefined;
  if (two !== undefined) return token(two, offset + 2);
  const one = PUNCTUATION[char];
  if (one !== undefined) return token(one, offset + 1);
  if (char === "!") return token("illegal", offset + 1, "illegal ! character");
  return token("illegal", offset + ((text.codePointAt(offset) ?? 0) > 0xffff ? 2 : 1), char === "\0" ? "illegal null character" : undefined);
}

type MakeToken = (kind: TokenKind, end: number, problem?: string, problemEnd?: number) => Token;

function scanString(text: string, offset: number, token: MakeToken): Token {
  for (let at = offset + 1; ; at += 1) {
    const char = text[at];
    if (char === '"') return token("string", at + 1);
    if (char === undefined || char === "\n") return token("illegal", at, "non-terminated string");
    if (char !== "\\") continue;
    at += 1;
    if (!/["\\/bfnrtu]/.test(text[at] ?? "")) return token("illegal", at, "illegal escape sequence");
  }
}

const AFTER_NUMBER = /[A-Za-z_]\w*/y;

function scanNumber(text: string, match: RegExpExecArray, token: MakeToken): Token {
  const [whole, point, fraction, exponentMark, , exponent] = match;
  const end = match.index + whole.length;
  if (point !== undefined && fraction === "") return token("illegal", end, "expected fraction");
  if (exponentMark !== undefined && exponent === "") return token("illegal", end, "expected exponent");
  AFTER_NUMBER.lastIndex = end;
  if (AFTER_NUMBER.test(text)) return token("illegal", AFTER_NUMBER.lastIndex, "illegal number format", end);
  return token("number", end);
}

function scanDollar(text: string, start: Position): Token {
  const quoted = text[start.offset + 1];
  if (quoted === '"' || quoted === "`") return scanTemplate(text, start, quoted === "`", start.offset + 2);
  const next = along(start, text, start.offset + 1);
  return { kind: "illegal", text: "$", start, next, problem: { message: "illegal $ character", at: next } };
}

/**
 * Reads a part of a template: from behind the opening quote, or from behind the brace that ended an expression, to the next
 * brace or the closing quote. The token's text is what stands between.
 */
export function scanTemplate(text: string, start: Position, raw: boolean, from = start.offset): Token {
  const close = raw ? "`" : '"';
  let inner = "";
  for (let at = from; ; at += 1) {
    const char = text[at];
    if (char === undefined || (char === "\n" && !raw)) {
      const next = across(start, text, at);
      return { kind: "illegal", text: inner, start, next, problem: { message: "non-terminated string", at: next } };
    }
    if (char === close || char === "{") {
      const kind = `${raw ? "raw-" : ""}template-string-${char === "{" ? "part" : "end"}`;
      return { kind, text: inner, start, next: across(start, text, at + 1), problem: undefined };
    }
    const escaped = text[at + 1];
    if (char === "\\" && escaped === "{") {
      inner += "{";
      at += 1;
    } else if (char === "\\" && !raw) {
      if (!/["\\/bfnrtu]/.test(escaped ?? "")) {
        const next = across(start, text, at + 1);
        return { kind: "illegal", text: inner, start, next, problem: { message: "illegal escape sequence", at: next } };
      }
      inner += char + (escaped as string);
      at += 1;
    } else inner += char;
  }
}
