import type { Location } from "../source.ts";
import { type Expr, type Head, type Rule, scalar, type Term, termExpr } from "./ast.ts";
import { LogicParser } from "./logic-parser.ts";
import { defaultProblems, isGround } from "./rule-shape.ts";

const OPERATORS = new Set(["plus", "minus", "mul", "div", "rem", "and", "or", "equal", "neq", "gt", "gte", "lt", "lte"]);

/** What may be told of a rule's body: the body, or that there is none and what stands for it. */
interface Body {
  readonly body: readonly Expr[];
  readonly generated: boolean;
}

/** Parses rules. */
export abstract class RuleParser extends LogicParser {
  /** The rules that begin at the token: more than one when further bodies follow. Undefined when it is no rule. */
  protected rules(): Rule[] | undefined {
    const { at } = this;
    if (this.isRefKeyword()) this.asIdentifier();
    const isDefault = this.is("default");
    if (isDefault) {
      this.scan();
      if (this.isRefKeyword()) this.asIdentifier();
    }
    if (!this.is("identifier")) return undefined;
    const head = this.#head(isDefault);
    if (head === undefined) return undefined;
    return isDefault ? this.#default(head, at) : this.#defined(head, at);
  }

  #default(head: Head, at: Location): Rule[] | undefined {
    const problems = defaultProblems(head);
    for (const problem of problems) this.fail(at, problem);
    if (problems.length > 0) return undefined;
    return [{ isDefault: true, head, body: [truth(at)], generatedBody: false, otherwise: undefined, at }];
  }

  #defined(written: Head, at: Location): Rule[] | undefined {
    const hasIf = this.is("if");
    const head = hasIf ? { ...withIf(written), hasIf } : withoutIf(written);
    const body = this.#body(head, at);
    if (body === undefined) return undefined;
    let otherwise: Rule | undefined;
    if (this.is("else") && !this.isRefKeyword()) {
      if (head.ref.length > 1 && !head.ref.slice(1).every(isGround)) return this.fail(this.at, "else keyword cannot be used on rules with variables in head");
      if (head.key !== undefined) return this.fail(this.at, "else keyword cannot be used on multi-value rules");
      otherwise = this.#else(head);
      if (otherwise === undefined) return undefined;
    }
    const rule: Rule = { isDefault: false, head, body: body.body, generatedBody: body.generated, otherwise, at: body.generated ? head.at : at };
    return this.#chained(rule);
  }

  /** The bodies that follow the first one: each is a rule with the same head. */
  #chained(first: Rule): Rule[] | undefined {
    const rules = [first];
    while (this.is("{")) {
      if (first.otherwise !== undefined) return this.fail(this.at, "expected else keyword");
      const { at } = this;
      this.scan();
      const body = this.body("}");
      if (body === undefined) return undefined;
      this.scan();
      rules.push({ ...first, head: this.#freshArgs({ ...first.head, at, end: at.offset + 1 }), body, at });
    }
    return rules;
  }

  #freshArgs(head: Head): Head {
    const args = head.args?.map((arg): Term => (arg.kind === "var" && arg.name.startsWith("$") ? { ...arg, name: this.nextWildcard() } : arg));
    return { ...head, args };
  }

  #body(head: Head, at: Location): Body | undefined {
    if (head.hasIf) return this.#ifBody();
    if (this.is("{")) return this.#bracedBody();
    return head.hasContains ? { body: [truth(at)], generated: true } : undefined;
  }

  #ifBody(): Body | undefined {
    this.scan();
    const before = this.state;
    const braced = this.is("{");
    const expr = this.literal();
    if (expr !== undefined && !(braced && expr.form.kind === "term" && expr.form.term.kind === "set")) return { body: [expr], generated: false };
    if (!braced) return undefined;
    this.restore(before);
    return this.#bracedBody();
  }

  #bracedBody(): Body | undefined {
    this.scan();
    const body = this.body("}");
    if (body === undefined) return undefined;
    this.scan();
    return { body, generated: false };
  }

  #else(head: Head): Rule | undefined {
    const { at } = this;
    this.scan();
    const fresh = this.#freshArgs({ ...head, at, hasIf: false });
    const valued = this.#elseHead(fresh, at);
    if (valued === undefined) return undefined;
    const hasIf = this.is("if");
    if (!hasIf && !this.is("{")) {
      return { isDefault: false, head: valued, body: [truth(at)], generatedBody: true, otherwise: undefined, at };
    }
    if (hasIf) this.scan();
    const body = this.#elseBody();
    if (body === undefined) return undefined;
    let otherwise: Rule | undefined;
    if (this.is("else")) {
      otherwise = this.#else(head);
      if (otherwise === undefined) return undefined;
    }
    return { isDefault: false, head: { ...valued, hasIf }, body, generatedBody: false, otherwise, at };
  }

  #elseHead(head: Head, at: Location): Head | undefined {
    if (this.is("{") || this.is("if")) return { ...head, generatedValue: true, value: scalar(true, at), end: this.lastEnd };
    if (!this.is("assign") && !this.is("eq")) return this.illegal("expected else value term or rule body");
    const assign = this.is("assign");
    this.scan();
    const value = this.infix();
    return value === undefined ? undefined : { ...head, generatedValue: false, assign, value, end: this.lastEnd };
  }

  #elseBody(): readonly Expr[] | undefined {
    if (this.is("{")) return this.#bracedBody()?.body;
    if (this.is("eof")) return this.illegal("rule body expected");
    const expr = this.literal();
    return expr === undefined ? undefined : [expr];
  }

  #head(isDefault: boolean): Head | undefined {
    const { at } = this;
    const name = this.variable();
    const term = this.#headRef(name);
    if (term === undefined) return this.illegal("expected rule head name");
    const plain = headOf(term, at);
    if (plain === undefined) {
      return term.kind === "call" ? this.illegal("rule head ref invalid") : undefined;
    }
    const text = this.source.text.slice(at.offset, this.lastEnd);
    if (this.is("contains")) return this.#contains(plain, text);
    let head = plain;
    if (this.is("eq") || this.is("assign")) {
      const assign = this.is("assign");
      this.scan();
      const value = this.infix();
      if (value === undefined) this.illegal(missingValue(plain, text, assign, isDefault));
      head = { ...plain, assign, value };
    }
    if (head.value === undefined && (head.ref.length !== 2 || head.args !== undefined)) {
      head = { ...head, generatedValue: true, value: scalar(true, at) };
    }
    return { ...head, end: this.lastEnd };
  }

  #contains(head: Head, text: string): Head {
    const usage = `(e.g., ${text} contains <VALUE> { ... })`;
    if (head.args !== undefined) this.illegal(`the contains keyword can only be used with multi-value rule definitions ${usage}`);
    this.scan();
    const key = this.infix();
    if (key === undefined) this.illegal(`expected rule key term ${usage}`);
    return { ...head, key, hasContains: true, end: this.lastEnd };
  }

  /** The ref of a head; white space may stand before its first bracket. */
  #headRef(name: Term): Term | undefined {
    this.scanSpace();
    if (OPERATORS.has(this.kind)) this.illegal();
    if (this.is("whitespace")) this.scan();
    if (this.is("(") || this.is(".") || this.is("[")) return this.ref(name);
    return name;
  }
}

const truth = (at: Location): Expr => termExpr(scalar(true, at));

function headOf(term: Term, at: Location): Head | undefined {
  const blank = { args: undefined, key: undefined, value: undefined, assign: false, generatedValue: false, hasIf: false, hasContains: false, at, end: at.offset };
  if (term.kind === "var") return { ...blank, ref: [term] };
  if (term.kind === "ref") return { ...blank, ref: term.parts };
  if (term.kind !== "call" || term.operator.parts[0]?.kind !== "var") return undefined;
  return { ...blank, ref: term.operator.parts, args: term.args.length === 0 ? undefined : term.args };
}

function missingValue(head: Head, text: string, assign: boolean, isDefault: boolean): string {
  if (!assign) return `expected rule value term (e.g., ${text}[%!s(*ast.Term=<nil>)] = <VALUE> { ... })`;
  if (head.args !== undefined) return "expected function value term (e.g., f(...) := <VALUE> { ... })".replace("f(...)", `${head.ref[0]?.kind === "var" ? head.ref[0].name : "f"}(...)`);
  return isDefault ? `expected default rule value term (e.g., default ${text} := <VALUE>)` : `expected rule value term (e.g., ${text} := <VALUE> { ... })`;
}

/** `p[x] if …` has one value for each x. */
function withIf(head: Head): Head {
  if (head.hasContains || head.ref.length !== 2) return head;
  const value = head.value ?? scalar(true, head.at);
  return { ...head, value, generatedValue: head.value === undefined };
}

/** `p[x]` without `if` or a value is the old form of `p contains x`. */
function withoutIf(head: Head): Head {
  if (head.hasContains || head.args !== undefined || head.ref.length !== 2) return head;
  const key = head.ref[1] as Term;
  return head.value === undefined ? { ...head, key, ref: head.ref.slice(0, 1) } : { ...head, key };
}

/** Whether a rule collects a set, rather than having one value. */
export function isMultiValue({ key, value }: Head): boolean {
  return key !== undefined && value === undefined;
}
