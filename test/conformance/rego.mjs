// Runs OPA's own cases against the policy engine.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { compilePolicy, EvaluationError } from "doteros-wasm/rego";
import { parseDocument } from "yaml";

/** What would need a network. */
const NEEDS_NETWORK = /\b(?:net\.lookup_ip_addr|http\.send)\b/;

/** The files with cases below a folder. @param {string} folder @returns {string[]} */
function filesBelow(folder) {
  if (statSync(folder).isFile()) return [folder];
  return readdirSync(folder)
    .sort()
    .flatMap((name) => filesBelow(join(folder, name)))
    .filter((name) => /\.(?:ya?ml|json)$/.test(name));
}

/** Whole numbers that a double has are numbers, as the engine's are. */
function plain(value) {
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
}

/** What may differ in order is brought into one. */
function sorted(value) {
  const text = (item) => JSON.stringify(item, (_key, part) => (typeof part === "bigint" ? `${part}n` : part));
  if (!Array.isArray(value)) return value;
  return value.map(sorted).sort((a, b) => (text(a) < text(b) ? -1 : 1));
}

function normal(results, { sort_bindings: sorts, ignore_generated_vars: ignores }) {
  const bindings = results.map((result) => {
    const kept = Object.entries(result).filter(([name]) => ignores !== true || !name.startsWith("__localq"));
    return Object.fromEntries(kept.sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, value]) => [name, sorts === true ? sorted(value) : value]));
  });
  return sorted(bindings);
}

function run(test) {
  const modules = Object.fromEntries((test.modules ?? []).map((text, at) => [`test-${at}.rego`, text]));
  const policy = compilePolicy({ modules, data: test.data ?? {}, strict: test.strict_error === true });
  const query = test.input_term === undefined ? test.query : `${test.query} with input as ${test.input_term}`;
  return policy.query(query, test.input);
}

/** Why a case does not hold; undefined when it does. */
function fault(test) {
  const wantsError = test.want_error_code !== undefined || test.want_error !== undefined;
  let results;
  try {
    results = run(test);
  } catch (error) {
    const code = error instanceof EvaluationError ? error.reason : (error.issues?.[0]?.code ?? error.code ?? error.name);
    if (!wantsError) return `${error.message ?? error}`;
    if (test.want_error_code !== undefined && code !== test.want_error_code) return `expected ${test.want_error_code}, found ${error.message}`;
    if (test.want_error !== undefined && !error.message.includes(test.want_error)) return `expected "${test.want_error}", found ${error.message}`;
    return undefined;
  }
  if (wantsError) return `expected the error ${test.want_error_code ?? test.want_error}, found ${show(results)}`;
  const actual = normal(results, test);
  const wanted = normal(plain(test.want_result ?? []), test);
  return isDeepStrictEqual(actual, wanted) ? undefined : `expected ${show(wanted)}, found ${show(actual)}`;
}

function show(value) {
  return JSON.stringify(value, (_key, part) => (typeof part === "bigint" ? `${part}n` : part));
}

/**
 * Runs all cases below a folder.
 *
 * @param {string} folder
 * @returns {{ pass: number, fail: { name: string, why: string }[], skipped: { name: string, why: string }[] }}
 */
export function runCases(folder) {
  const result = { pass: 0, fail: [], skipped: [] };
  for (const file of filesBelow(folder)) {
    const { cases } = parseDocument(readFileSync(file, "utf8"), { version: "1.2", intAsBigInt: true }).toJS();
    for (const [ordinal, raw] of cases.entries()) {
      const test = { ...raw, data: plain(raw.data), ...("input" in raw ? { input: plain(raw.input) } : {}) };
      const name = `${relative(folder, file)} ${ordinal + 1}: ${test.note}`;
      if (NEEDS_NETWORK.test(`${test.query} ${(test.modules ?? []).join("\n")}`)) {
        result.skipped.push({ name, why: "it needs a network" });
        continue;
      }
      const why = fault(test);
      if (why === undefined) result.pass += 1;
      else result.fail.push({ name, why });
    }
  }
  return result;
}
