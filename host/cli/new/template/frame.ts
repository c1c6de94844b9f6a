import type { Language, Plan } from "../plan.ts";
import { versionsOf } from "../versions.ts";

/** What the tools of each language are. */
const TOOLS: Readonly<Record<Language, readonly string[]>> = {
  typescript: ["componentize-qjs", "rolldown", "typescript"],
  javascript: ["componentize-qjs", "rolldown"],
  assemblyscript: ["@bytecodealliance/jco", "assemblyscript"],
};

const SCRIPT_CONFIG = {
  compilerOptions: {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    target: "es2023",
    lib: ["es2023"],
    module: "esnext",
    moduleResolution: "bundler",
    allowImportingTsExtensions: true,
    types: [],
  },
  include: ["src"],
};

/** The file in which a capsule of a language begins. */
export function sourceFile(language: Language): string {
  return language === "assemblyscript" ? "assembly/index.ts" : `src/index.${language === "typescript" ? "ts" : "js"}`;
}

/** What every project has beside its sources: package.json, the compiler's settings, .gitignore. */
export function frameFiles({ folder, name, language }: Plan, { build, start }: { readonly build: string; readonly start: string }): Record<string, string> {
  const scripts = { build, test: "npm run build && node --test", start: `npm run build && ${start}` };
  const tools = ["doteros-wasm", ...TOOLS[language]].sort();
  const manifest = { name, version: "1.0.0", private: true, type: "module", scripts, devDependencies: versionsOf(tools, folder) };
  return {
    "package.json": json(manifest),
    ...(language === "typescript" ? { "tsconfig.json": json(SCRIPT_CONFIG) } : {}),
    ...(language === "assemblyscript" ? { "tsconfig.json": json({ extends: "assemblyscript/std/assembly.json", include: ["assembly/**/*.ts"] }) } : {}),
    ".gitignore": ["node_modules/", "*.wasm", ...(language === "assemblyscript" ? ["assembly/bindings/"] : []), ""].join("\n"),
  };
}

function json(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
