import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { DecisionEvent } from "../../host/contract/decision.ts";
import { POLICY_MOMENTARY_DECISIONS_MAX } from "../../host/contract/limits.ts";
import type { Guard, PolicySource } from "../../host/contract/policy.ts";
import { nodePlatform } from "../../host/platform/node/index.ts";
import { DecisionLog } from "../../host/policy/decision-log.ts";
import { policyDigest } from "../../host/policy/digest.ts";
import { Enforcement } from "../../host/policy/enforcement.ts";
import { regoPolicy } from "../../host/policy/rego-policy.ts";
import { parseJson } from "../../host/policy/rego/value/json.ts";

const CAPSULE = { name: "a", version: "0.1.0", digest: "0".repeat(64), labels: { team: "one" } };
const TIME = 1_764_036_497_123_456_789n;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

interface Logged {
  readonly guard: Guard;
  readonly events: DecisionEvent[];
  readonly lines: string[];
  readonly reported: unknown[];
}

/** A guard whose decisions are written down. */
function logged(rules: string, tell?: () => void): Logged {
  const source: PolicySource = { modules: { "a.rego": `package doteros\n${rules}` } };
  return loggedOf(source, tell);
}

function loggedOf(source: PolicySource, tell?: () => void): Logged {
  const [events, lines, reported]: [DecisionEvent[], string[], unknown[]] = [[], [], []];
  const log = new DecisionLog({
    platform: nodePlatform,
    tell(event, line) {
      events.push(event);
      lines.push(line);
      tell?.();
    },
    report: (error) => reported.push(error),
  });
  return { guard: new Enforcement(regoPolicy(source, nodePlatform), () => TIME, log).guard(CAPSULE), events, lines, reported };
}

const masked = (mask: string, rules = "allow := true"): Logged =>
  loggedOf({ modules: { "a.rego": `package doteros\n${rules}`, "mask.rego": `package system.log\n${mask}` } });

describe("an event of the decision log", () => {
  it("has the shape of OPA's", () => {
    const { guard, events, lines } = logged('allow := true\ndeny contains "secrets stay" if input.resource.key == "secret"');
    expect([guard.refusal("state.get", "open"), guard.refusal("state.get", "secret")]).toEqual([undefined, "secrets stay"]);
    const [allowed, denied] = events;
    expect(allowed).toEqual({
      decision_id: expect.stringMatching(UUID) as string,
      timestamp: "2025-11-25T02:08:17.123456789Z",
      labels: { id: expect.stringMatching(UUID) as string },
      bundles: { policy: { revision: expect.stringMatching(/^[0-9a-f]{64}$/) as string } },
      path: "doteros",
      input: { capsule: CAPSULE, operation: "state.get", resource: { key: "open" }, context: { time: TIME } },
      result: { deny: [], allow: true },
      metrics: { timer_rego_query_eval_ns: expect.any(Number) as number },
    });
    expect(denied).toMatchObject({ result: { deny: ["secrets stay"] }, labels: allowed?.labels, bundles: allowed?.bundles });
    expect(denied?.result).not.toHaveProperty("allow");
    expect(denied?.decision_id).not.toBe(allowed?.decision_id);
    // The line is the event, and no digit of the time is lost.
    expect(lines[0]).toContain('"time":1764036497123456789');
    expect(lines.map(parseJson)).toEqual(events);
  });

  it("tells of what was remembered only that it was refused, once for each attempt, and without metrics", () => {
    const { guard, events } = logged('allow if input.resource.key != "x"');
    for (let attempt = 0; attempt < 3; attempt += 1) {
      guard.begin();
      for (const key of ["a", "x", "a", "x", "x"]) guard.refusal("state.get", key);
    }
    expect(events.map(({ input, metrics }) => [(input as { resource: { key: string } }).resource.key, metrics !== undefined])).toEqual([
      ["a", true],
      ["x", true],
      ["x", false],
      ["x", false],
    ]);
    expect(new Set(events.map(({ decision_id: id }) => id)).size).toBe(4);
    // Neither rule has a value: there is no `deny`, and `allow` is undefined.
    for (const { result } of events.slice(1)) expect(result).toEqual({});
  });

  it("tells each decision that the time went into, and each refusal of it once for each attempt", () => {
    const { guard, events } = logged("allow if input.context.time < 0");
    for (let attempt = 0; attempt < 2; attempt += 1) {
      guard.begin();
      for (let call = 0; call < 3; call += 1) guard.refusal("publish", "a");
    }
    expect(events.map(({ metrics }) => metrics !== undefined)).toEqual([true, true]);
  });

  it("tells what the policy was not asked, and why", () => {
    const { guard, events } = logged("allow if input.context.time > 0");
    guard.refusal("state.scan", JSON.stringify(["a".repeat(10_000)]));
    guard.refusal("state.get", "b".repeat(10_000));
    guard.refusal("state.get", "b".repeat(10_000));
    const error = { code: "limit-exceeded", message: "the policy is not asked about more than 6500 characters" };
    expect(events.map((event) => [event.error, event.result, event.metrics])).toEqual([[error, undefined, undefined], [error, undefined, undefined]]);
    expect(events[1]?.input).toMatchObject({ resource: { key: "b".repeat(6_500) } });
    for (let at = 0; at <= POLICY_MOMENTARY_DECISIONS_MAX; at += 1) guard.refusal("state.get", `k${at}`);
    expect(events.at(-1)?.error?.message).toContain("read the time for 1024 decisions");
  });

  it("tells a policy that fails", () => {
    const { guard, events } = logged("allow := input.operation\nallow := 1");
    expect(guard.refusal("publish", "a")).toContain("the policy failed: ");
    expect(events[0]?.error).toMatchObject({ code: "policy-failed", message: expect.stringContaining("conflict") as string });
    expect(events[0]).not.toHaveProperty("result");
  });

  it("does not come to harm by whoever is told", () => {
    const { guard, reported } = logged("allow := true", () => {
      throw new Error("no");
    });
    expect(guard.refusal("publish", "a")).toBeUndefined();
    expect(reported).toEqual([new Error("no")]);
  });
});

describe("the masks of a policy", () => {
  it("take things out of events, and put others in their place", () => {
    const { guard, events, lines } = masked(
      'mask contains "/input/resource/key" if input.input.operation == "state.get"\nmask contains {"op": "upsert", "path": "/input/capsule/labels/team", "value": "***"}\nmask contains "/input/nothing"\nmask contains {"op": "remove", "path": "/result/deny/0"}',
      'allow := true\ndeny contains "b is secret"\ndeny contains "c"',
    );
    expect(guard.refusal("state.get", "b")).toBe("b is secret; c");
    expect(events[0]).toMatchObject({
      input: { resource: {}, capsule: { name: "a", labels: { team: "***" } } },
      result: { deny: ["c"] },
      erased: ["/input/resource/key", "/result/deny/0"],
      masked: ["/input/capsule/labels/team"],
    });
    expect(Object.keys((events[0] as { input: { resource: object } }).input.resource)).toEqual([]);
    expect(lines[0]).not.toContain("secret");
    // The policy itself still sees what is masked.
    expect(CAPSULE.labels.team).toBe("one");
  });

  it("all go by the event as it was", () => {
    const { guard, events } = masked('mask contains "/result/deny/0"\nmask contains "/result/deny/1"', 'deny contains "a"\ndeny contains "b"\ndeny contains "c"');
    guard.refusal("publish", "x");
    expect(events[0]?.result).toEqual({ deny: ["c"] });
  });

  it("may take out all of it, and make what was not there", () => {
    const { guard, events } = masked('mask contains "/input"\nmask contains {"op": "upsert", "path": "/input/capsule/name", "value": "leak"}\nmask contains {"op": "upsert", "path": "/result/why/code", "value": 7}');
    guard.refusal("publish", "x");
    expect(events[0]).not.toHaveProperty("input");
    expect(events[0]).toMatchObject({ result: { allow: true, why: { code: 7 } }, erased: ["/input"], masked: ["/result/why/code"] });
  });

  it("read keys with ~0 and ~1", () => {
    const { guard, events } = masked('mask contains {"op": "upsert", "path": "/input/a~1b~0c", "value": 1}');
    guard.refusal("publish", "x");
    expect(events[0]?.input).toMatchObject({ "a/b~c": 1 });
  });

  it.each<[string, string]>([
    ["are no set", 'mask := "/input/resource"'],
    ["have a number among them", "mask contains 1"],
    ["have an operation that is none", 'mask contains {"op": "hide", "path": "/input"}'],
    ["have no operation", 'mask contains {"path": "/input"}'],
    ["have no path", 'mask contains {"op": "remove"}'],
    ["have a path to what may not be masked", 'mask contains "/labels/id"'],
    ["have a path without a slash", 'mask contains sprintf("input/%s", [input.input.resource.subject])'],
    ["contradict each other", 'mask := {"/input"} if input.path\nmask := {"/result"} if input.path'],
    ["never come to an end", 'mask contains "/input" if count([1 | numbers.range(1, 100000)[_]; numbers.range(1, 100000)[_]]) > 0'],
  ])("that %s hide everything", (_, mask) => {
    const { guard, events, lines } = masked(mask, 'deny contains sprintf("%s is secret", [input.resource.subject])');
    expect(guard.refusal("publish", "classified")).toBe("classified is secret");
    expect(events[0]).toMatchObject({ erased: ["/input", "/result"], error: { message: expect.stringContaining("data.system.log.mask failed") as string } });
    expect(lines[0]).not.toContain("classified");
    expect(lines[0]).toContain(`"revision":"`);
  });
});

describe("the version of a policy", () => {
  const digest = (modules: Record<string, string>, data?: unknown): string => policyDigest({ modules, data }, nodePlatform.sha256);

  it("is the SHA-256 of its modules and its data, whatever the files are called", () => {
    const text = '{"data":{"a":[1],"b":2},"modules":["package a","package b"]}';
    const wanted = createHash("sha256").update(text).digest("hex");
    expect(digest({ "x.rego": "package b", "y.rego": "package a" }, { b: 2, a: [1] })).toBe(wanted);
    expect(digest({ "1.rego": "package a", "2.rego": "package b" }, { a: [1], b: 2 })).toBe(wanted);
  });

  it("is another one when anything else changes", () => {
    const all = [digest({}), digest({}, { a: 1 }), digest({}, { a: 2 }), digest({ x: "package a" }), digest({ x: "package a\n" }), digest({ x: "package a", y: "package a" })];
    expect(new Set(all).size).toBe(all.length);
    expect(digest({}, {})).toBe(digest({}));
  });
});
