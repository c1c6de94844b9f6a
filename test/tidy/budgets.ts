import type { Module } from "./module.ts";
import type { Tree } from "./tree.ts";

/** The budgets for host/, in lines. */
const BUDGET = { fileMedian: 120, fileP90: 300, functionP90: 40, functionMost: 70 } as const;

interface Sized {
  readonly where: string;
  readonly lines: number;
}

/** The budgets that are overdrawn, each with the files or functions that do it, longest first. */
export function overBudget(tree: Tree, modules: ReadonlyMap<string, Module>): string[] {
  const host = [...modules.values()].filter(({ path }) => path.startsWith("host/"));
  const files = host.map(({ path }) => ({ where: path, lines: countLines(tree.get(path) ?? "") }));
  const functions = host.flatMap(({ path, functions: own }) =>
    own.map(({ name, line, lines }) => ({ where: `${path}:${line} ${name}`, lines })),
  );
  return [
    ...over("median of files", files, 0.5, BUDGET.fileMedian),
    ...over("90th percentile of files", files, 0.9, BUDGET.fileP90),
    ...over("90th percentile of functions", functions, 0.9, BUDGET.functionP90),
    ...over("longest function", functions, 1, BUDGET.functionMost),
  ];
}

function countLines(text: string): number {
  return text.split("\n").length - (text.endsWith("\n") ? 1 : 0);
}

function over(what: string, items: readonly Sized[], share: number, budget: number): string[] {
  const actual = percentile(items.map(({ lines }) => lines), share);
  if (actual <= budget) return [];
  const offenders = items.filter(({ lines }) => lines > budget).sort((a, b) => b.lines - a.lines);
  const names = offenders.slice(0, 20).map(({ where, lines }) => `\n    ${lines} ${where}`);
  return [`${what}: ${actual} lines, budget ${budget}${names.join("")}`];
}

/** The smallest value that at least `share` of all do not exceed; 0 for none. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
}
