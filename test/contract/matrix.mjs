// The table of all cases and runtimes, as text and back.
import { RUNTIMES } from "./runtimes.mjs";

const HEAD = `# What runs where

Each case of the contract suite on each runtime, as \`npm run matrix\` found it. Written by test/contract/main.mjs. In a browser a
case holds where it holds in a page and in a worker of that page; a store on disk, which browsers let no page open, in the worker.

`;
const SIGNS = { ok: "✓", failed: "✗", skipped: "–" };

/** What came of the suite on the runtimes, as a table; what was skipped has its reason below. */
export function matrixText(outcomes) {
  const [most = []] = outcomes.map(({ results = [] }) => results).sort((a, b) => b.length - a.length);
  const reasons = [];
  const noted = (reason) => {
    if (!reasons.includes(reason)) reasons.push(reason);
    return `<sup>${reasons.indexOf(reason) + 1}</sup>`;
  };
  const cell = ({ results, missing }, { part, name }) => {
    if (missing !== undefined) return `${SIGNS.skipped}${noted(missing)}`;
    const found = results?.find((result) => result.part === part && result.name === name);
    if (found === undefined) return "✗";
    return found.outcome === "skipped" ? `${SIGNS.skipped}${noted(found.reason)}` : SIGNS[found.outcome];
  };
  const heads = outcomes.map(({ id, version }) => [RUNTIMES[id].name.replace(/ \d+$/, ""), version].filter(Boolean).join(" "));
  const rows = most.map((result) => `| ${result.part}: ${escape(result.name)} | ${outcomes.map((outcome) => cell(outcome, result)).join(" | ")} |`);
  const counts = outcomes.map(({ results = [] }) => `${results.filter(({ outcome }) => outcome === "ok").length} of ${most.length}`);
  const lines = [`| | ${heads.join(" | ")} |`, `|---|${heads.map(() => ":---:|").join("")}`, ...rows, `| **hold** | ${counts.join(" | ")} |`];
  const notes = reasons.map((reason, at) => `${at + 1}. ${reason}\n`);
  return `${HEAD}${lines.join("\n")}\n${notes.length > 0 ? `\n${notes.join("")}` : ""}`;
}

/** Reads the table: the names of the cases, and what stands in the first column of runtimes, both in order. */
export function readMatrix(text) {
  const rows = text.split("\n").filter((line) => line.startsWith("| ") && !line.startsWith("| |") && !line.startsWith("| **"));
  return rows.map((row) => {
    const [, name = "", first = ""] = row.split(/(?<!\\)\|/).map((cell) => cell.trim());
    return { name: name.replaceAll("\\|", "|"), first: Object.keys(SIGNS).find((outcome) => first.startsWith(SIGNS[outcome])) };
  });
}

const escape = (text) => text.replaceAll("|", "\\|");
