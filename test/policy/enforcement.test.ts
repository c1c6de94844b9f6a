import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { POLICY_DECISIONS_REMEMBERED_MAX } from "../../host/contract/limits.ts";
import type { Guard, Operation, Policy } from "../../host/contract/policy.ts";
import { Enforcement } from "../../host/policy/enforcement.ts";
import { nodePlatform } from "../../host/platform/node/index.ts";
import { RecordedGuard } from "../../host/policy/recorded-guard.ts";
import { regoPolicy } from "../../host/policy/rego-policy.ts";

const CAPSULE = { name: "a", version: "0.1.0", digest: "0".repeat(64), labels: { team: "one" } };

/** A policy of these rules that counts how often it is asked. */
function counted(rules: string): Policy & { asked: number } {
  const policy = regoPolicy({ modules: { "a.rego": `package doteros\n${rules}` } }, nodePlatform);
  return {
    ...policy,
    asked: 0,
    decide(input) {
      this.asked += 1;
      return policy.decide(input);
    },
  };
}

/** A guard of a capsule, with a clock that goes on at each look. */
function guarded(policy: Policy): { enforcement: Enforcement; guard: Guard } {
  let time = 0n;
  const enforcement = new Enforcement(policy, () => (time += 1n));
  return { enforcement, guard: enforcement.guard(CAPSULE) };
}

describe("a decision is asked for", () => {
  it("once for each resource that goes into it", () => {
    const policy = counted('allow if input.resource.key != "x"');
    const { guard } = guarded(policy);
    const answers = ["a", "x", "a", "x", "b"].map((key) => guard.refusal("state.get", key));
    expect(answers).toEqual([undefined, "the policy does not allow state.get x", undefined, "the policy does not allow state.get x", undefined]);
    expect(policy.asked).toBe(3);
  });

  it("once for all resources when none goes into it", () => {
    const policy = counted('allow if input.capsule.labels.team == "one"\ndeny contains "no" if input.operation == "publish"');
    const { guard } = guarded(policy);
    for (const key of ["a", "b", "c"]) expect([guard.refusal("state.get", key), guard.refusal("publish", key)]).toEqual([undefined, "no"]);
    expect(policy.asked).toBe(2);
  });

  it("once for each message when the time goes into it", () => {
    const policy = counted("allow if input.context.time % 2 == 1");
    const { guard } = guarded(policy);
    const answers: (string | undefined)[] = [];
    for (let attempt = 0; attempt < 3; attempt += 1) {
      guard.begin();
      answers.push(guard.refusal("state.get", "a"));
      expect(guard.refusal("state.get", "a")).toBe(answers.at(-1));
    }
    expect(answers).toEqual([undefined, "the policy does not allow state.get a", undefined]);
    expect(policy.asked).toBe(3);
  });

  it("anew when the policy is another", () => {
    const { enforcement, guard } = guarded(counted("allow := true"));
    expect(guard.refusal("publish", "a")).toBeUndefined();
    enforcement.policy = counted('allow := true\ndeny contains "changed"');
    expect(guard.refusal("publish", "a")).toBe("changed");
    enforcement.policy = undefined;
    expect(guard.refusal("publish", "a")).toBeUndefined();
  });

  it("anew when too many were remembered", () => {
    const policy = counted("allow if input.resource.key");
    const { guard } = guarded(policy);
    for (let at = 0; at <= POLICY_DECISIONS_REMEMBERED_MAX; at += 1) guard.refusal("state.get", `k${at}`);
    guard.refusal("state.get", "k0");
    expect(policy.asked).toBe(POLICY_DECISIONS_REMEMBERED_MAX + 2);
  });

  it("never for what is too long", () => {
    const policy = counted("allow := true");
    const { guard } = guarded(policy);
    expect(guard.refusal("state.get", "a".repeat(10_000))).toContain("not asked about more");
    expect(policy.asked).toBe(0);
  });
});

const operations = fc.constantFrom<Operation>("state.get", "state.put", "state.delete", "state.scan", "series.append", "publish", "request", "log");
const questions = fc.array(fc.tuple(operations, fc.constantFrom("a", "b", "secret", "x.y"), fc.boolean()), { minLength: 1, maxLength: 60 });
const RULES = `
allow if input.operation in {"state.get", "log"}
allow if { input.operation == "state.put"; input.resource.key != "secret" }
allow if { input.operation == "state.scan"; input.resource.start < input.resource.end }
allow if { input.operation == "publish"; input.context.time % 3 != 0 }
deny contains sprintf("not %v", [input.resource.subject]) if startswith(input.resource.subject, "x")`;

describe("what is remembered", () => {
  it("is what the policy would say, and what a replay answers from the denials alone", () => {
    fc.assert(
      fc.property(questions, (asked) => {
        const policy = regoPolicy({ modules: { "a.rego": `package doteros\n${RULES}` } }, nodePlatform);
        let time = 0n;
        const remembering = new Enforcement(policy, () => time).guard(CAPSULE);
        const recorded = new RecordedGuard();
        let attempt: { operation: Operation; text: string; reason: string | undefined }[] = [];
        const check = (): void => {
          recorded.expect(attempt.flatMap(({ operation, text, reason }) => (reason === undefined ? [] : [{ operation, resource: text, reason }])));
          for (const { operation, text, reason } of attempt) expect(recorded.refusal(operation, text)).toBe(reason);
          attempt = [];
          time += 1n;
          remembering.begin();
        };
        for (const [operation, resource, ends] of asked) {
          const text = operation === "state.scan" ? JSON.stringify([resource, "b"]) : resource;
          const fresh = new Enforcement(policy, () => time).guard(CAPSULE);
          const reason = remembering.refusal(operation, text);
          expect(reason).toBe(fresh.refusal(operation, text));
          attempt.push({ operation, text, reason });
          if (ends) check();
        }
        check();
      }),
    );
  });
});
