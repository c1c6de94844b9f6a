import type { Module } from "./module.ts";
import type { Tree } from "./tree.ts";

/** Names that say nothing about what is inside. */
const EMPTY_NAMES = new Set("util utils utility utilities helper helpers common manager misc shared stuff".split(" "));

/** A rule about text. The patterns are written so that none matches itself. */
interface TextRule {
  readonly what: string;
  readonly files: RegExp;
  readonly pattern: RegExp;
}

const CODE = /\.(?:ts|mts|js|mjs|sh)$|^\.ci\/run$/;
const PROSE = /\.(?:ts|mts|js|mjs|md|wit|ya?ml|json|sh)$|^\.ci\//;
const EVERYTHING = /^/;

const TEXT_RULES: readonly TextRule[] = [
  { what: "turns the type checker off", files: CODE, pattern: /@ts-(?:ignore|expect-error|nocheck)/ },
  { what: "turns the linter off", files: CODE, pattern: /(?:es|ox)lint-disable/ },
  {
    what: "leaves a test out",
    files: /^test\/.*\.test\.ts$/,
    pattern: /\b(?:it|test|describe|suite|bench|context|ctx)(?:\.\w+)*\.(?:skip|only|todo|skipIf|runIf|fails)\(/,
  },
  { what: "leaves work for later", files: EVERYTHING, pattern: /\b(?:TO[D]O|FIX[M]E|X[X]X)\b/ },
  {
    what: "names a path of one machine",
    files: EVERYTHING,
    pattern: /(?<![\w.~*)}-])\/(?:work|tmp|root|home|Users)(?=\/|["'`\s)])|\b[A-Z]:\\Users\b/,
  },
  {
    what: "says how the project is made",
    files: PROSE,
    pattern: new RegExp(
      [
        "cl[a]ude|chat ?gp[t]|anth[r]opic|open[a]i|cop[i]lot|\\bLL[M]s?\\b|language mode[l]s?",
        "\\bA[I][- ](?:agent|assistant|generated|written)|sub-?agen[t]s?\\b",
        "\\b(?:this|next|last|previous|earlier) sessio[n]\\b|\\b(?:my|your|system|user) promp[t]\\b",
      ].join("|"),
      "i",
    ),
  },
];

/** Files and folders with a name that says nothing. */
export function emptyNames(tree: Tree): string[] {
  return [...tree.keys()].flatMap((path) => {
    const words = path.replaceAll(/([a-z0-9])([A-Z])/g, "$1 $2").toLowerCase().split(/[^a-z0-9]+/);
    const banned = words.find((word) => EMPTY_NAMES.has(word));
    return banned === undefined ? [] : [`${path}: "${banned}" says nothing about what is inside`];
  });
}

/** Lines that hold what no file may hold. `hosts` are the package registries that must not be named. */
export function bannedText(tree: Tree, hosts: readonly string[]): string[] {
  const rules = [...TEXT_RULES, ...hosts.map(registryRule)];
  const faults: string[] = [];
  for (const [path, text] of tree) {
    const here = rules.filter(({ files, pattern }) => files.test(path) && pattern.test(text));
    if (here.length === 0) continue;
    for (const [index, line] of text.split("\n").entries()) {
      for (const { what, pattern } of here) if (pattern.test(line)) faults.push(`${path}:${index + 1}: ${what}: ${line.trim().slice(0, 100)}`);
    }
  }
  return faults;
}

/** Lines that use the type that switches checking off. Read from the syntax, so that comments may say the word. */
export function anyTypes(modules: ReadonlyMap<string, Module>): string[] {
  return [...modules.values()].flatMap(({ path, anys }) => anys.map((line) => `${path}:${line}: the type any`));
}

function registryRule(host: string): TextRule {
  return { what: "names a package registry", files: EVERYTHING, pattern: new RegExp(host.replaceAll(".", "\\.")) };
}
