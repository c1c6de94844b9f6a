import type { Location } from "../source.ts";
import type { Expr, Logic, Term } from "./ast.ts";
import { ExpressionParser } from "./expression-parser.ts";

/** One side of `and` or `or`. */
interface Operand {
  readonly body: readonly Expr[];
  /** Whether it was written in braces. */
  readonly explicit: boolean;
  readonly at: Location;
}

/** What stands in a pair of parentheses: an operand, a mistake (undefined), or something that is no business of `and` and `or`. */
type Group = { readonly operand: Operand | undefined } | "no group";

/** Parses what `import future.keywords.and`, `or` and `not` add: operands in braces, groups in parentheses, negated bodies. */
export abstract class LogicParser extends ExpressionParser {
  protected override get negationIsBody(): boolean {
    return this.keywords.has("not-body");
  }

  get #active(): boolean {
    const { keywords } = this;
    return keywords.has("and") || keywords.has("or");
  }

  get #atOperator(): boolean {
    return this.is("logical-and") || this.is("logical-or");
  }

  protected override joined(): { readonly expr: Expr | undefined } | undefined {
    if (!this.#active) return undefined;
    if (this.is("{")) return this.#leadingBraces();
    if (!this.is("(")) return undefined;
    const group = this.#group(false);
    if (group === "no group") return undefined;
    return { expr: group.operand === undefined ? undefined : this.#tail(group.operand) };
  }

  protected override negatedBody(at: Location): { readonly expr: Expr | undefined } | undefined {
    if (!this.negationIsBody) return undefined;
    if (this.is("{")) {
      const operand = this.#braces("not ", true);
      return { expr: operand === undefined ? undefined : this.#tail(this.#negation(operand, at)) };
    }
    if (!this.is("(")) return undefined;
    const group = this.#group(true);
    if (group === "no group") return undefined;
    return { expr: group.operand === undefined ? undefined : this.#tail(this.#negation(group.operand, at)) };
  }

  protected override join(expr: Expr, negatedAt: Location | undefined): Expr | undefined {
    if (!this.#atOperator) return expr;
    const [first] = expr.withs;
    if (first !== undefined) return this.#misplacedWith(first.at);
    if (negatedAt === undefined && this.source.text[expr.at.offset] === "{") return this.#leadingValue(expr);
    return this.#tail({ body: [expr], explicit: false, at: expr.at });
  }

  #leadingValue(expr: Expr): undefined {
    const { form, at, end } = expr;
    if (form.kind === "term" && form.term.kind === "object" && form.term.entries.length === 0) return this.fail(at, "found empty body");
    const word = this.kind.replace("logical-", "");
    this.hint(`wrap the operand to keep the value: \`(${this.source.text.slice(at.offset, end)}) ${word} ...\``);
    return this.fail(at, `operand of \`${word}\` cannot begin with \`{\` unless the braces hold a body`);
  }

  #misplacedWith(at: Location): undefined {
    const word = this.kind.replace("logical-", "");
    this.hint(`Wrap the operand in \`(...)\` or \`{...}\` to scope, or move \`with\` after the \`${word}\` expression to apply it to the whole expression`);
    return this.fail(at, `\`with\` modifier is not allowed on operand of \`${word}\``);
  }

  #leadingBraces(): { readonly expr: Expr | undefined } | undefined {
    const { state, at } = this;
    this.scan();
    const body = this.body("}");
    if (body !== undefined) {
      this.scan();
      if (this.#atOperator) return { expr: this.#tail({ body, explicit: true, at }) };
    }
    this.restore(state);
    return undefined;
  }

  #negation({ body, explicit }: Operand, at: Location): Operand {
    return { body: [this.expression({ kind: "not", body, explicit }, at, [])], explicit: false, at };
  }

  /** The chain that an operand begins, or the one expression it is, with the modifiers behind. */
  #tail(operand: Operand): Expr | undefined {
    const expr = this.#atOperator ? this.#chain(operand) : operand.body[0];
    if (expr === undefined) return undefined;
    const withs = this.withs();
    return withs === undefined ? undefined : { ...expr, withs: [...expr.withs, ...withs] };
  }

  /** `or` between chains of `and`, which binds tighter. */
  #chain(first: Operand): Expr | undefined {
    return this.nested(() => {
      let left = this.is("logical-and") ? this.#ands(first) : first;
      while (left !== undefined && this.is("logical-or")) {
        this.scan();
        let right = this.#operand("or");
        if (right !== undefined && this.is("logical-and")) right = this.#ands(right);
        left = right === undefined ? undefined : this.#pair("or", left, right);
      }
      return left?.body[0];
    });
  }

  #ands(first: Operand): Operand | undefined {
    let left: Operand | undefined = first;
    while (left !== undefined && this.is("logical-and")) {
      this.scan();
      const right = this.#operand("and");
      left = right === undefined ? undefined : this.#pair("and", left, right);
    }
    return left;
  }

  #pair(kind: "and" | "or", left: Operand, right: Operand): Operand {
    const form: Logic = { kind, left: left.body, right: right.body, explicitLeft: left.explicit, explicitRight: right.explicit };
    return { body: [this.expression(form, left.at, [])], explicit: false, at: left.at };
  }

  /** Braces that hold a body; what they hold else is told when `report`. */
  #braces(before: string, report: boolean): Operand | undefined {
    const { state, at } = this;
    this.scan();
    const isEmpty = this.is("}");
    const body = this.body("}");
    if (body !== undefined) {
      this.scan();
      return { body, explicit: true, at };
    }
    if (isEmpty || !report) return undefined;
    const failed = this.state;
    this.restore(state);
    const term = this.infix();
    if (term === undefined) {
      this.restore(failed);
      return undefined;
    }
    return this.#valueInBraces(at, term, before);
  }

  #valueInBraces(at: Location, term: Term, before: string): undefined {
    const text = this.source.text.slice(at.offset, this.lastEnd);
    if (before === "not ") {
      this.hint(`write \`not (${text})\` to negate the value, or \`not {${text}}\` for a body holding it`);
      return this.fail(at, `\`{...}\` in an operand position must contain expression(s), got: ${term.kind}`);
    }
    this.hint(`wrap the operand to keep the value: \`(${text}) ${before} ...\``);
    return this.fail(at, `operand of \`${before}\` cannot begin with \`{\` unless the braces hold a body`);
  }

  /** One side of an operator; `word` is empty while the parser only tries. */
  #operand(word: string): Operand | undefined {
    if (this.is("{")) return this.#braces(word, word !== "");
    const { at } = this;
    const isNegated = this.is("not") && !this.isRefKeyword();
    if (isNegated) this.scan();
    if (isNegated && this.negationIsBody && this.is("{")) {
      const inner = this.#braces("not ", true);
      return inner === undefined ? undefined : this.#negation(inner, at);
    }
    if (this.is("(") && (!isNegated || this.negationIsBody)) {
      const group = this.#group(true);
      if (group !== "no group") return group.operand === undefined || !isNegated ? group.operand : this.#negation(group.operand, at);
    }
    const form = this.form();
    if (form === undefined) return undefined;
    const expr = this.expression(form, at, []);
    if (!isNegated) return { body: [expr], explicit: false, at };
    return this.negationIsBody ? this.#negation({ body: [expr], explicit: false, at }, at) : { body: [{ ...expr, negated: true }], explicit: false, at };
  }

  #group(isOperand: boolean): Group {
    return this.nested(() => {
      const { state, at } = this;
      this.scan();
      if (this.is(")")) {
        if (isOperand) return { operand: this.fail(at, "empty parenthesized group") };
        this.restore(state);
        return "no group";
      }
      const first = this.#operand("");
      const group = first === undefined ? "no group" : this.#closeGroup(first, at, isOperand);
      if (group === "no group") this.restore(state);
      return group;
    });
  }

  #closeGroup(first: Operand, at: Location, isOperand: boolean): Group {
    if (this.#atOperator) {
      const expr = this.#tail(first);
      return { operand: expr === undefined || !this.#close() ? undefined : { body: [expr], explicit: false, at } };
    }
    const [only] = first.body;
    if (first.explicit || only === undefined || first.body.length > 1) return "no group";
    if (this.is("with")) return this.#groupWith(first, only, at, isOperand);
    const isWhole = only.negated || only.form.kind === "not" || only.form.kind === "and" || only.form.kind === "or";
    if (!isWhole) return "no group";
    return { operand: this.#close() ? { body: first.body, explicit: false, at } : undefined };
  }

  /** `(a with x as y)`. */
  #groupWith(first: Operand, only: Expr, at: Location, isOperand: boolean): Group {
    const withAt = this.at;
    const withs = this.withs();
    if (withs === undefined) return { operand: undefined };
    if (this.#atOperator) return { operand: this.#misplacedWith(withAt) };
    if (!this.#close()) return { operand: undefined };
    return isOperand || this.#atOperator ? { operand: { body: [{ ...only, withs }], explicit: first.explicit, at } } : "no group";
  }

  #close(): boolean {
    if (!this.is(")")) {
      this.fail(this.at, "expected ) to close parenthesized group");
      return false;
    }
    this.scan();
    return true;
  }
}
