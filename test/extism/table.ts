import { CASES, MISSING } from "./cases.ts";

const HEAD = `# Plugins of Extism

What became of the plugins that Extism's makers test their own hosts with, from the folder \`wasm/\` of extism/extism and of extism/js-sdk
(a name that stands in both has one row). Written by \`DOTEROS_EXTISM=folder:folder DOTEROS_EXTISM_TABLE=1 npm test -- test/extism\`, which
runs all of it; the plugins are no part of this project. "Runs" means: it answers what its makers' tests expect, or is refused as they
expect it.

| plugin | function | what it shows | here |
|---|---|---|---|
`;

/**
 * The table of what became of plugins whose cases passed.
 *
 * @param files the names of those that were tried, one for each place that it stands in
 */
export function pluginTable(files: readonly string[]): string {
  const names = [...new Set(files)].sort();
  const rows = names.flatMap((name) => {
    const missing = MISSING[name];
    if (missing !== undefined) return [`| ${name} | | | ${missing} |`];
    return CASES.filter(({ file }) => file === name).map(({ call, shows, lacks, refused }) => {
      const became = lacks === undefined ? (refused === undefined ? "runs" : `refused: \`${refused}\``) : `runs, and lacks ${lacks}`;
      return `| ${name} | \`${call}\` | ${shows} | ${became} |`;
    });
  });
  const without = new Set(names.filter((name) => MISSING[name] !== undefined || CASES.some(({ file, lacks }) => file === name && lacks !== undefined)));
  const whole = files.filter((name) => !without.has(name)).length;
  return `${HEAD}${rows.join("\n")}\n\n${files.length} files: ${whole} do all that their makers' tests want; ${files.length - whole} lack something, as the table says.\n`;
}
