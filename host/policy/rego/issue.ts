import { DoterosError } from "../../contract/error.ts";
import { lineAt, type Location, placeOf } from "./source.ts";

/** What kind of mistake was found in a policy, by OPA's names. */
export type IssueCode = "rego_parse_error" | "rego_compile_error" | "rego_type_error" | "rego_unsafe_var_error" | "rego_recursion_error";

/** One mistake in the text of a policy or a query. */
export interface RegoIssue {
  readonly code: IssueCode;
  readonly message: string;
  /** The name of the module; empty in a query. */
  readonly file: string;
  /** The line, from 1; 0 when the mistake has no place. */
  readonly row: number;
  /** The column, from 1, in code points; 0 when the mistake has no place. */
  readonly col: number;
  /** More about it, a line each: what was given and what was wanted. */
  readonly details: readonly string[];
  /** The line of the source and, below it, a caret at the place. */
  readonly line: readonly string[];
}

/** Makes a {@link RegoIssue} of a place. */
export function issueAt(code: IssueCode, at: Location | undefined, message: string, details: readonly string[] = []): RegoIssue {
  if (at === undefined) return { code, message, file: "", row: 0, col: 0, details, line: [] };
  return { code, message, file: at.source.file, row: at.row, col: at.col, details, line: lineAt(at) };
}

/** An issue as OPA writes it: the place, the code, the message, and details or the line with a caret under it. */
function issueText({ code, message, file, row, col, details, line }: RegoIssue): string {
  const place = row === 0 ? "" : file === "" ? `${row}:${col}: ` : `${file}:${row}: `;
  return [`${place}${code}: ${message}`, ...details, ...line].join("\n\t");
}

function textOf(issues: readonly RegoIssue[]): string {
  const texts = issues.map(issueText);
  return issues.length === 1 ? `1 error occurred: ${texts[0]}` : `${issues.length} errors occurred:\n${texts.join("\n")}`;
}

/**
 * A policy or a query that cannot be used, with everything that is wrong with it.
 *
 * @example
 * ```ts
 * const issue = { code: "rego_parse_error", message: "empty module", file: "a.rego", row: 1, col: 1, details: [], line: [] } as const;
 * new PolicyError([issue]).message; // "1 error occurred: a.rego:1: rego_parse_error: empty module"
 * ```
 */
export class PolicyError extends DoterosError {
  readonly issues: readonly RegoIssue[];

  constructor(issues: readonly RegoIssue[]) {
    const [first] = issues;
    const where = first === undefined || first.row === 0 ? {} : { where: `${first.file || "query"}:${first.row}:${first.col}` };
    super("invalid-policy", textOf(issues), { help: "correct the policy at the places that are named", ...where });
    this.issues = issues;
  }

  override get name(): string {
    return "PolicyError";
  }
}

/** How an evaluation failed, by OPA's names. */
export type EvaluationCode = "eval_conflict_error" | "eval_type_error" | "eval_builtin_error" | "eval_with_merge_error" | "eval_internal_error";

/** An evaluation that came to no answer: what the policy says contradicts itself, or, in strict mode, a builtin failed. */
export class EvaluationError extends DoterosError {
  readonly reason: EvaluationCode;

  constructor(reason: EvaluationCode, at: Location | undefined, message: string) {
    const where = at === undefined ? "" : placeOf(at);
    super("policy-failed", `${where}${where === "" ? "" : ": "}${reason}: ${message}`, where === "" ? {} : { where });
    this.reason = reason;
  }

  override get name(): string {
    return "EvaluationError";
  }
}
