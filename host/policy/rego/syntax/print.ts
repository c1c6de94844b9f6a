// Terms as Rego text, for messages.

import { numberText } from "../value/number.ts";
import { quote } from "../value/text.ts";
import { type Call, dottedName, type Expr, isWildcard, type Term } from "./ast.ts";

const INFIX: Readonly<Record<string, string>> = {
  eq: "=",
  assign: ":=",
  equal: "==",
  neq: "!=",
  lt: "<",
  lte: "<=",
  gt: ">",
  gte: ">=",
  plus: "+",
  minus: "-",
  mul: "*",
  div: "/",
  rem: "%",
  and: "&",
  or: "|",
  "internal.member_2": "in",
};

const NAME = /^[A-Za-z_]\w*$/;

/** The name a variable was written with: what the resolver added to tell it from others is behind a zero. */
export function writtenName(name: string): string {
  if (isWildcard(name)) return "_";
  const at = name.indexOf("\0");
  return at < 0 ? name : name.slice(0, at);
}

/** A term as text. */
function termText(term: Term): string {
  switch (term.kind) {
    case "scalar":
      if (typeof term.value === "string") return quote(term.value);
      return typeof term.value === "number" || typeof term.value === "bigint" ? numberText(term.value) : String(term.value);
    case "var":
      return writtenName(term.name);
    case "ref":
      return refText(term.parts);
    case "array":
      return `[${term.items.map(termText).join(", ")}]`;
    case "set":
      return term.items.length === 0 ? "set()" : `{${term.items.map(termText).join(", ")}}`;
    case "object":
      return `{${term.entries.map(([key, value]) => `${termText(key)}: ${termText(value)}`).join(", ")}}`;
    case "comprehension": {
      const head = term.key === undefined ? termText(term.value) : `${termText(term.key)}: ${termText(term.value)}`;
      const inner = `${head} | ${bodyText(term.body)}`;
      return term.makes === "array" ? `[${inner}]` : `{${inner}}`;
    }
    case "call":
      return callText(term);
    case "template":
      return `$"${term.parts.map((part) => (typeof part === "string" ? part : `{${exprText(part)}}`)).join("")}"`;
  }
}

/** A ref as text: names behind dots, everything else in brackets. */
export function refText(parts: readonly Term[]): string {
  const [head, ...rest] = parts;
  if (head === undefined) return "";
  const steps = rest.map((part) =>
    part.kind === "scalar" && typeof part.value === "string" && NAME.test(part.value) ? `.${part.value}` : `[${termText(part)}]`,
  );
  return termText(head) + steps.join("");
}

function callText({ operator, args }: Call): string {
  const name = dottedName(operator.parts) ?? refText(operator.parts);
  const sign = INFIX[name];
  if (sign !== undefined && args.length === 2) return `${termText(args[0] as Term)} ${sign} ${termText(args[1] as Term)}`;
  return `${name}(${args.map(termText).join(", ")})`;
}

function exprText({ form, negated }: Expr): string {
  const text = form.kind === "term" ? termText(form.term) : form.kind;
  return negated ? `not ${text}` : text;
}

function bodyText(body: readonly Expr[]): string {
  return body.map(exprText).join("; ");
}
