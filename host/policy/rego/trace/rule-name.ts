import type { CheckedRule } from "../check/rule-tree.ts";

/** A rule as refs name it: `data.app.allow`. */
export function ruleName({ prefix }: CheckedRule): string {
  return `data${prefix.map((part) => (/^[A-Za-z_]\w*$/.test(String(part)) ? `.${String(part)}` : `[${JSON.stringify(part)}]`)).join("")}`;
}
