import { readFileSync } from "node:fs";
import { DoterosError } from "../../contract/error.ts";

interface Package {
  readonly version: string;
  readonly devDependencies: Readonly<Record<string, string>>;
}

/** The versions of packages that a new project depends on: of this one itself, and of tools those it is tested with. */
export function versionsOf(names: readonly string[]): Record<string, string> {
  const own = JSON.parse(readFileSync(new URL("../../../package.json", import.meta.url), "utf8")) as Package;
  return Object.fromEntries(
    names.map((name) => {
      const version = name === "doteros-wasm" ? `^${own.version}` : own.devDependencies[name];
      if (version === undefined) throw new DoterosError("internal", `no version of ${name} is known`);
      return [name, version];
    }),
  );
}
