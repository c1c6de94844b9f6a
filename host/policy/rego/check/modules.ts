// Modules to a tree of rules whose names are resolved.

import { issueAt, type RegoIssue } from "../issue.ts";
import { type Head, type Import, makeCall, makeVar, type Module, type Rule, scalar, type Term, termExpr } from "../syntax/ast.ts";
import { refText } from "../syntax/print.ts";
import { isMultiValue } from "../syntax/rule-parser.ts";
import { isGround } from "../syntax/rule-shape.ts";
import type { Value } from "../value/value.ts";
import { Annotations } from "./annotations.ts";
import type { BuiltinShapes } from "./calls.ts";
import { type Globals, Resolver } from "./resolve.ts";
import { type CheckedRule, RuleTree } from "./rule-tree.ts";
import { declaredIn, Scope } from "./scope.ts";

/** The rules of modules, with all that is wrong with their imports and names. */
export function resolveModules(modules: readonly Module[], builtins: BuiltinShapes): { readonly tree: RuleTree; readonly issues: readonly RegoIssue[] } {
  const tree = new RuleTree();
  const exported = exportsOf(modules);
  const issues: RegoIssue[] = [];
  const read = builtins("rego.metadata.rule")?.readAnnotation;
  const annotations = read === undefined ? undefined : new Annotations(modules, read);
  for (const module of modules) {
    const isStrict = module.version !== "v0";
    if (isStrict) issues.push(...duplicateImports(module));
    const resolver = new Resolver(globalsOf(module, exported), (name) => builtins(name) !== undefined);
    for (const rule of module.rules) {
      if (isStrict) issues.push(...shadowing(rule));
      if (annotations !== undefined) {
        resolver.annotations = { rule: () => annotations.ofRule(rule), chain: () => annotations.chain(rule, module) };
      }
      const checked = resolveRule(rule, module, resolver);
      tree.place(checked.prefix).rules.push(checked);
    }
    tree.place(module.path);
    issues.push(...resolver.issues);
  }
  return { tree, issues: [...issues, ...(annotations?.issues ?? [])] };
}

const keyOfPath = (path: readonly string[]): string => JSON.stringify(path);

/** The names of the rules of each package, over all its modules. */
function exportsOf(modules: readonly Module[]): ReadonlyMap<string, ReadonlySet<string>> {
  const names = new Map<string, Set<string>>();
  for (const { path, rules } of modules) {
    const key = keyOfPath(path);
    const known = names.get(key) ?? new Set();
    names.set(key, known);
    for (const { head } of rules) if (head.ref[0]?.kind === "var") known.add(head.ref[0].name);
  }
  return names;
}

function globalsOf(module: Module, exported: ReturnType<typeof exportsOf>): Globals {
  const globals = new Map<string, readonly Term[]>();
  const at = module.packageAt;
  const root = [makeVar("data", at), ...module.path.map((name) => scalar(name, at))];
  for (const name of exported.get(keyOfPath(module.path)) ?? []) globals.set(name, [...root, scalar(name, at)]);
  for (const item of module.imports) {
    const [head] = item.path;
    if (head?.kind === "var" && (head.name === "future" || head.name === "rego")) continue;
    globals.set(nameOf(item), item.path);
  }
  return globals;
}

/** What an import is called in its module. */
function nameOf({ path, alias }: Import): string {
  const last = path.at(-1);
  if (alias !== undefined) return alias;
  return last?.kind === "var" ? last.name : String(last?.kind === "scalar" ? last.value : "");
}

function duplicateImports({ imports }: Module): RegoIssue[] {
  const seen = new Map<string, Import>();
  return imports.flatMap((item) => {
    const before = seen.get(nameOf(item));
    if (before === undefined) seen.set(nameOf(item), item);
    const text = before === undefined ? "" : `import ${refText(before.path)}${before.alias === undefined ? "" : ` as ${before.alias}`}`;
    return before === undefined ? [] : [issueAt("rego_compile_error", item.at, `import must not shadow ${text}`)];
  });
}

function shadowing({ head, at }: Rule): RegoIssue[] {
  const name = head.ref[0]?.kind === "var" ? head.ref[0].name : "";
  return name === "input" || name === "data" ? [issueAt("rego_compile_error", at, `rules must not shadow ${name} (use a different rule name)`)] : [];
}

function resolveRule(rule: Rule, module: Module, resolver: Resolver): CheckedRule {
  const [first, ...rest] = rule.head.ref;
  const scope = new Scope(undefined, new Set());
  const args = rule.head.args === undefined ? undefined : resolver.args(rule.head.args, scope);
  const whole = withComputedValue(withComputedArgs(resolveBodies(rule, resolver, scope, args, rest)));
  const split = whole.steps.findIndex((step) => step.kind !== "scalar");
  const constant = split < 0 ? whole.steps : whole.steps.slice(0, split);
  const prefix: Value[] = [...module.path, first?.kind === "var" ? first.name : ""];
  for (const step of constant) if (step.kind === "scalar") prefix.push(step.value);
  return { ...whole.rule, prefix, dynamic: split < 0 ? [] : whole.steps.slice(split), file: module.packageAt.source.file };
}

/** The value of an entry may be what gives the variables of its key their values, so that it is found first. */
function withComputedValue({ rule, steps }: { rule: Rule; steps: readonly Term[] }): { rule: Rule; steps: readonly Term[] } {
  const field = isMultiValue(rule.head) ? "key" : "value";
  const term = rule.head[field];
  if (term === undefined || term.kind === "var" || isGround(term) || steps.every(isGround)) return { rule, steps };
  const value = makeVar(`its ${field}`, term.at);
  const equation = termExpr(makeCall("eq", [value, term], term.at, true));
  return { rule: { ...rule, head: { ...rule.head, [field]: value }, body: [...rule.body, equation] }, steps };
}

/** Parameters that are templates are compared once the body gave their variables values. */
function withComputedArgs({ rule, steps }: { rule: Rule; steps: readonly Term[] }): { rule: Rule; steps: readonly Term[] } {
  const { args } = rule.head;
  if (args?.some(({ kind }) => kind === "template") !== true) return { rule, steps };
  const parameterName = (index: number): string => `parameter\0${index}t`;
  const plain = args.map((arg, index) => (arg.kind === "template" ? makeVar(parameterName(index), arg.at) : arg));
  const equations = args.flatMap((arg, index) =>
    arg.kind === "template" ? [termExpr(makeCall("eq", [makeVar(parameterName(index), arg.at), arg], arg.at, true))] : [],
  );
  return { rule: { ...rule, head: { ...rule.head, args: plain }, body: [...rule.body, ...equations] }, steps };
}

/** A rule and its `else` with everything but the head's ref resolved in place; that is given beside. */
function resolveBodies(rule: Rule, resolver: Resolver, outer: Scope, args: Head["args"], steps: readonly Term[]): { rule: Rule; steps: readonly Term[] } {
  const scope = new Scope(outer, declaredIn(rule.body));
  const body = resolver.body(rule.body, scope);
  const resolvedSteps = steps.map((step) => resolver.term(step, scope));
  const key = rule.head.key === undefined ? undefined : resolver.term(rule.head.key, scope);
  const value = rule.head.value === undefined ? undefined : resolver.term(rule.head.value, scope);
  // The parameters of an `else` are those of the rule, wildcards apart, which have no name anyway.
  const otherwise = rule.otherwise === undefined ? undefined : resolveBodies(rule.otherwise, resolver, outer, args, []).rule;
  return { rule: { ...rule, head: { ...rule.head, args, key, value }, body, otherwise }, steps: resolvedSteps };
}
