import type { Location } from "../source.ts";
import { callOf, dottedName, type Every, type Expr, type Form, makeCall, type Some, type Term, termExpr, type With } from "./ast.ts";
import { TermParser } from "./term-parser.ts";

/** Parses expressions and bodies. What the keywords `and`, `or` and `not { … }` add is in the class above this one. */
export abstract class ExpressionParser extends TermParser {
  /** An expression that `and` and `or` may join, or undefined when the text begins with none of their forms. */
  protected abstract joined(): { readonly expr: Expr | undefined } | undefined;
  /** A negated body or group, when the token behind `not` begins one. */
  protected abstract negatedBody(at: Location): { readonly expr: Expr | undefined } | undefined;
  /** Joins what follows to an expression that was read. */
  protected abstract join(expr: Expr, negatedAt: Location | undefined): Expr | undefined;
  protected abstract readonly negationIsBody: boolean;

  protected override body(end: string): Expr[] | undefined {
    return this.nested(() => this.query(false, end));
  }

  /** Expressions, up to `end`. When semicolons are required, a line break ends the query. */
  protected query(needsSemicolon: boolean, end: string): Expr[] | undefined {
    if (this.is(end)) return this.fail(this.at, "found empty body");
    const body: Expr[] = [];
    for (;;) {
      const expr = this.literal();
      if (expr === undefined) return undefined;
      body.push(expr);
      if (this.is(";")) {
        this.scan();
        continue;
      }
      if (this.is(end) || needsSemicolon) return body;
      if (!this.skippedLine) return this.complaints.length === 0 ? this.illegal(String.raw`expected \n or ; or ${end}`) : undefined;
    }
  }

  protected override literal(): Expr | undefined {
    const { at } = this;
    const joined = this.joined();
    if (joined !== undefined) return joined.expr;
    if (this.isRefKeyword()) {
      this.asIdentifier();
      return this.#plain(at, undefined);
    }
    if (!this.is("not")) return this.#unnegated(at);
    this.scan();
    const negated = this.negatedBody(at);
    if (negated !== undefined) return negated.expr;
    if (this.is("some") || this.is("every")) return this.illegal(`illegal negation of '${this.kind}'`);
    return this.#plain(at, at);
  }

  #unnegated(at: Location): Expr | undefined {
    if (this.is("some")) return this.#some(at);
    if (this.is("every")) return this.#every(at);
    return this.#plain(at, undefined);
  }

  #plain(at: Location, negatedAt: Location | undefined): Expr | undefined {
    const form = this.form();
    if (form === undefined) return undefined;
    const isBody = negatedAt !== undefined && this.negationIsBody;
    const inner = this.expression(form, at, []);
    const body: Expr = isBody ? this.expression({ kind: "not", body: [inner], explicit: false }, at, []) : inner;
    const withs = this.withs();
    return withs === undefined ? undefined : this.join({ ...body, withs, negated: negatedAt !== undefined && !isBody, end: this.lastEnd }, negatedAt);
  }

  protected expression(form: Form, at: Location, withs: readonly With[]): Expr {
    return { form, negated: false, withs, at, end: this.lastEnd };
  }

  /** A term, or `=` or `:=` between two. */
  protected form(): Form | undefined {
    const left = this.infix();
    if (left === undefined) return undefined;
    if (!this.is("assign") && !this.is("eq")) return { kind: "term", term: left };
    const sign = this.kind;
    this.scan();
    const right = this.infix();
    return right === undefined ? undefined : { kind: "term", term: makeCall(sign, [left, right], left.at, true) };
  }

  /** The `with` modifiers behind an expression, none when there are none; undefined when one is wrong. */
  protected withs(): With[] | undefined {
    const withs: With[] = [];
    while (this.is("with")) {
      const { at } = this;
      this.scan();
      if (!this.is("identifier")) return this.illegal("expected ident");
      const target = this.term();
      if (target === undefined) return undefined;
      if (target.kind !== "ref" && target.kind !== "var") this.illegal("expected with target path");
      if (!this.is("as")) return this.illegal("expected as keyword");
      this.scan();
      const value = this.infix();
      if (value === undefined) return undefined;
      withs.push({ target, value, builtin: undefined, at });
    }
    return withs;
  }

  #some(at: Location): Expr | undefined {
    const before = this.state;
    this.scan();
    const term = this.infix();
    if (term?.kind === "call") {
      const name = dottedName(term.operator.parts);
      if (name !== "internal.member_2" && name !== "internal.member_3") return this.illegal("expected `x in xs` or `x, y in xs` expression");
      const withs = this.withs();
      return withs === undefined ? undefined : this.expression({ kind: "some", symbols: [term] }, at, withs);
    }
    this.restore(before);
    const symbols: Term[] = [];
    do {
      this.scan();
      if (!this.is("identifier")) return this.illegal("expected var");
      symbols.push(this.variable());
      this.scan();
    } while (this.is(","));
    const some: Some = { kind: "some", symbols };
    return this.expression(some, at, []);
  }

  #every(at: Location): Expr | undefined {
    this.scan();
    const term = this.infix();
    if (term === undefined) return undefined;
    const every = this.#everyHead(term);
    if (every === undefined) return undefined;
    if (!this.is("{")) return this.illegal("missing body");
    this.scan();
    const body = this.body("}");
    if (body === undefined) return undefined;
    this.scan();
    const withs = this.withs();
    return withs === undefined ? undefined : this.expression({ ...every, body }, at, withs);
  }

  #everyHead(term: Term): Omit<Every, "body"> | undefined {
    const call = callOf(termExpr(term));
    const name = call === undefined ? undefined : dottedName(call.operator.parts);
    if (call === undefined || (name !== "internal.member_2" && name !== "internal.member_3")) {
      return this.illegal("expected `x[, y] in xs { ... }` expression");
    }
    const domain = call.args.at(-1) as Term;
    const value = call.args.at(-2) as Term;
    const key = call.args.at(-3);
    if (key !== undefined && key.kind !== "var") return this.illegal("expected key to be a variable");
    if (value.kind !== "var") return this.illegal("expected value to be a variable");
    return { kind: "every", key, value, domain };
  }
}
