import { REGO_TEXT_LENGTH_MAX } from "../../../contract/limits.ts";
import { DoterosError } from "../../../contract/error.ts";
import { issueAt, PolicyError, type RegoIssue } from "../issue.ts";
import type { Location, Source } from "../source.ts";
import { dottedName, type Expr, type Import, type Module, type RegoVersion, type Rule, type Term } from "./ast.ts";
import { isMultiValue, RuleParser } from "./rule-parser.ts";
import { ruleOfBody } from "./rule-shape.ts";
import { TooNested, V1_KEYWORDS } from "./token-parser.ts";

type Statement =
  | { readonly kind: "package"; readonly path: readonly string[]; readonly at: Location }
  | { readonly kind: "import"; readonly import: Import }
  | { readonly kind: "rule"; readonly rule: Rule }
  | { readonly kind: "body"; readonly body: readonly Expr[]; readonly at: Location };

const FUTURE_V0 = [...V1_KEYWORDS];
const FUTURE_V1 = ["not", "and", "or"];
const KEYWORDS_V1 = new Set("package import as default else not some with null true false in every contains if".split(" "));
const ROOTS: ReadonlySet<string> = new Set(["data", "future", "input", "rego"]);

class ModuleParser extends RuleParser {
  #version: RegoVersion;

  constructor(source: Source, version: RegoVersion) {
    super(source, version === "v0" ? [] : FUTURE_V0);
    this.#version = version;
  }

  get version(): RegoVersion {
    return this.#version;
  }

  statements(): Statement[] {
    const statements: Statement[] = [];
    while (!this.is("eof")) {
      const statement = this.#package() ?? this.#import() ?? this.#rule();
      if (statement === undefined) break;
      statements.push(...statement);
    }
    return statements;
  }

  /** The text as one query: expressions between line breaks or semicolons. */
  wholeQuery(): readonly Expr[] {
    const body: Expr[] = [];
    while (!this.is("eof")) {
      const part = this.query(true, "eof");
      if (part === undefined) break;
      body.push(...part);
    }
    return body;
  }

  #package(): Statement[] | undefined {
    if (!this.is("package")) return undefined;
    const { state, at } = this;
    this.scanSpace();
    if (this.is(".") || this.is("[")) {
      this.restore(state);
      return undefined;
    }
    if (this.is("whitespace")) this.scan();
    if (!this.#startsPath()) return this.illegal();
    const term = this.term();
    const path = term === undefined ? undefined : this.#packagePath(term);
    if (path !== undefined) return [{ kind: "package", path, at }];
    return this.complaints.length === 0 ? this.fail(this.at, "expected path") : undefined;
  }

  #startsPath(): boolean {
    if (this.is("identifier")) return true;
    if (!KEYWORDS_V1.has(this.kind)) return false;
    this.asIdentifier();
    return true;
  }

  #packagePath(term: Term): readonly string[] | undefined {
    const parts = term.kind === "ref" ? term.parts : [term];
    const path: string[] = [];
    for (const [index, part] of parts.entries()) {
      if (index === 0 && part.kind === "var") path.push(part.name);
      else if (index > 0 && part.kind === "scalar" && typeof part.value === "string") path.push(part.value);
      else return this.fail(part.at, `unexpected ${part.kind} token: expecting ${index === 0 ? "var" : "string"}`);
    }
    return path;
  }

  #import(): Statement[] | undefined {
    if (!this.is("import")) return undefined;
    const { state, at } = this;
    this.scanSpace();
    if (this.is(".") || this.is("[")) {
      this.restore(state);
      return undefined;
    }
    if (this.is("whitespace")) this.scan();
    if (!this.#startsPath()) return this.illegal();
    const { keywords } = this;
    this.useKeywords(new Set([...keywords].filter((word) => !FUTURE_V0.includes(word as "in") && word !== "and" && word !== "or")));
    const term = this.term();
    this.useKeywords(keywords);
    const path = term?.kind === "var" ? [term] : term?.kind === "ref" ? term.parts : undefined;
    if (path === undefined) return this.fail(this.at, "expected path");
    const found = this.#checkPath(path, at);
    return found === undefined ? undefined : [{ kind: "import", import: found }];
  }

  #checkPath(path: readonly Term[], at: Location): Import | undefined {
    const wrong = path.slice(1).find((part) => part.kind !== "scalar" || typeof part.value !== "string");
    if (wrong !== undefined) return this.fail(wrong.at, `unexpected ${wrong.kind} token: expecting string`);
    const [head] = path;
    const root = head?.kind === "var" ? head.name : "";
    if (!ROOTS.has(root)) {
      this.hint("if this is unexpected, try updating OPA");
      return this.fail(head?.at ?? at, `unexpected import path, must begin with one of: {data, future, input, rego}, got: ${root}`);
    }
    const alias = this.#alias();
    if (alias === false) return undefined;
    const last = path.at(-1) as Term;
    const name = last.kind === "scalar" ? String(last.value) : "";
    if (alias === undefined && root !== "future" && this.#version !== "v0" && KEYWORDS_V1.has(name)) {
      this.hint("import a different path or use an alias");
      this.fail(last.at, `unexpected import path, must not end with a keyword, got: ${name}`);
    }
    const found: Import = { path, alias, at };
    if (root === "future") this.#future(found);
    if (root === "rego") this.#rego(found);
    return found;
  }

  /** The name behind `as`; undefined when there is none, false when it is wrong. */
  #alias(): string | undefined | false {
    if (!this.is("as")) return undefined;
    this.scan();
    const term = this.is("identifier") ? this.term() : undefined;
    if (term?.kind === "var") return term.name;
    this.illegal("expected var");
    return false;
  }

  #future({ path, alias, at }: Import): void {
    const [, group, word] = (dottedName(path) ?? "").split(".");
    const known = [...FUTURE_V0, ...FUTURE_V1];
    const problem =
      group !== "keywords"
        ? "invalid import, must be `future.keywords`"
        : alias !== undefined
          ? "`future` imports cannot be aliased"
          : word !== undefined && !known.includes(word)
            ? `unexpected keyword, must be one of [${known.toSorted().join(" ")}]`
            : undefined;
    if (problem !== undefined) {
      this.fail(path[0]?.at ?? at, problem);
      return;
    }
    // All at once are those that every version knows; `and` and `or` are asked for by name.
    const added = word === undefined ? FUTURE_V0 : word === "every" ? ["every", "in"] : [word === "not" ? "not-body" : word];
    this.useKeywords(new Set([...this.keywords, ...added]));
  }

  #rego({ path, alias, at }: Import): void {
    const problem = dottedName(path) !== "rego.v1" ? "invalid import, must be `rego.v1`" : alias === undefined ? undefined : "`rego` imports cannot be aliased";
    if (problem !== undefined) {
      this.fail(path[0]?.at ?? at, problem);
      return;
    }
    if (this.#version === "v0") this.#version = "v0-v1";
    this.useKeywords(new Set([...this.keywords, ...FUTURE_V0]));
  }

  #rule(): Statement[] | undefined {
    const { state, at } = this;
    const rules = this.rules();
    if (rules !== undefined) return rules.map((rule): Statement => ({ kind: "rule", rule }));
    if (this.complaints.length > 0) return undefined;
    this.restore(state);
    const body = this.query(true, "eof");
    return body === undefined ? undefined : [{ kind: "body", body, at }];
  }
}

function checkLength({ file, text }: Source): void {
  if (text.length <= REGO_TEXT_LENGTH_MAX) return;
  throw new DoterosError("limit-exceeded", `${file || "the query"} has ${text.length} characters, more than ${REGO_TEXT_LENGTH_MAX}`, {
    help: "split the module",
  });
}

/** Runs a parser; what is nested too deep has said so. */
function attempt<T>(parse: () => T, otherwise: T): T {
  try {
    return parse();
  } catch (error) {
    if (error instanceof TooNested) return otherwise;
    throw error;
  }
}

/** Parses a module. @throws PolicyError with every mistake that was found */
export function parseModule(source: Source, version: RegoVersion, isBuiltin: (name: string) => boolean): Module {
  checkLength(source);
  const parser = new ModuleParser(source, version);
  const statements = attempt(() => parser.statements(), []);
  if (parser.complaints.length > 0) throw new PolicyError(parser.issues());
  const [first] = statements;
  const start = { source, row: 1, col: 1, offset: 0 };
  if (first === undefined) throw new PolicyError([{ ...issueAt("rego_parse_error", start, "empty module"), line: [] }]);
  const issues: RegoIssue[] = [];
  if (first.kind !== "package") issues.push(issueAt("rego_parse_error", placeOf(first), "package expected"));
  const imports: Import[] = [];
  const rules: Rule[] = [];
  for (const statement of statements.slice(1)) {
    if (statement.kind === "package") issues.push(issueAt("rego_parse_error", statement.at, "unexpected package"));
    else if (statement.kind === "import") imports.push(statement.import);
    else if (statement.kind === "rule") rules.push(statement.rule);
    else {
      const rule = ruleOfBody(statement.body, isBuiltin);
      if (typeof rule === "string") issues.push(issueAt("rego_parse_error", statement.body[0]?.at ?? statement.at, rule));
      else rules.push(rule);
    }
  }
  if (parser.version !== "v0") issues.push(...rules.flatMap(strictIssues));
  if (issues.length > 0 || first.kind !== "package") throw new PolicyError(issues);
  return { path: first.path, packageAt: first.at, imports, rules, comments: parser.comments, version: parser.version };
}

function placeOf(statement: Statement): Location {
  if (statement.kind === "import") return statement.import.at;
  return statement.kind === "rule" ? statement.rule.at : statement.at;
}

/** What version 1 asks of each rule. */
function strictIssues(rule: Rule): RegoIssue[] {
  const { head, at } = rule;
  const what = head.args === undefined ? "rule" : "function";
  const [name] = head.ref;
  const messages: string[] = [];
  if (head.ref.length < 2 && name?.kind === "var" && KEYWORDS_V1.has(name.name)) messages.push(`${name.name} keyword cannot be used for rule name`);
  if (rule.generatedBody && head.generatedValue) messages.push(`${what} must have value assignment and/or body declaration`);
  if (!rule.generatedBody && !head.hasIf && !rule.isDefault) messages.push(`\`if\` keyword is required before ${what} body`);
  if (isMultiValue(head) && !head.hasContains) messages.push("`contains` keyword is required for partial set rules");
  const own = messages.map((message) => issueAt("rego_parse_error", at, message));
  return rule.otherwise === undefined ? own : [...own, ...strictIssues(rule.otherwise)];
}

/** Parses a query. @throws PolicyError with every mistake that was found */
export function parseQuery(text: string, version: RegoVersion, imports: readonly string[] = []): readonly Expr[] {
  const source = { file: "", text };
  checkLength(source);
  const parser = new ModuleParser(source, version);
  parser.useKeywords(new Set([...parser.keywords, ...imports]));
  const body = attempt(() => parser.wholeQuery(), []);
  if (parser.complaints.length > 0) throw new PolicyError(parser.issues());
  if (body.length === 0) throw new PolicyError([issueAt("rego_parse_error", undefined, "the query is empty")]);
  return body;
}
