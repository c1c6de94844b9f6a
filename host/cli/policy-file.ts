import { DoterosError } from "../contract/error.ts";
import { POLICY_DATA_BYTES_MAX, REGO_TEXT_LENGTH_MAX } from "../contract/limits.ts";
import type { PolicySource } from "../contract/policy.ts";
import { compilePolicy, type Policy, PolicyError, type PolicySource as RegoSource, type RegoIssue } from "../policy/rego/index.ts";
import { parseJson } from "../policy/rego/value/json.ts";
import { readBytes } from "./file.ts";

/** UTF-8 has three bytes at most for a UTF-16 code unit. */
const MODULE_BYTES_MAX = 3 * REGO_TEXT_LENGTH_MAX;

/**
 * The policy in files: modules in Rego, and data in JSON.
 *
 * @throws DoterosError `unreadable-input`, `limit-exceeded`; `invalid-policy` with every mistake, its line and a caret
 */
export async function readPolicy(files: readonly string[], dataFile: string | undefined): Promise<PolicySource> {
  const modules = await readModules(files);
  const source = dataFile === undefined ? { modules } : { modules, data: await readJson(dataFile, "the data") };
  compile(source);
  return source;
}

/** The texts of modules, by their files' names. @throws DoterosError `unreadable-input`, `limit-exceeded` */
export async function readModules(files: readonly string[]): Promise<Record<string, string>> {
  const read = async (file: string): Promise<[string, string]> => [file, Buffer.from(await readBytes(file, "the policy", MODULE_BYTES_MAX)).toString("utf8")];
  return Object.fromEntries(await Promise.all(files.map(read)));
}

/** A document. @throws DoterosError `unreadable-input`, `limit-exceeded`, `invalid-json` */
export async function readJson(file: string, what: string): Promise<unknown> {
  const text = Buffer.from(await readBytes(file, what, POLICY_DATA_BYTES_MAX)).toString("utf8");
  try {
    return parseJson(text);
  } catch (error) {
    throw new DoterosError("invalid-json", `${what} is not JSON: ${error instanceof Error ? error.message : String(error)}`, { where: file, cause: error });
  }
}

/** A policy made ready. @throws DoterosError `invalid-policy` with every mistake, its line and a caret */
export function compile(source: RegoSource): Policy {
  return told(() => compilePolicy(source));
}

/** What `work` answers; its mistakes in Rego as people read them. @throws DoterosError `invalid-policy` */
export function told<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    const { issues, help, where } = error;
    const texts = issues.map(issueText);
    const message = issues.length === 1 ? texts.join("") : `${issues.length} mistakes in the policy:\n${texts.join("\n")}`;
    throw new DoterosError("invalid-policy", message, { cause: error, ...(help === undefined ? {} : { help }), ...(where === undefined ? {} : { where }) });
  }
}

function issueText({ code, message, file, row, col, details, line }: RegoIssue): string {
  const place = row === 0 ? "" : `${file === "" ? "query" : file}:${row}:${col}: `;
  return [`${place}${code}: ${message}`, ...details, ...line].join("\n");
}
