import type { CoverageRange, CoverageReport } from "../../policy/rego/index.ts";

/** What the line for all modules begins with. */
const ALL = "all";

/** What was reached, a line for each module and one for all, with the lines where something was not. */
export function coverageText({ files, coverage }: CoverageReport): string[] {
  const width = Math.max(ALL.length, ...Object.keys(files).map((file) => file.length));
  const line = (name: string, share: number): string => `${name.padEnd(width)}  ${percent(share).padStart(8)}`;
  const modules = Object.entries(files).map(([file, one]) => {
    const missed = one.not_covered.length === 0 ? "" : `  not reached: ${lineText(one.not_covered)}`;
    return line(file, one.coverage) + missed;
  });
  return [...modules, line(ALL, coverage)];
}

/** A share as people read it: never 100 when something is missing. */
export function percent(share: number): string {
  return `${(share < 100 ? Math.min(share, 99.99) : share).toFixed(2)} %`;
}

/** The lines of ranges, those in a row together: `3, 7-9`. */
function lineText(ranges: readonly CoverageRange[]): string {
  const rows = new Set<number>();
  for (const { start, end } of ranges) for (let { row } = start; row <= end.row; row += 1) rows.add(row);
  const groups: [first: number, last: number][] = [];
  for (const row of [...rows].sort((a, b) => a - b)) {
    const group = groups.at(-1);
    if (group !== undefined && group[1] === row - 1) group[1] = row;
    else groups.push([row, row]);
  }
  return groups.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)).join(", ");
}
