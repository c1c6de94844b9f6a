import type { Value } from "../value/value.ts";

/** A path in data as refs write it: `data.app.allow`. */
export function dataPath(path: readonly Value[]): string {
  return `data${path.map((part) => (typeof part === "string" && /^[A-Za-z_]\w*$/.test(part) ? `.${part}` : `[${JSON.stringify(part)}]`)).join("")}`;
}
