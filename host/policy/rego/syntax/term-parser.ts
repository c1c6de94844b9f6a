import { parseNumber } from "../value/number.ts";
import type { Location } from "../source.ts";
import { callOf, dottedName, equationOf, type Expr, type ListTerm, makeCall, makeRef, makeVar, type Ref, scalar, type Term } from "./ast.ts";
import { type State, TokenParser } from "./token-parser.ts";

const RELATIONS = ["equal", "neq", "lt", "gt", "lte", "gte"];
/** The binary operators, from those that bind least; each level is left-associative. */
const LEVELS: readonly (readonly string[])[] = [RELATIONS, ["or"], ["and"], ["plus", "minus"], ["mul", "div", "rem"]];
/** Keywords that may stand for names inside refs. */
const REF_KEYWORDS = new Set("package import as default else not some with null true false in every contains if logical-and logical-or".split(" "));
const MEMBER = "internal.member_2";
const MEMBER_WITH_KEY = "internal.member_3";

/** Parses terms: scalars, variables, refs, calls, composites, comprehensions, templates, and operators between them. */
export abstract class TermParser extends TokenParser {
  /** Terms by where they begin: telling a comprehension from a set or an object parses the same text again. */
  readonly #parsed = new Map<number, { readonly kind: string; readonly term: Term; readonly after: State }>();

  protected abstract body(end: string): Expr[] | undefined;
  protected abstract literal(): Expr | undefined;

  /** Whether the token is a keyword that is followed by what makes it the beginning of a ref. */
  protected isRefKeyword(): boolean {
    if (!REF_KEYWORDS.has(this.kind)) return false;
    const next = this.peekSpace();
    return next === "." || next === "[";
  }

  /** A term with operators, where `k, v in xs` may stand. */
  protected infix(): Term | undefined {
    return this.nested(() => this.#member(true));
  }

  /** A term with operators, in a list, where a comma ends it. */
  protected infixInList(): Term | undefined {
    return this.nested(() => this.#member(false));
  }

  #member(pairs: boolean): Term | undefined {
    let left = this.#operators(0);
    if (left === undefined) return undefined;
    if (pairs && this.is(",")) {
      const before = this.state;
      this.scan();
      const middle = this.#operators(0);
      const at = this.at;
      if (middle !== undefined && this.is("in")) {
        this.scan();
        const right = this.#operators(0);
        if (right === undefined) return undefined;
        left = makeCall(MEMBER_WITH_KEY, [left, middle, right], at, true);
      } else this.restore(before);
    }
    // A keyword that begins a ref on the next line ends the term.
    if (this.isRefKeyword()) this.asIdentifier();
    while (this.is("in")) {
      const { at } = this;
      this.scan();
      const right = this.#operators(0);
      if (right === undefined) return undefined;
      left = makeCall(MEMBER, [left, right], left.at ?? at, true);
    }
    return left;
  }

  #operators(level: number): Term | undefined {
    const signs = LEVELS[level];
    if (signs === undefined) return this.term();
    let left = this.#operators(level + 1);
    while (left !== undefined && signs.includes(this.kind)) {
      const sign = this.kind;
      this.scan();
      const right = this.#operators(level + 1);
      left = right === undefined ? undefined : { ...makeCall(sign, [left, right], left.at, true) };
    }
    return left;
  }

  /** A term without operators around it. */
  protected term(): Term | undefined {
    const start = this.at.offset;
    const known = this.#parsed.get(start);
    const { kind } = this;
    if (known?.kind === kind) {
      this.restore({ ...known.after, complaints: this.complaints });
      return known.term;
    }
    const { complaints } = this;
    const term = this.nested(() => this.#plainTerm());
    if (term !== undefined && this.complaints === complaints) this.#parsed.set(start, { kind, term, after: this.state });
    return term;
  }

  #plainTerm(): Term | undefined {
    if ((this.is("logical-and") || this.is("logical-or")) && this.peekSpace() === "(") this.asIdentifier();
    const { at } = this;
    switch (this.kind) {
      case "null":
        return this.finish(scalar(null, at));
      case "true":
      case "false":
        return this.finish(scalar(this.is("true"), at));
      case "minus":
        return this.#minus();
      case "number":
      case ".":
        return this.finish(this.#number());
      case "string":
        return this.finish(this.#string());
      case "template-string-part":
      case "template-string-end":
      case "raw-template-string-part":
      case "raw-template-string-end":
        return this.finish(this.#template());
      case "identifier":
      case "contains":
        return this.finish(this.variable());
      case "[":
        return this.finish(this.#array());
      case "{":
        return this.finish(this.#setOrObject());
      case "(":
        return this.finish(this.#group());
      default:
        return this.illegal();
    }
  }

  #minus(): Term | undefined {
    const { at, state } = this;
    this.scan();
    if (!this.is("identifier") && !this.is("contains")) {
      this.restore(state);
      return this.finish(this.#number());
    }
    const term = this.finish(this.variable());
    return term === undefined ? undefined : makeCall("minus", [scalar(0, at), term], at);
  }

  #group(): Term | undefined {
    const { at } = this;
    this.scan();
    const term = this.infix();
    if (term === undefined) return undefined;
    return this.is(")") ? { ...term, at } : this.fail(this.at, "non-terminated expression");
  }

  /** A variable; each `_` has a name of its own. */
  protected variable(): Term {
    const { text } = this;
    return makeVar(text === "_" ? this.nextWildcard() : text, this.at);
  }

  /** What may follow a term without white space between: a call, a dot, a bracket. */
  protected finish(head: Term | undefined): Term | undefined {
    if (head === undefined) return undefined;
    this.scanSpace();
    if (this.is("(") || this.is(".") || this.is("[")) return this.ref(head);
    if (this.is("whitespace")) this.scan();
    return isRoot(head) ? makeRef([head], head.at) : head;
  }

  #number(): Term | undefined {
    const { at } = this;
    let prefix = "";
    if (this.is("minus")) {
      prefix = "-";
      this.scan();
      if (!this.is("number") && !this.is(".")) return this.illegal("expected number");
    }
    if (this.is(".")) {
      prefix += ".";
      this.scan();
      if (!this.is("number")) return this.illegal("expected number");
    }
    const { text } = this;
    if (!prefix.endsWith(".") && /^0\d/.test(text)) return this.illegal("expected number without leading zero");
    const value = parseNumber(prefix + text);
    return value === undefined || value === Infinity || value === -Infinity ? this.fail(this.at, "number too big") : scalar(value, at);
  }

  #string(): Term | undefined {
    const { text } = this;
    if (text.startsWith("`")) return scalar(text.slice(1, -1), this.at);
    const value = unescape(text);
    return value === undefined ? this.fail(this.at, `illegal string literal: ${text}`) : scalar(value, this.at);
  }

  #template(): Term | undefined {
    const { at } = this;
    const raw = this.kind.startsWith("raw-");
    const parts: (string | Expr)[] = [];
    for (;;) {
      if (this.is("illegal")) return undefined;
      const { text } = this;
      const plain = raw ? text : unescape(`"${text}"`);
      if (plain === undefined) return this.fail(this.at, `illegal template-string part: ${text}`);
      if (plain !== "") parts.push(plain);
      if (this.kind.endsWith("-end")) return { kind: "template", parts, at };
      this.scan();
      const expr = this.literal();
      if (expr === undefined) return this.fail(this.at, "invalid template-string expression");
      const problem = templateProblem(expr);
      if (problem !== undefined) return this.fail(expr.at, problem);
      parts.push(expr);
      if (!this.is("}")) return this.fail(this.at, "expected } to end template string expression");
      this.scanTemplate(raw);
    }
  }

  /** A ref that begins with a term: the current token is the first `.`, `[` or `(`. */
  protected ref(head: Term): Term | undefined {
    return this.nested(() => {
      if (head.kind === "scalar" || head.kind === "ref" || head.kind === "template") {
        this.fail(head.at, `illegal ref (head cannot be ${head.kind === "scalar" ? scalarKind(head.value) : head.kind})`);
      }
      const parts: Term[] = [head];
      for (;;) {
        switch (this.kind) {
          case ".":
            this.scanSpace();
            if (!this.is("identifier") && !REF_KEYWORDS.has(this.kind)) return this.illegal("expected identifier");
            parts.push(scalar(this.text, this.at));
            this.scanSpace();
            break;
          case "(":
            return this.#callIn(makeRef(parts, head.at));
          case "[": {
            this.scan();
            const index = this.infix();
            if (index === undefined) return undefined;
            if (!this.is("]")) return this.illegal("expected [");
            parts.push(index);
            this.scanSpace();
            break;
          }
          default:
            if (this.is("whitespace")) this.scan();
            return makeRef(parts, head.at);
        }
      }
    });
  }

  #callIn(operator: Ref): Term | undefined {
    const term = this.#call(operator);
    if (term === undefined) return undefined;
    if (this.is("whitespace")) {
      this.scan();
      return term;
    }
    return this.is(".") || this.is("[") ? this.ref(term) : term;
  }

  #call(operator: Ref): Term | undefined {
    const { at } = operator;
    this.scan();
    const args = this.list(")", []);
    if (args === undefined) return undefined;
    this.scanSpace();
    if (args.length === 0 && dottedName(operator.parts) === "set") return { kind: "set", items: [], at };
    return { kind: "call", operator, args, infix: false, at };
  }

  #array(): Term | undefined {
    const { at } = this;
    this.scan();
    if (this.is("]")) return { kind: "array", items: [], at };
    const comma = this.is(",");
    if (comma) this.scan();
    const before = this.state;
    const head = this.term();
    if (head === undefined) return undefined;
    if (this.is("or") && !comma) {
      this.scan();
      const body = this.body("]");
      if (body !== undefined) return { kind: "comprehension", makes: "array", key: undefined, value: head, body, at };
      if (!this.is(",")) return undefined;
    }
    this.restore(before);
    const items = this.list("]", []);
    return items === undefined ? undefined : { kind: "array", items, at };
  }

  #setOrObject(): Term | undefined {
    const { at } = this;
    this.scan();
    if (this.is("}")) return { kind: "object", entries: [], at };
    const comma = this.is(",");
    if (comma) this.scan();
    const before = this.state;
    let head = this.term();
    if (head === undefined) return undefined;
    if (this.is("or") && !comma) return this.#setComprehension(before, head, at);
    if (this.is("}") || this.is(",")) return this.#set(before, at);
    if (!this.is(":")) {
      this.restore(before);
      head = this.infixInList();
      if (head === undefined) return undefined;
      if (this.is("}") || this.is(",")) return this.#set(before, at);
    }
    return this.is(":") ? this.#object(head, !comma, at) : this.illegal("non-terminated set");
  }

  #set(before: State, at: Location): ListTerm | undefined {
    this.restore(before);
    const items = this.list("}", []);
    return items === undefined ? undefined : { kind: "set", items, at };
  }

  #setComprehension(before: State, head: Term, at: Location): Term | undefined {
    this.scan();
    const body = this.body("}");
    if (body !== undefined) return { kind: "comprehension", makes: "set", key: undefined, value: head, body, at };
    return this.is(",") ? this.#set(before, at) : undefined;
  }

  #object(key: Term, comprehension: boolean, at: Location): Term | undefined {
    this.scan();
    const before = this.state;
    let value = this.term();
    if (value === undefined) return undefined;
    if (comprehension && this.is("or")) {
      this.scan();
      const body = this.body("}");
      if (body !== undefined) return { kind: "comprehension", makes: "object", key, value, body, at };
    }
    if (!this.is("}") && !this.is(",")) {
      this.restore(before);
      value = this.infixInList();
      if (value === undefined) return undefined;
    }
    if (!this.is("}") && !this.is(",")) return this.illegal("non-terminated object");
    return this.#entries(key, value, at);
  }

  #entries(key: Term, value: Term, at: Location): Term | undefined {
    const entries: (readonly [Term, Term])[] = [[key, value]];
    while (this.is(",")) {
      this.scan();
      if (this.is("}")) break;
      const nextKey = this.infixInList();
      if (nextKey === undefined) return undefined;
      if (!this.is(":")) return this.illegal('expected ":"');
      this.scan();
      const nextValue = this.infixInList();
      if (nextValue === undefined) return undefined;
      entries.push([nextKey, nextValue]);
      if (!this.is(",") && !this.is("}")) return this.illegal('expected "," or "}"');
    }
    return { kind: "object", entries, at };
  }

  /** Terms between commas, to the closing token, which stays the current one. */
  protected list(end: string, items: Term[]): Term[] | undefined {
    while (!this.is(end)) {
      const item = this.infixInList();
      if (item === undefined) return undefined;
      items.push(item);
      if (this.is(",")) this.scan();
      else if (!this.is(end)) return this.illegal(`expected "," or "${end}"`);
    }
    return items;
  }
}

function isRoot(term: Term): boolean {
  return term.kind === "var" && (term.name === "input" || term.name === "data");
}

function scalarKind(value: null | boolean | number | bigint | string): string {
  if (value === null) return "null";
  return typeof value === "bigint" ? "number" : typeof value;
}

function unescape(quoted: string): string | undefined {
  if (!quoted.includes("\\") && !/\p{Cc}/u.test(quoted)) return quoted.slice(1, -1);
  try {
    return JSON.parse(quoted.replaceAll("\t", "\\t")) as string;
  } catch {
    return undefined;
  }
}

/** Why an expression cannot stand in a template. */
function templateProblem(expr: Expr): string | undefined {
  const equation = equationOf(expr);
  if (expr.negated || expr.form.kind === "not") return "unexpected negation ('not') in template-string expression";
  if (equation !== undefined) {
    return equation.assigns ? "unexpected assignment (':=') in template-string expression" : "unexpected unification ('=') in template-string expression";
  }
  if (expr.form.kind === "every" || expr.form.kind === "some") return `unexpected '${expr.form.kind}' in template-string expression`;
  return callOf(expr) === undefined && expr.form.kind !== "term" ? "unexpected template-string expression" : undefined;
}
