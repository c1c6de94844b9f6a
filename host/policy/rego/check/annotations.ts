// What the comments before packages and rules say about them: blocks that begin with METADATA.

import { issueAt, type RegoIssue } from "../issue.ts";
import type { Comment, Module, Rule } from "../syntax/ast.ts";
import { lookup, objectOf } from "../value/object.ts";
import { sortedEntries, type Fields, type Value } from "../value/value.ts";

/** Reads the text of a block; a text that is none throws an Error whose message says why. */
export type ReadAnnotation = (text: string) => Fields;

interface Annotation {
  readonly fields: Fields;
  readonly scope: string;
  /** Where in data it belongs. */
  readonly path: readonly string[];
  readonly row: number;
  readonly module: Module;
  readonly rule: Rule | undefined;
}

/** The annotations of all modules. They are read when a rule first asks for them. */
export class Annotations {
  readonly issues: RegoIssue[] = [];
  readonly #modules: readonly Module[];
  readonly #read: ReadAnnotation;
  #found: readonly Annotation[] | undefined;

  constructor(modules: readonly Module[], read: ReadAnnotation) {
    this.#modules = modules;
    this.#read = read;
  }

  get #all(): readonly Annotation[] {
    this.#found ??= this.#modules.flatMap((module) => this.#of(module));
    return this.#found;
  }

  #of(module: Module): Annotation[] {
    return blocksOf(module.comments).flatMap((block) => {
      const last = block.at(-1) as Comment;
      const at = (block[0] as Comment).at;
      const rule = module.rules.find((candidate) => candidate.at.row > last.at.row);
      const isPackage = module.packageAt.row > last.at.row;
      const fields = this.#parse(block);
      if (fields === undefined) return [];
      const written = lookup(fields, "scope");
      const scope = typeof written === "string" ? written : isPackage ? "package" : "rule";
      const path = isPackage || rule === undefined ? module.path : [...module.path, ...namesOf(rule)];
      return [{ fields: { ...fields, scope }, scope, path, row: at.row, module, rule: isPackage ? undefined : rule }];
    });
  }

  #parse(block: readonly Comment[]): Fields | undefined {
    const text = block.slice(1).map((comment) => comment.text.replace(/^ /, "")).join("\n");
    const { at } = block[0] as Comment;
    try {
      if (text.trim() === "") throw new Error("expected METADATA block, found whitespace");
      return this.#read(text);
    } catch (error) {
      this.issues.push(issueAt("rego_parse_error", at, error instanceof Error ? error.message : String(error)));
      return undefined;
    }
  }

  #nearest(rule: Rule): Annotation[] {
    return this.#all.filter((annotation) => annotation.rule === rule && annotation.scope === "rule").sort((a, b) => b.row - a.row);
  }

  /** The annotation of a rule; an empty object when it has none. */
  ofRule(rule: Rule): Value {
    return this.#nearest(rule).at(-1)?.fields ?? {};
  }

  /** The annotations of a rule, its document, its package and those around that, from the inside out. */
  chain(rule: Rule, module: Module): Value {
    const path = [...module.path, ...namesOf(rule)];
    const own = this.#nearest(rule).map(entry);
    const same = (a: readonly string[], b: readonly string[]): boolean => a.length === b.length && a.every((part, at) => part === b[at]);
    const document = this.#all.filter(({ scope, path: place }) => scope === "document" && same(place, path));
    const packages = this.#all.filter(({ scope, path: place }) => scope === "package" && same(place, module.path));
    const around = this.#all
      .filter(({ scope, path: place }) => scope === "subpackages" && place.every((part, at) => part === module.path[at]))
      .sort((a, b) => b.path.length - a.path.length);
    return [...(own.length === 0 ? [{ path }] : own), ...[...document, ...packages, ...around].map(entry)];
  }
}

function entry({ fields, path }: Annotation): Value {
  return { annotations: fields, path };
}

/** The constant names that a rule's ref begins with. */
function namesOf({ head }: Rule): string[] {
  const names: string[] = [];
  for (const part of head.ref) {
    if (part.kind === "var" && names.length === 0) names.push(part.name);
    else if (part.kind === "scalar" && typeof part.value === "string") names.push(part.value);
    else break;
  }
  return names;
}

const isStart = ({ text, at }: Comment): boolean => at.col === 1 && text.trim().startsWith("METADATA");

/** Runs of comments that begin with METADATA, each at the beginning of a line right below the one before. */
function blocksOf(comments: readonly Comment[]): readonly (readonly Comment[])[] {
  const blocks: Comment[][] = [];
  let open: Comment[] | undefined;
  for (const comment of comments) {
    const before = open?.at(-1);
    if (isStart(comment)) {
      open = [comment];
      blocks.push(open);
    } else if (before !== undefined && comment.at.col === 1 && comment.at.row === before.at.row + 1) open?.push(comment);
    else open = undefined;
  }
  return blocks;
}

/** An annotation with what is empty left out, as OPA shows it. */
export function withoutEmpty(fields: Value): Fields {
  const kept = sortedEntries(fields as Fields).filter(([, value]) => value !== null && value !== false && value !== "");
  return objectOf(kept) as Fields;
}
