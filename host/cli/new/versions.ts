import { readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { DoterosError } from "../../contract/error.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

interface Package {
  readonly name: string;
  readonly version: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

/**
 * The versions of packages that a new project depends on: of this one itself, and of tools those it is tested with. Where this
 * one was installed from a file, the project takes it from there, too.
 *
 * @param folder where the project will be
 */
export function versionsOf(names: readonly string[], folder: string): Record<string, string> {
  const own = packageIn(ROOT);
  return Object.fromEntries(
    names.map((name) => {
      const version = name === own?.name ? (fileOf(own.name, folder) ?? `^${own.version}`) : own?.devDependencies?.[name];
      if (version === undefined) throw new DoterosError("internal", `no version of ${name} is known`);
      return [name, version];
    }),
  );
}

/** The file that the project around this package installed it from, as a dependency of the new one. */
function fileOf(name: string, folder: string): string | undefined {
  const modules = dirname(ROOT);
  const around = packageIn(dirname(modules));
  const [, path] = /^file:(.*)$/u.exec(around?.dependencies?.[name] ?? around?.devDependencies?.[name] ?? "") ?? [];
  return path === undefined ? undefined : `file:${relative(folder, resolve(dirname(modules), path)).replaceAll("\\", "/")}`;
}

function packageIn(folder: string): Package | undefined {
  try {
    return JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Package;
  } catch {
    return undefined;
  }
}
