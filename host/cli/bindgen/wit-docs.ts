import type { WitText } from "./wit-text.ts";
import { type WitToken, witTokens } from "./wit-token.ts";

/** The comments of a WIT text, by the path to what they document: `doteros:capsule/state/entry/key`. */
export type WitDocs = ReadonlyMap<string, readonly string[]>;

/** Words before the name of what is declared. */
const DECLARES: ReadonlySet<string> = new Set("package interface world record variant enum flags resource type import export".split(" "));
/** Words that begin a line which declares no name of its own. */
const REFERS: ReadonlySet<string> = new Set(["use", "include", "with"]);

/** Collects the comments of a WIT text: those of interfaces, worlds, types, fields, cases, functions and methods. */
export function witDocs({ text }: WitText): WitDocs {
  const found = new Map<string, readonly string[]>();
  const walk = new Walk(witTokens(text));
  for (let statement = walk.next(); statement !== undefined; statement = walk.next()) {
    if (statement.docs.length > 0) found.set(statement.path, statement.docs);
  }
  return found;
}

interface Statement {
  readonly path: string;
  readonly docs: readonly string[];
}

/** Steps from declaration to declaration, and into the braces of each. */
class Walk {
  readonly #tokens: readonly WitToken[];
  /** The names around, outermost first. */
  readonly #around: string[] = [];
  #at = 0;
  #package = "";

  constructor(tokens: readonly WitToken[]) {
    this.#tokens = tokens;
  }

  next(): Statement | undefined {
    const docs: string[] = [];
    for (let token = this.#tokens[this.#at]; token !== undefined; token = this.#tokens[this.#at]) {
      this.#at += 1;
      if (token.docs !== undefined) docs.push(...token.docs);
      else if (token.text === "}") this.#close(docs);
      else if (token.text === "@") this.#passGate();
      else if (/\w/u.test(token.text)) return this.#declare(token.text, docs);
    }
    return undefined;
  }

  #close(docs: string[]): void {
    this.#around.pop();
    docs.length = 0;
  }

  /** `@since(version = 1.2.3)`: the word, and what is in its parentheses. */
  #passGate(): void {
    this.#at += 1;
    if (this.#tokens[this.#at]?.text === "(") this.#passTo(")");
  }

  #passTo(sign: string): void {
    while (this.#at < this.#tokens.length && this.#tokens[this.#at]?.text !== sign) this.#at += 1;
    this.#at += 1;
  }

  #declare(word: string, docs: readonly string[]): Statement {
    const isNamed = DECLARES.has(word) && /\w/u.test(this.#tokens[this.#at]?.text ?? "");
    const name = word === "package" ? this.#packageName() : isNamed ? (this.#tokens[this.#at]?.text ?? "") : word;
    const path = [...(word === "package" ? [] : [this.#package]), ...this.#around.filter((one) => one !== this.#package), name].join("/");
    if (REFERS.has(word)) this.#passTo(";");
    else this.#pass(name);
    return { path, docs: REFERS.has(word) ? [] : docs };
  }

  /** `ns:name`, without its version. */
  #packageName(): string {
    const parts = [0, 1, 2].map((step) => this.#tokens[this.#at + step]?.text ?? "");
    this.#package = parts.join("");
    return this.#package;
  }

  /** Goes on to the next declaration: into the braces of this one, or behind its end. */
  #pass(name: string): void {
    let depth = 0;
    for (let token = this.#tokens[this.#at]; token !== undefined; token = this.#tokens[this.#at]) {
      if (token.text === "}" && depth === 0) return;
      this.#at += 1;
      if (token.text === "(" || token.text === "<") depth += 1;
      else if (token.text === ")" || token.text === ">") depth -= 1;
      else if (depth === 0 && token.text === "{") {
        this.#around.push(name);
        return;
      } else if (depth === 0 && (token.text === ";" || token.text === ",")) return;
    }
  }
}
