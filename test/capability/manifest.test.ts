import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { deriveManifest } from "../../host/capability/asked-for.ts";
import { parseManifest } from "../../host/capability/manifest.ts";
import { DoterosError } from "../../host/contract/error.ts";

const problemsOf = (value: unknown): string => {
  try {
    parseManifest(value);
  } catch (error) {
    if (error instanceof DoterosError && error.code === "invalid-manifest") return error.message;
  }
  throw new Error("it is a manifest");
};

const MINIMAL = { name: "counter", version: "0.1.0" };

describe("a manifest", () => {
  it("needs no more than a name and a version", () => {
    expect(parseManifest(MINIMAL)).toEqual({ ...MINIMAL, capabilities: {}, subscriptions: [] });
  });

  it("keeps everything it says", () => {
    const whole = {
      name: "weather-2_b",
      version: "1.2.3-rc.1+build",
      capabilities: { state: true, publish: ["alerts.>"], request: ["svc.*"], log: true, context: true },
      subscriptions: ["readings.>", "ticks"],
      retry: { attempts: 5, backoffMilliseconds: 250 },
      limits: { rates: [{ subjects: "alerts.>", perSecond: 0.5, burst: 3 }, { subjects: "svc.*", perSecond: 10 }], breaker: { failures: 5, of: 10, openMilliseconds: 30_000 } },
      config: { limit: "30", __proto__x: "" },
      labels: { team: "ops" },
    };
    expect(parseManifest(whole)).toEqual(whole);
    expect(parseManifest(parseManifest(whole))).toEqual(whole);
  });

  it.each(["weather", "counter"])("is what the capsule %s has", (name) => {
    const file = join(import.meta.dirname, "..", "..", "capsules-as", name, "capsule.yaml");
    expect(parseManifest(parse(readFileSync(file, "utf8"))).name).toBe(name);
  });

  it.each<[unknown, RegExp]>([
    [null, /it must be a table of names and values, not null/],
    ["text", /it must be a table of names and values, not text/],
    [[], /it must be a table of names and values, not a list/],
    [{ version: "1.0.0" }, /name is missing/],
    [{ ...MINIMAL, name: "a.b" }, /name must be 1 to 64 letters, digits, - or _, not "a\.b"/],
    [{ ...MINIMAL, name: "x".repeat(65) }, /name must be 1 to 64/],
    [{ ...MINIMAL, version: 1.2 }, /version must be text, not a number/],
    [{ ...MINIMAL, version: "1.2" }, /version must be three numbers, such as 0\.1\.0, not "1\.2"/],
    [{ ...MINIMAL, capability: {} }, /capability is not known; did you mean capabilities\?/],
    [{ ...MINIMAL, capabilities: { stat: true } }, /capabilities\.stat is not known; did you mean state\?/],
    [{ ...MINIMAL, capabilities: { network: true } }, /capabilities\.network is not known; there is state, publish, request, log, context/],
    [{ ...MINIMAL, capabilities: { state: false } }, /capabilities\.state must be true, or be left out, not false/],
    [{ ...MINIMAL, capabilities: { log: "yes" } }, /capabilities\.log must be true, or be left out, not text/],
    [{ ...MINIMAL, capabilities: { publish: "a.>" } }, /capabilities\.publish must be a list, not text/],
    [{ ...MINIMAL, capabilities: { publish: ["a", "b..c"] } }, /capabilities\.publish\[1\] is a pattern that has an empty token/],
    [{ ...MINIMAL, capabilities: { request: [3] } }, /capabilities\.request\[0\] must be text, not a number/],
    [{ ...MINIMAL, subscriptions: [">.a"] }, /subscriptions\[0\] is a pattern that has > before its last token/],
    [{ ...MINIMAL, subscriptions: new Array(1_025).fill("a") }, /subscriptions has more than 1024 entries/],
    [{ ...MINIMAL, retry: { attempts: 0 } }, /retry\.attempts must be a whole number from 1 to 100, not 0/],
    [{ ...MINIMAL, retry: { attempts: 1.5 } }, /retry\.attempts must be a whole number from 1 to 100, not 1\.5/],
    [{ ...MINIMAL, retry: {} }, /retry\.attempts is missing/],
    [{ ...MINIMAL, retry: { attempts: 2, backoff: 1 } }, /retry\.backoff is not known/],
    [{ ...MINIMAL, retry: { attempts: 2, backoffMilliseconds: -1 } }, /retry\.backoffMilliseconds must be a whole number/],
    [{ ...MINIMAL, limits: { rate: [] } }, /limits\.rate is not known; did you mean rates\?/],
    [{ ...MINIMAL, limits: { rates: {} } }, /limits\.rates must be a list, not a table/],
    [{ ...MINIMAL, limits: { rates: Array.from({ length: 65 }, () => ({ subjects: "a", perSecond: 1 })) } }, /limits\.rates has more than 64 entries/],
    [{ ...MINIMAL, limits: { rates: [{ perSecond: 1 }] } }, /limits\.rates\[0\]\.subjects is missing/],
    [{ ...MINIMAL, limits: { rates: [{ subjects: "a..b", perSecond: 1 }] } }, /limits\.rates\[0\]\.subjects is a pattern that has an empty token/],
    [{ ...MINIMAL, limits: { rates: [{ subjects: "a" }] } }, /limits\.rates\[0\]\.perSecond is missing/],
    [{ ...MINIMAL, limits: { rates: [{ subjects: "a", perSecond: 0 }] } }, /perSecond must be a number from 0\.00001 to 1000000, not 0/],
    [{ ...MINIMAL, limits: { rates: [{ subjects: "a", perSecond: Number.NaN }] } }, /perSecond must be a number from .*, not NaN/],
    [{ ...MINIMAL, limits: { rates: [{ subjects: "a", perSecond: "1" }] } }, /perSecond must be a number from .*, not text/],
    [{ ...MINIMAL, limits: { rates: [{ subjects: "a", perSecond: 1, burst: 1.5 }] } }, /burst must be a whole number from 1 to 1000000, not 1\.5/],
    [{ ...MINIMAL, limits: { breaker: { failures: 3 } } }, /limits\.breaker\.openMilliseconds is missing/],
    [{ ...MINIMAL, limits: { breaker: { failures: 0, openMilliseconds: 1 } } }, /limits\.breaker\.failures must be a whole number from 1 to 1024, not 0/],
    [{ ...MINIMAL, limits: { breaker: { failures: 3, of: 2, openMilliseconds: 1 } } }, /limits\.breaker\.of must be a whole number from 3 to 1024, not 2/],
    [{ ...MINIMAL, limits: { breaker: { failures: 3, openMilliseconds: 86_400_001 } } }, /openMilliseconds must be a whole number from 1 to 86400000/],
    [{ ...MINIMAL, config: { limit: 30 } }, /config\.limit must be text, not a number/],
    [{ ...MINIMAL, labels: ["a"] }, /labels must be a table of names and values, not a list/],
    [{ ...MINIMAL, labels: { "a b": null } }, /labels\."a b" must be text, not null/],
  ])("is refused when it is %j", (value, problem) => {
    expect(problemsOf(value)).toMatch(problem);
  });

  it("is refused with everything that is wrong with it", () => {
    const message = problemsOf({ name: "", versoin: "1.0.0", capabilities: { state: 1, publish: ["*a"] }, retry: { attempts: "3" } });
    expect(message.split("\n")).toEqual([
      "the manifest has 6 problems:",
      "  versoin is not known; did you mean version?",
      expect.stringContaining("name must be") as string,
      "  version is missing",
      "  capabilities.state must be true, or be left out, not a number",
      expect.stringContaining("capabilities.publish[0] is a pattern that has * or >") as string,
      "  retry.attempts must be a whole number from 1 to 100, not text",
    ]);
  });
});

describe("a component without a manifest", () => {
  const digest = "0123456789abcdef".repeat(4);

  it("gets one that asks for what it imports", () => {
    expect(deriveManifest(new Set(["state", "publish", "log", "context"]), digest, [])).toEqual({
      name: "0123456789ab",
      version: "0.0.0",
      capabilities: { state: true, publish: [">"], log: true, context: true },
      subscriptions: [],
    });
  });

  it("asks for the subjects that are granted, and is subscribed to those that are", () => {
    const grants = [
      { capability: "publish", pattern: "a.>" },
      { capability: "subscribe", pattern: "b" },
      { capability: "state" },
      { capability: "request", pattern: "c" },
    ] as const;
    expect(deriveManifest(new Set(["publish"]), digest, grants)).toMatchObject({ capabilities: { publish: ["a.>"] }, subscriptions: ["b"] });
  });

  it("is a valid one", () => {
    const manifest = deriveManifest(new Set(["state", "publish", "request", "log", "context"]), digest, []);
    expect(parseManifest(manifest)).toEqual(manifest);
  });
});
