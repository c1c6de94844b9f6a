import type { CheckedRule, RuleTree } from "../check/rule-tree.ts";
import { endOf, type Location } from "../source.ts";
import type { Expr, Rule, Term } from "../syntax/ast.ts";
import { bodiesInTerm, walkExprs } from "../syntax/walk.ts";
import { EvaluationProbe } from "./probe.ts";

/** A part of a module's text: a rule's head or an expression. Lines and columns from 1; the end is behind it. */
export interface CoverageRange {
  readonly start: { readonly row: number; readonly col: number };
  readonly end: { readonly row: number; readonly col: number };
}

/** How many lines with rules and expressions were reached; a line that was in part counts as both. */
interface LineCount {
  readonly covered_lines: number;
  readonly not_covered_lines: number;
  /** The share of lines that were reached, in percent; 100 where there is nothing to reach. */
  readonly coverage: number;
}

/** What of a module was reached. */
export interface FileCoverage extends LineCount {
  readonly covered: readonly CoverageRange[];
  readonly not_covered: readonly CoverageRange[];
}

/** What of a policy was reached, in the shape that Open Policy Agent reports. */
export interface CoverageReport extends LineCount {
  readonly files: Readonly<Record<string, FileCoverage>>;
}

/** A rule's head or an expression, and whether it was reached. */
interface Part extends CoverageRange {
  reached: boolean;
}

/**
 * Notes what evaluations of a policy reach: heads of rules that had a value, and expressions that were evaluated. For one
 * policy, over all its evaluations.
 *
 * @example
 * ```ts
 * const coverage = new Coverage();
 * const policy = compilePolicy({ modules: { "a.rego": "package a\nallow if input.admin\ndeny if input.late" }, probe: coverage });
 * policy.evaluate("data.a.allow", { admin: true }); // true
 * coverage.report().coverage; // 50
 * coverage.report().files["a.rego"].not_covered.map(({ start }) => start.row); // [3, 3]
 * ```
 */
export class Coverage extends EvaluationProbe {
  /** The parts of each module, by where they are: a rule that was put in order is not the same object any more. */
  readonly #files = new Map<string, Map<string, Part>>();

  /** @internal */
  override begin(tree: RuleTree): void {
    for (const { rules } of tree.nodes()) for (const rule of rules) this.#addRule(rule);
  }

  /** What was reached so far. */
  report(): CoverageReport {
    const files = [...this.#files].sort(([a], [b]) => (a < b ? -1 : 1)).map(([file, parts]) => [file, [...parts.values()]] as const);
    return { files: Object.fromEntries(files.map(([file, parts]) => [file, fileCoverage(parts)])), ...counted(files.map(([, parts]) => parts)) };
  }

  protected override exits({ head }: CheckedRule): void {
    this.#reach(head.at, head.end);
  }

  protected override evaluates({ at, end }: Expr): void {
    this.#reach(at, end);
  }

  #addRule(rule: Rule & { readonly dynamic?: readonly Term[] }): void {
    const { head, body, otherwise } = rule;
    this.#add(head.at, head.end);
    const heads = [head.key, head.value, ...(rule.dynamic ?? [])].filter((term) => term !== undefined);
    for (const exprs of [body, ...heads.flatMap(bodiesInTerm)]) {
      walkExprs(exprs, ({ at, end }) => {
        if (end > at.offset) this.#add(at, end);
      });
    }
    if (otherwise !== undefined) this.#addRule(otherwise);
  }

  #add(at: Location, end: number): void {
    const { file } = at.source;
    let parts = this.#files.get(file);
    if (parts === undefined) this.#files.set(file, (parts = new Map<string, Part>()));
    parts.set(keyOf(at, end), { start: { row: at.row, col: at.col }, end: endOf(at, end), reached: false });
  }

  #reach(at: Location, end: number): void {
    const part = this.#files.get(at.source.file)?.get(keyOf(at, end));
    if (part !== undefined) part.reached = true;
  }
}

const keyOf = ({ offset }: Location, end: number): string => `${offset} ${end}`;

function fileCoverage(parts: readonly Part[]): FileCoverage {
  const sorted = parts.toSorted((a, b) => a.start.row - b.start.row || a.start.col - b.start.col);
  const ranges = (reached: boolean): CoverageRange[] => sorted.filter((part) => part.reached === reached).map(({ start, end }) => ({ start, end }));
  return { covered: ranges(true), not_covered: ranges(false), ...counted([parts]) };
}

/** The lines of modules, counted. */
function counted(files: readonly (readonly Part[])[]): LineCount {
  const lines = (reached: boolean): number => files.reduce((sum, parts) => sum + linesOf(parts.filter((part) => part.reached === reached)), 0);
  const [covered, missed] = [lines(true), lines(false)];
  const all = covered + missed;
  return { covered_lines: covered, not_covered_lines: missed, coverage: all === 0 ? 100 : (100 * covered) / all };
}

function linesOf(parts: readonly CoverageRange[]): number {
  const rows = new Set<number>();
  for (const { start, end } of parts) for (let { row } = start; row <= end.row; row += 1) rows.add(row);
  return rows.size;
}
