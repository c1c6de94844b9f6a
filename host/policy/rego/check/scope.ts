import { issueAt, type RegoIssue } from "../issue.ts";
import type { Location } from "../source.ts";
import { equationOf, type Expr, isWildcard, type Term } from "../syntax/ast.ts";
import { walkTerm } from "../syntax/walk.ts";

/** How a name came into a body. */
type Occurrence = "seen" | "assigned" | "declared" | "argument";

interface Known {
  readonly unique: string;
  readonly occurrence: Occurrence;
  readonly at: Location;
  uses: number;
}

/** The names of one body and, through `outer`, of those around it. */
export class Scope {
  readonly outer: Scope | undefined;
  /** Names that this body declares somewhere, and which therefore are no names of rules or imports in it. */
  readonly #declares: ReadonlySet<string>;
  readonly #known = new Map<string, Known>();
  readonly #counter: { count: number };

  constructor(outer: Scope | undefined, declares: ReadonlySet<string>) {
    this.outer = outer;
    this.#declares = declares;
    this.#counter = outer === undefined ? { count: 0 } : outer.#counter;
  }

  /** Whether a name is a variable here although a rule or an import is called so, too. */
  hides(name: string): boolean {
    return this.#declares.has(name) || (this.outer?.hides(name) ?? false);
  }

  /** The variable a name stands for here, when it was declared or seen. */
  meaning(name: string): string | undefined {
    const known = this.#known.get(name);
    if (known === undefined) return this.outer?.meaning(name);
    known.uses += 1;
    return known.unique;
  }

  /** Notes a name that nobody declared: it is a variable by itself. */
  see(name: string, at: Location): void {
    if (!isWildcard(name)) this.#known.set(name, { unique: name, occurrence: "seen", at, uses: 1 });
  }

  /** Declares a name, or answers why it cannot be declared. */
  declare(name: string, occurrence: "assigned" | "declared" | "argument", at: Location): string | { readonly problem: string } {
    if (isWildcard(name)) return name;
    const known = this.#known.get(name);
    if (known !== undefined) {
      if (known.occurrence === "argument") return { problem: `arg ${name} redeclared` };
      return { problem: `var ${name} ${known.occurrence === "seen" ? "referenced" : known.occurrence} above` };
    }
    this.#counter.count += 1;
    const unique = `${name}\0${this.#counter.count}`;
    this.#known.set(name, { unique, occurrence, at, uses: 0 });
    return unique;
  }

  /** Names that `some` declared and nothing uses. */
  unused(): RegoIssue[] {
    return [...this.#known].flatMap(([name, { occurrence, uses, at }]) =>
      occurrence === "declared" && uses === 0 ? [issueAt("rego_compile_error", at, `declared var ${name} unused`)] : [],
    );
  }
}

/** The names a body declares by `:=` and `some`. */
export function declaredIn(body: readonly Expr[]): ReadonlySet<string> {
  const names = new Set<string>();
  for (const expr of body) {
    const equation = equationOf(expr);
    if (equation?.assigns === true) for (const name of patternVars(equation.left)) names.add(name);
    if (expr.form.kind !== "some") continue;
    for (const symbol of expr.form.symbols) {
      if (symbol.kind === "var") names.add(symbol.name);
      else if (symbol.kind === "call") for (const name of memberVars(symbol.args)) names.add(name);
    }
  }
  return names;
}

/** The variables in a pattern: those in its arrays and the values of its objects, not what it would have to look up. */
export function patternVars(term: Term): string[] {
  switch (term.kind) {
    case "var":
      return [term.name];
    case "array":
      return term.items.flatMap(patternVars);
    case "object":
      return term.entries.flatMap(([, value]) => patternVars(value));
    case "scalar":
    case "ref":
    case "set":
    case "comprehension":
    case "call":
    case "template":
      return [];
  }
}

/** The variables that `some … in xs` declares: those of its patterns that are not in xs. */
export function memberVars(args: readonly Term[]): string[] {
  const inDomain = new Set<string>();
  walkTerm(args.at(-1) as Term, (term) => {
    if (term.kind === "var") inDomain.add(term.name);
  });
  return args.slice(0, -1).flatMap(patternVars).filter((name) => !inDomain.has(name));
}
