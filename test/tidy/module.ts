import { dirname, join } from "node:path/posix";
import { parseSync, Visitor, type ParseResult } from "oxc-parser";
import { readDeclarations, readExports, type Export } from "./export.ts";
import { readFunctions, type FunctionSize } from "./function.ts";
import type { Tree } from "./tree.ts";

/** One import of a module, or one export that names another module. */
export interface Import {
  /** As written; undefined when the name is computed at run time. */
  readonly specifier: string | undefined;
  readonly line: number;
  /** The file it means, when it is a path that leads to one. */
  readonly target: string | undefined;
}

/** What the rules need to know about a source file. */
export interface Module {
  readonly path: string;
  readonly imports: readonly Import[];
  readonly functions: readonly FunctionSize[];
  readonly exports: readonly Export[];
  /** Names declared at the top, and whether a doc comment stands right before. */
  readonly declared: ReadonlyMap<string, boolean>;
  /** Names that came in by import: where each is from, and what it is called there. */
  readonly imported: ReadonlyMap<string, { readonly target: string | undefined; readonly name: string | undefined }>;
  /** The lines that say `any`. */
  readonly anys: readonly number[];
  /** Why it could not be read; such a module fails every run. */
  readonly errors: readonly string[];
}

/** The source files of a tree, parsed. */
export function readModules(tree: Tree): ReadonlyMap<string, Module> {
  const modules = new Map<string, Module>();
  for (const [path, text] of tree) if (/\.(?:ts|mts|js|mjs)$/.test(path)) modules.set(path, readModule(path, text, tree));
  return modules;
}

/** Written in AssemblyScript: TypeScript's grammar, with decorators where TypeScript has none. */
const isAssemblyScript = (path: string): boolean =>
  /^(?:capsules-as|sdk\/assemblyscript|benchmarks)\/.*\.ts$/.test(path);

function readModule(path: string, text: string, tree: Tree): Module {
  const source = isAssemblyScript(path) ? withoutDecorators(text) : text;
  const parsed = parseSync(path, source);
  const lineOf = lines(source);
  const anys: number[] = [];
  new Visitor({ TSAnyKeyword: (node) => anys.push(lineOf(node.start)) }).visit(parsed.program);
  return {
    path,
    imports: readImports(parsed, source, path, tree, lineOf),
    functions: readFunctions(parsed.program, lineOf),
    exports: readExports(parsed, source, (specifier) => resolve(path, specifier, tree)),
    declared: readDeclarations(parsed, source),
    imported: readImported(parsed, (specifier) => resolve(path, specifier, tree)),
    anys,
    errors: parsed.errors.map((error) => `${path}: does not parse: ${error.message}`),
  };
}

/** Blanks them out in place, so that every offset stays true. */
function withoutDecorators(text: string): string {
  return text.replaceAll(/@[a-z][\w.]*(?:\([^()\n]*\))?/g, (decorator) => " ".repeat(decorator.length));
}

function lines(source: string): (offset: number) => number {
  const starts = [0];
  for (let at = source.indexOf("\n"); at >= 0; at = source.indexOf("\n", at + 1)) starts.push(at + 1);
  return (offset) => {
    let low = 0;
    let high = starts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((starts[middle] ?? Infinity) <= offset) low = middle;
      else high = middle;
    }
    return low + 1;
  };
}

function readImports(
  parsed: ParseResult,
  source: string,
  path: string,
  tree: Tree,
  lineOf: (offset: number) => number,
): Import[] {
  const found: { specifier: string | undefined; start: number }[] = [];
  for (const { moduleRequest } of parsed.module.staticImports) {
    found.push({ specifier: moduleRequest.value, start: moduleRequest.start });
  }
  for (const { moduleRequest } of parsed.module.staticExports.flatMap(({ entries }) => entries)) {
    if (moduleRequest !== null) found.push({ specifier: moduleRequest.value, start: moduleRequest.start });
  }
  for (const { moduleRequest } of parsed.module.dynamicImports) {
    const written = source.slice(moduleRequest.start, moduleRequest.end);
    found.push({ specifier: /^(["'`])([^$]*)\1$/s.exec(written)?.[2], start: moduleRequest.start });
  }
  new Visitor({
    TSImportType: ({ source: from }) => found.push({ specifier: from.value, start: from.start }),
  }).visit(parsed.program);
  return found.map(({ specifier, start }) => ({
    specifier,
    line: lineOf(start),
    target: specifier === undefined ? undefined : resolve(path, specifier, tree),
  }));
}

function readImported(parsed: ParseResult, resolved: (specifier: string) => string | undefined): Module["imported"] {
  const names = new Map<string, { target: string | undefined; name: string | undefined }>();
  for (const { moduleRequest, entries } of parsed.module.staticImports) {
    for (const { importName, localName } of entries) {
      names.set(localName.value, { target: resolved(moduleRequest.value), name: importName.name ?? undefined });
    }
  }
  return names;
}

/** What a capsule imports of this package by its name. */
const SDK = /^doteros-wasm\/(sdk\/assemblyscript(?:\/.*)?)$/;

/** AssemblyScript leaves the ending away; everything else writes the file's whole name. */
function resolve(path: string, specifier: string, tree: Tree): string | undefined {
  const own = SDK.exec(specifier)?.[1];
  if (own === undefined && !specifier.startsWith(".")) return undefined;
  const target = own ?? join(dirname(path), specifier);
  return [target, `${target}.ts`, `${target}/index.ts`].find((candidate) => tree.has(candidate));
}
