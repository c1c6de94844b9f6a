import { printable } from "../printable.ts";
import { type LedgerUsage, total, USAGE_NAMES } from "./ledger-usage.ts";

const HEAD = ["tenant", "capsule", "messages", "handled", "failures", "fuel", "received", "sent", "sent bytes"];
/** Columns of words; the others are numbers, which end at the same place. */
const WORDS = 2;
/** How a tenant is shown that is none. */
const NOBODY = "-";

/** A table for people: for each tenant its capsules, and all of them together where there are several. */
export function usageTable(usages: readonly LedgerUsage[]): string {
  if (usages.length === 0) return "nothing was used";
  const rows = [HEAD];
  for (const [tenant, own] of byTenant(usages)) {
    for (const usage of own) rows.push(row(tenant ?? NOBODY, usage.capsule, usage));
    if (own.length > 1) rows.push(row(tenant ?? NOBODY, "all", total(own)));
  }
  const widths = HEAD.map((_, column) => Math.max(...rows.map((cells) => cells[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string => cells.map((cell, column) => (column < WORDS ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))).join("  ");
  return rows.map((cells) => line(cells).trimEnd()).join("\n");
}

function row(tenant: string, capsule: string, usage: ReturnType<typeof total>): string[] {
  return [printable(tenant), printable(capsule), ...USAGE_NAMES.map((name) => usage[name].toLocaleString("en-US"))];
}

/** A row for each capsule, with a row of names before them (RFC 4180). */
export function usageCsv(usages: readonly LedgerUsage[]): string {
  const rows = [["tenant", "capsule", ...USAGE_NAMES], ...usages.map((usage) => [usage.tenant ?? "", usage.capsule, ...USAGE_NAMES.map((name) => String(usage[name]))])];
  return rows.map((cells) => cells.map(csvCell).join(",")).join("\n");
}

function csvCell(text: string): string {
  const safe = printable(text);
  return /[",]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** An object for each capsule, then one for each tenant. */
export function usageJson(usages: readonly LedgerUsage[]): string[] {
  const objects = [
    ...usages.map((usage) => ({ type: "capsule", ...usage, tenant: usage.tenant ?? null })),
    ...Array.from(byTenant(usages), ([tenant, own]) => ({ type: "tenant", tenant: tenant ?? null, capsules: own.length, ...total(own) })),
  ];
  return objects.map((object) => printable(JSON.stringify(object)));
}

function byTenant(usages: readonly LedgerUsage[]): Map<string | undefined, LedgerUsage[]> {
  const tenants = new Map<string | undefined, LedgerUsage[]>();
  for (const usage of usages) {
    const known = tenants.get(usage.tenant);
    if (known === undefined) tenants.set(usage.tenant, [usage]);
    else known.push(usage);
  }
  return tenants;
}
