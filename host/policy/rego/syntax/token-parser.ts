import { REGO_NESTING_MAX } from "../../../contract/limits.ts";
import { issueAt, type RegoIssue } from "../issue.ts";
import type { Location, Source } from "../source.ts";
import type { Comment } from "./ast.ts";
import { type Position, scanTemplate, scanToken, type Token } from "./scanner.ts";

/** What the parser had to say about a place. */
export interface Complaint {
  readonly at: Location;
  readonly message: string;
}

/** All that changes while a text is parsed, so that the parser can try one reading and go back for another. */
export interface State {
  readonly token: Token;
  /** Where the last token ended that was no white space. */
  readonly lastEnd: number;
  readonly skippedLine: boolean;
  readonly complaints: readonly Complaint[];
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
  /** Tokens by where they begin: going back reads the same ones again. */
  readonly #tokens = new Map<number, Token>();
  #token: Token;
  #lastEnd = 0;
  #skippedLine = false;
  #complaints: readonly Complaint[] = [];
  #hints: readonly string[] = [];
  #wildcards = 0;
  #keywords: ReadonlySet<string>;
  #depth = 0;

  constructor(source: Source, keywords: readonly string[]) {
    this.source = source;
    const begin = source.text.startsWith(BYTE_ORDER_MARK) ? { ...START, offset: 1 } : START;
    this.#token = { kind: "whitespace", text: "", start: begin, next: begin, problem: undefined };
    this.#keywords = new Set([...BASE_KEYWORDS, ...keywords]);
    this.scan();
  }

  get state(): State {
    const [token, lastEnd, skippedLine] = [this.#token, this.#lastEnd, this.#skippedLine];
    return { token, lastEnd, skippedLine, complaints: this.#complaints, hints: this.#hints, wildcards: this.#wildcards, keywords: this.#keywords };
  }

  restore(state: State): void {
    this.#token = state.token;
    this.#lastEnd = state.lastEnd;
    this.#skippedLine = state.skippedLine;
    this.#complaints = state.complaints;
    this.#hints = state.hints;
    this.#wildcards = state.wildcards;
    this.#keywords = state.keywords;
  }

  get kind(): string {
    return this.#token.kind;
  }

  /** Whether the token is of this kind. */
  is(kind: string): boolean {
    return this.#token.kind === kind;
  }

  /** The token's text. */
  get text(): string {
    return this.#token.text;
  }

  get complaints(): readonly Complaint[] {
    return this.#complaints;
  }

  get keywords(): ReadonlySet<string> {
    return this.#keywords;
  }

  /** Where the last token ended that was no white space. */
  get lastEnd(): number {
    return this.#lastEnd;
  }

  /** Whether there was a line break before the token. */
  get skippedLine(): boolean {
    return this.#skippedLine;
  }

  /** What was complained about, with the lines it is about. */
  issues(): RegoIssue[] {
    return this.#complaints.map(({ at, message }) => issueAt("rego_parse_error", at, message));
  }

  get comments(): Comment[] {
    return [...this.#comments.values()].sort((a, b) => a.at.offset - b.at.offset);
  }

  get at(): Location {
    return this.locationOf(this.#token.start);
  }

  locationOf({ offset, row, col }: Position): Location {
    return { source: this.source, row, col: col + 1, offset };
  }

  /** Takes the current token as a name, although it is a keyword elsewhere. */
  asIdentifier(): void {
    this.#token = { ...this.#token, kind: "identifier" };
  }

  useKeywords(keywords: ReadonlySet<string>): void {
    this.#keywords = keywords;
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
    this.#lastEnd = this.#token.next.offset;
    this.#skippedLine = false;
    this.#enter(scanTemplate(this.source.text, this.#token.next, raw));
  }

  /** The kind of the token behind the current one, white space included. */
  peekSpace(): string {
    const before = this.state;
    this.scanSpace();
    const { kind } = this;
    this.restore(before);
    return kind;
  }

  hint(text: string): void {
    this.#hints = [...this.#hints, text];
  }

  fail(at: Location, message: string): undefined {
    const hints = this.#hints;
    const behind = hints.length === 0 ? "" : ` (hint${hints.length > 1 ? "s" : ""}: ${hints.join(", ")})`;
    this.#hints = [];
    this.#complaints = [...this.#complaints, { at, message: message + behind }];
    return undefined;
  }

  /** Says that the current token cannot stand here. */
  illegal(note = ""): undefined {
    if (this.is("illegal")) return this.fail(this.at, "illegal token");
    const word = this.kind.replace("logical-", "");
    const isKeyword = this.#keywords.has(word) && this.text === word;
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
    this.#wildcards += 1;
    return `$${this.#wildcards - 1}`;
  }

  #read(at: Position): Token {
    const known = this.#tokens.get(at.offset);
    if (known !== undefined) return known;
    const token = scanToken(this.source.text, at);
    this.#tokens.set(at.offset, token);
    return token;
  }

  #advance(skipSpace: boolean): void {
    if (this.#token.kind !== "whitespace") {
      this.#lastEnd = this.#token.next.offset;
      this.#skippedLine = false;
    }
    let token = this.#read(this.#token.next);
    for (;;) {
      if (token.kind === "comment") this.#note(token);
      else if (token.kind !== "whitespace") break;
      else {
        if (token.text.includes("\n")) this.#skippedLine = true;
        if (!skipSpace) break;
      }
      token = this.#read(token.next);
    }
    this.#enter(token);
  }

  #enter(token: Token): void {
    const isKeyword = token.kind === "identifier" && this.#keywords.has(token.text);
    this.#token = isKeyword ? { ...token, kind: KEYWORD_KINDS[token.text] ?? token.text } : token;
    if (token.problem !== undefined) this.fail(this.locationOf(token.problem.at), token.problem.message);
  }

  #note({ text, start }: Token): void {
    this.#comments.set(start.offset, { text: text.slice(1).replace(/\r$/, ""), at: this.locationOf(start) });
  }
}
