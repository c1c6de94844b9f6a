// Go's text/template, as far as policies use it: fields, variables, if, range and with.

import { numberText } from "../value/number.ts";
import { eachEntry, lookup, sizeOf } from "../value/object.ts";
import { isArray, isNumber, isObject, type Value } from "../value/value.ts";
import { valueText } from "../value/text.ts";
import { asObject, asString, type BuiltinFamily, type Context, Failure } from "./table.ts";

/** Texts made from templates. */
export const template: BuiltinFamily = {
  "strings.render_template": [2, (text: Value, fields: Value, context: Context) => new Renderer(asString(text, 1), context).render(asObject(fields, 2))],
};

type Node =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "value"; readonly words: readonly string[] }
  | { readonly kind: "if" | "range" | "with"; readonly words: readonly string[]; readonly body: readonly Node[]; readonly otherwise: readonly Node[] };

type Variables = ReadonlyMap<string, Value | undefined>;

/** How deep actions may stand inside each other. */
const DEPTH_MAX = 64;

class Renderer {
  readonly #pieces: readonly string[];
  readonly #context: Context;
  #at = 0;

  constructor(text: string, context: Context) {
    // Dashes at braces take the white space away that is around them.
    const trimmed = text.replaceAll(/\s*\{\{- /g, "{{").replaceAll(/ -\}\}\s*/g, "}}");
    this.#pieces = trimmed.split(/(\{\{[^}]*\}\})/);
    this.#context = context;
  }

  render(root: Value): string {
    const nodes = this.#nodes(0);
    if (this.#at < this.#pieces.length) throw new Failure(`template: unexpected ${this.#pieces[this.#at]}`);
    return this.#run(nodes, root, new Map([["$", root]]));
  }

  /** The words of the action at the current place; undefined for text. */
  #action(): string[] | undefined {
    const piece = this.#pieces[this.#at] ?? "";
    return piece.startsWith("{{") ? piece.slice(2, -2).replaceAll(",", " , ").trim().split(/\s+/) : undefined;
  }

  #nodes(depth: number): Node[] {
    if (depth > DEPTH_MAX) throw new Failure("template: actions are nested too deep");
    const nodes: Node[] = [];
    for (; this.#at < this.#pieces.length; this.#at += 1) {
      const words = this.#action();
      if (words === undefined) nodes.push({ kind: "text", text: this.#pieces[this.#at] as string });
      else if (words[0] === "end" || words[0] === "else") break;
      else if (words[0]?.startsWith("/*") !== true) nodes.push(this.#node(words, depth));
    }
    return nodes;
  }

  #node(words: readonly string[], depth: number): Node {
    const [kind = "", ...rest] = words;
    if (kind !== "if" && kind !== "range" && kind !== "with") return { kind: "value", words };
    this.#at += 1;
    const body = this.#nodes(depth + 1);
    let otherwise: Node[] = [];
    if (this.#action()?.[0] === "else") {
      this.#at += 1;
      otherwise = this.#nodes(depth + 1);
    }
    if (this.#action()?.[0] !== "end") throw new Failure("template: unexpected EOF");
    return { kind, words: rest, body, otherwise };
  }

  #run(nodes: readonly Node[], dot: Value | undefined, variables: Variables): string {
    let text = "";
    for (const node of nodes) {
      this.#context.charge(1);
      if (node.kind === "text") text += node.text;
      else if (node.kind === "value") text += shown(valueOf(node.words, dot, variables));
      else text += this.#block(node, dot, variables);
    }
    return text;
  }

  #block(node: Exclude<Node, { kind: "text" | "value" }>, dot: Value | undefined, variables: Variables): string {
    const assign = node.words.indexOf(":=");
    const names = assign < 0 ? [] : node.words.slice(0, assign).filter((word) => word !== ",");
    const value = valueOf(node.words.slice(assign + 1), dot, variables);
    if (node.kind !== "range") {
      if (!isTruthy(value)) return this.#run(node.otherwise, dot, variables);
      const [name] = names;
      const inner = name === undefined ? variables : new Map([...variables, [name, value]]);
      return this.#run(node.body, node.kind === "with" ? value : dot, inner);
    }
    if (!isTruthy(value) || value === undefined) return this.#run(node.otherwise, dot, variables);
    let text = "";
    const [first, second] = names;
    eachEntry(value, (key, item) => {
      const bound = second === undefined ? [[first ?? "", item] as const] : [[first ?? "", key] as const, [second, item] as const];
      text += this.#run(node.body, item, new Map([...variables, ...bound]));
      return false;
    });
    return text;
  }
}

function valueOf(words: readonly string[], dot: Value | undefined, variables: Variables): Value | undefined {
  const [word = "", ...rest] = words;
  if (word === "not") return !isTruthy(valueOf(rest, dot, variables));
  if (rest.length > 0) throw new Failure(`template: function ${JSON.stringify(word)} not defined`);
  if (/^"(?:[^"\\]|\\.)*"$/.test(word)) return JSON.parse(word) as string;
  if (/^-?\d+$/.test(word)) return Number(word);
  if (word === "true" || word === "false") return word === "true";
  const match = /^(\$\w*)?((?:\.\w+)*|\.)$/.exec(word);
  if (match === null) throw new Failure(`template: function ${JSON.stringify(word)} not defined`);
  const [, variable, path = ""] = match;
  if (variable !== undefined && !variables.has(variable)) throw new Failure(`template: undefined variable ${JSON.stringify(variable)}`);
  let value = variable === undefined ? dot : variables.get(variable);
  for (const name of path.split(".").filter((part) => part !== "")) value = value === undefined ? undefined : lookup(value, name);
  return value;
}

function isTruthy(value: Value | undefined): boolean {
  if (value === undefined || value === null || value === false || value === "" || value === 0) return false;
  return sizeOf(value) !== 0;
}

/** A value as Go prints it. */
function shown(value: Value | undefined): string {
  if (value === undefined || value === null) return "<undefined>";
  if (typeof value === "string") return value;
  if (isNumber(value)) return numberText(value);
  if (isArray(value)) return `[${value.map(shown).join(" ")}]`;
  if (!isObject(value)) return valueText(value);
  const parts: string[] = [];
  eachEntry(value, (key, item) => {
    parts.push(`${shown(key)}:${shown(item)}`);
    return false;
  });
  return `map[${parts.join(" ")}]`;
}
