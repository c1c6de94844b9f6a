import { Visitor, type Program } from "oxc-parser";

/** One function of a module and how long it is, in lines, from its first to its last. */
export interface FunctionSize {
  readonly name: string;
  readonly line: number;
  readonly lines: number;
}

interface Spanned {
  readonly start: number;
  readonly end: number;
}

/** Every function with a body, methods and arrows included. One inside another counts for both. */
export function readFunctions(program: Program, lineOf: (offset: number) => number): FunctionSize[] {
  const found: FunctionSize[] = [];
  const names = new Map<number, string>();
  const add = (node: Spanned, own: string | undefined): void => {
    const line = lineOf(node.start);
    const name = own ?? names.get(node.start) ?? "(anonymous)";
    found.push({ name, line, lines: lineOf(node.end) - line + 1 });
  };
  const name = (key: { type: string; name?: unknown }, value: Spanned | null): void => {
    if (value !== null && typeof key.name === "string") names.set(value.start, key.name);
  };
  new Visitor({
    VariableDeclarator: (node) => name(node.id, node.init),
    Property: (node) => name(node.key, node.value),
    PropertyDefinition: (node) => name(node.key, node.value),
    MethodDefinition: (node) => name(node.key, node.value),
    FunctionDeclaration: (node) => node.body !== null && add(node, node.id?.name),
    FunctionExpression: (node) => node.body !== null && add(node, node.id?.name),
    ArrowFunctionExpression: (node) => add(node, undefined),
  }).visit(program);
  return found;
}
