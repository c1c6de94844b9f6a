import type { Directive, ParseResult, Statement } from "oxc-parser";

/** One name a module exports. */
export interface Export {
  /** Undefined for `export *`. */
  readonly name: string | undefined;
  /** What it is called where it is declared: here, or in the module it comes from. Undefined for a whole module. */
  readonly source: string | undefined;
  /** The module it comes from, as written; undefined when it is declared or imported here. */
  readonly from: string | undefined;
  /** The file that `from` means, when it is one of the project's. */
  readonly target: string | undefined;
  /** Whether a doc comment stands right before the export. */
  readonly documented: boolean;
}

type Resolved = (specifier: string) => string | undefined;

/** What a module exports, in order. */
export function readExports(parsed: ParseResult, source: string, resolved: Resolved): Export[] {
  return parsed.module.staticExports.flatMap(({ start, entries }) =>
    entries.map(({ moduleRequest, importName, exportName, localName }) => ({
      name: exportName.name ?? (importName.name === null && localName.name === null ? undefined : "default"),
      source: importName.name ?? localName.name ?? undefined,
      from: moduleRequest?.value,
      target: moduleRequest === null ? undefined : resolved(moduleRequest.value),
      documented: isDocumented(parsed, source, start),
    })),
  );
}

/** The names declared at the top of a module, and whether each is documented. */
export function readDeclarations(parsed: ParseResult, source: string): Map<string, boolean> {
  const declared = new Map<string, boolean>();
  for (const statement of parsed.program.body) {
    const documented = isDocumented(parsed, source, statement.start);
    // Of several declarations with one name, such as overloads, one may speak for all.
    for (const name of namesOf(statement)) declared.set(name, documented || declared.get(name) === true);
  }
  return declared;
}

/** Whether a comment that begins with two stars ends right before `offset`. */
function isDocumented(parsed: ParseResult, source: string, offset: number): boolean {
  return parsed.comments.some(
    ({ type, value, end }) => type === "Block" && value.startsWith("*") && end <= offset && source.slice(end, offset).trim() === "",
  );
}

function namesOf(statement: Statement | Directive): string[] {
  const node = statement.type === "ExportNamedDeclaration" ? statement.declaration : statement;
  switch (node?.type) {
    case "VariableDeclaration":
      return node.declarations.flatMap(({ id }) => (id.type === "Identifier" ? [id.name] : []));
    case "FunctionDeclaration":
    case "TSDeclareFunction":
    case "ClassDeclaration":
      return node.id === null ? [] : [node.id.name];
    case "TSInterfaceDeclaration":
    case "TSTypeAliasDeclaration":
      return [node.id.name];
    default:
      return [];
  }
}
