import type { Tree } from "./tree.ts";

const PLACES = "package.json package-lock.json tsconfig.json host capsules-as wit sdk benchmarks browser-demo test docs";
const PAPERS = "README.md LICENSE CHANGELOG.md";
const ALLOWED = new Set([...PLACES.split(" "), ...PAPERS.split(" ")]);

/** What lies at the top of the project and does not belong there. */
export function strays(tree: Tree): string[] {
  const names = new Set([...tree.keys()].map((path) => path.split("/", 1)[0] ?? path));
  return [...names].filter((name) => !name.startsWith(".") && !ALLOWED.has(name)).map((name) => `${name}: not at the top level`);
}
