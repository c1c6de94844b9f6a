/**
 * The policy engine alone: Rego, the language of Open Policy Agent, evaluated from source, synchronously, in every runtime.
 *
 * @module
 */
import type { BuiltinFamily } from "./builtin/table.ts";
import { allBuiltins } from "./builtin/all.ts";
import { Policy, type PolicySource } from "./policy.ts";

export { DoterosError, type ErrorCode, type ErrorDetails } from "../../contract/error.ts";
export type { Answer } from "./answer.ts";
export { allBuiltins } from "./builtin/all.ts";
export { coreBuiltins } from "./builtin/core.ts";
export type { Builtin, BuiltinFamily } from "./builtin/table.ts";
export { EvaluationError, type EvaluationCode, type IssueCode, PolicyError, type RegoIssue } from "./issue.ts";
export type { Probe } from "./plan/instruction.ts";
export type { EvaluationOptions } from "./plan/runtime.ts";
export { Policy, type PolicySource } from "./policy.ts";
export { type Decision, type DecisionReads, PreparedQuery } from "./query.ts";
export { Coverage, type CoverageRange, type CoverageReport, type FileCoverage } from "./trace/coverage.ts";
export { explain, type Explanation } from "./trace/explain.ts";
export { Trace, type TraceEvent } from "./trace/trace.ts";
export { type Fields, RegoMap, RegoSet, type Value } from "./value/value.ts";

/**
 * Parses and checks a policy that may use the given builtins and no others. A bundle has only those in it.
 *
 * @throws PolicyError with every mistake that was found
 *
 * @example
 * ```ts
 * const policy = compilePolicyWith(coreBuiltins, { modules: { "a.rego": "package a\nn := count(input.list)" } });
 * policy.evaluate("data.a.n", { list: [1, 2] }); // 2
 * ```
 */
export function compilePolicyWith(builtins: readonly BuiltinFamily[], source: PolicySource): Policy {
  return new Policy(source, builtins);
}

/**
 * Parses and checks a policy, which may use all builtins.
 *
 * @throws PolicyError with every mistake that was found
 *
 * @example
 * ```ts
 * const policy = compilePolicy({ modules: { "app.rego": "package app\nallow if input.user == data.owner" }, data: { owner: "bob" } });
 * policy.evaluate("data.app.allow", { user: "bob" }); // true
 * ```
 */
export function compilePolicy(source: PolicySource): Policy {
  return new Policy(source, allBuiltins);
}
