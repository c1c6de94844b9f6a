import { REGO_NESTING_MAX } from "../../../contract/limits.ts";
import { issueAt, type RegoIssue } from "../issue.ts";
import type { Location, Source } from "../source.ts";
import type { Comment } from "./ast.ts";
import { type Position, scanTemplate, scanToken, type Token } from "./scanner.ts";

/** All that changes while a text is parsed, so that the parser can try one reading and go back for another. */
export interface State {
  readonly token: Token;
  /** Where the last token ended that was no white space. */
  readonly lastEnd: number;
  readonly skippedLine: boolean;
  readonly issues: readonly RegoIssue[];
  readonly hints: readonly string[];
  readonly wildcards: number;
  readonly keywords: ReadonlySet<string>;
}

const BASE_KEYWORDS = ["package", "import", "as", "default", "else", "not", "some", "with", "null", "true", "false"] as const;
/** Keywords that old modules import one by one, and new ones have. */
export const V1_KEYWORDS = ["in", "every", "contains", "if"] as const;
/** `&` and `|` have the plain names. */
const KEYWORD_KINDS: Readonly<Record<string, string>> = { and: "logical-and", or: "logical-or" };
const START: Position = { offset: 0, row: 1, col: 0 };
/** What Go calls white space and JavaScript's text may begin with. */
const BYTE_ORDER_MARK = "\uFEFF";

/** Thrown when terms or bodies are nested too deep: there is no other reading to try. */
export class TooNested extends Error {}

/** Tokens with a way back. The parsers of terms, expressions, rules and modules build on each other, from here. */
export abstract class TokenParser {
  readonly source: Source;
  readonly #comments = new Map<number, Comment>();
  #state: State;
  #depth = 0;

  constructor(source: Source, keywords: readonly string[]) {
    this.source = source;
    const begin = source.text.startsWith(BYTE_ORDER_MARK) ? { ...START, offset: 1 } : START;
    const token = { kind: "whitespace", text: "", start: begin, next: begin, problem: undefined };
    const known = new Set([...BASE_KEYWORDS, ...keywords]);
    this.#state = { token, lastEnd: 0, skippedLine: false, issues: [], hints: [], wildcards: 0, keywords: known };
    this.scan();
  }

  get state(): State {
    return this.#state;
  }

  get kind(): string {
    return this.#state.token.kind;
  }

  /** Whether the token is of this kind. */
  is(kind: string): boolean {
    return this.#state.token.kind === kind;
  }

  get issues(): readonly RegoIssue[] {
    return this.#state.issues;
  }

  get comments(): Comment[] {
    return [...this.#comments.values()].sort((a, b) => a.at.offset - b.at.offset);
  }

  get at(): Location {
    return this.locationOf(this.#state.token.start);
  }

  /** Where the token ends. */
  get tokenEnd(): number {
    return this.#state.token.next.offset;
  }

  locationOf({ offset, row, col }: Position): Location {
    return { source: this.source, row, col: col + 1, offset };
  }

  restore(state: State): void {
    this.#state = state;
  }

  /** Takes the current token as a name, although it is a keyword elsewhere. */
  asIdentifier(): void {
    this.#state = { ...this.#state, token: { ...this.#state.token, kind: "identifier" } };
  }

  useKeywords(keywords: ReadonlySet<string>): void {
    this.#state = { ...this.#state, keywords };
  }

  /** Goes to the next token that is not white space. */
  scan(): void {
    this.#advance(true);
  }

  /** Goes to the next token, which may be white space. */
  scanSpace(): void {
    this.#advance(false);
  }

  /** Goes on in a template, behind an expression. */
  scanTemplate(raw: boolean): void {
    this.#enter(scanTemplate(this.source.text, this.#state.token.next, raw), this.tokenEnd, false);
  }

  /** The kind of the token behind the current one, white space included. */
  peekSpace(): string {
    const before = this.#state;
    this.scanSpace();
    const { kind } = this;
    this.#state = before;
    return kind;
  }

  hint(text: string): void {
    this.#state = { ...this.#state, hints: [...this.#state.hints, text] };
  }

  fail(at: Location, message: string): undefined {
    const { hints, issues } = this.#state;
    const behind = hints.length === 0 ? "" : ` (hint${hints.length > 1 ? "s" : ""}: ${hints.join(", ")})`;
    this.#state = { ...this.#state, hints: [], issues: [...issues, issueAt("rego_parse_error", at, message + behind)] };
    return undefined;
  }

  /** Says that the current token cannot stand here. */
  illegal(note = ""): undefined {
    if (this.kind === "illegal") return this.fail(this.at, "illegal token");
    const word = this.kind.replace("logical-", "");
    const isKeyword = this.#state.keywords.has(word) && this.#state.token.text === word;
    return this.fail(this.at, `unexpected ${word} ${isKeyword ? "keyword" : "token"}${note === "" ? "" : `: ${note}`}`);
  }

  /** Parses what is one level deeper. */
  nested<T>(parse: () => T): T {
    this.#depth += 1;
    if (this.#depth > REGO_NESTING_MAX) {
      this.fail(this.at, "max parsing recursion depth exceeded");
      throw new TooNested();
    }
    const result = parse();
    this.#depth -= 1;
    return result;
  }

  nextWildcard(): string {
    const { wildcards } = this.#state;
    this.#state = { ...this.#state, wildcards: wildcards + 1 };
    return `$${wildcards}`;
  }

  #advance(skipSpace: boolean): void {
    const before = this.#state;
    let lastEnd = before.lastEnd;
    let skippedLine = before.skippedLine;
    if (before.token.kind !== "whitespace") {
      lastEnd = before.token.next.offset;
      skippedLine = false;
    }
    let token = scanToken(this.source.text, before.token.next);
    for (;;) {
      if (token.kind === "comment") this.#note(token);
      else if (token.kind !== "whitespace") break;
      else {
        if (token.text === "\n") skippedLine = true;
        if (!skipSpace) break;
      }
      token = scanToken(this.source.text, token.next);
    }
    this.#enter(token, lastEnd, skippedLine);
  }

  #enter(token: Token, lastEnd: number, skippedLine: boolean): void {
    const { keywords } = this.#state;
    const named = token.kind === "identifier" && keywords.has(token.text) ? { ...token, kind: KEYWORD_KINDS[token.text] ?? token.text } : token;
    this.#state = { ...this.#state, token: named, lastEnd, skippedLine };
    if (token.problem !== undefined) this.fail(this.locationOf(token.problem.at), token.problem.message);
  }

  #note({ text, start }: Token): void {
    this.#comments.set(start.offset, { text: text.slice(1).replace(/\r$/, ""), at: this.locationOf(start) });
  }
}
