import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { TEMPLATES } from "../../host/cli/policy/new.ts";
import { compilePolicy, Coverage } from "../../host/policy/rego/index.ts";
import { readEntry } from "../../host/ledger/entry-reader.ts";
import { MemoryStore } from "../../host/store/memory.ts";
import { SCRIPT_MANIFEST, start } from "../fixture/running.ts";
import { scriptCapsule } from "../fixture/script.ts";

const FOLDER = join(import.meta.dirname, "..", "..", "sdk", "policy");
const read = (name: string, file: string): string => readFileSync(join(FOLDER, name, file), "utf8");
const names = readdirSync(FOLDER).sort();

it("each policy to start from is offered by the command line", () => expect(Object.keys(TEMPLATES).sort()).toEqual(names));

describe.each(names)("the policy %s", (name) => {
  const modules = { "policy.rego": read(name, "policy.rego"), "policy_test.rego": read(name, "policy_test.rego") };
  const data: unknown = JSON.parse(read(name, "data.json"));
  const tests = [...modules["policy_test.rego"].matchAll(/^test_\w+/gmu)].map(([rule]) => rule);

  it("passes its tests, and they reach all of it", () => {
    const coverage = new Coverage();
    const policy = compilePolicy({ modules, data, probe: coverage });
    expect(tests.length).toBeGreaterThan(5);
    expect(tests.filter((rule) => policy.evaluate(`data.doteros_test.${rule}`) !== true)).toEqual([]);
    expect(coverage.report().files["policy.rego"]?.not_covered).toEqual([]);
    expect(coverage.report().coverage).toBeGreaterThanOrEqual(95);
  });

  it("decides with its data, and refuses who is not in it", () => {
    const policy = compilePolicy({ modules: { "policy.rego": modules["policy.rego"] }, data });
    const input = { capsule: { name: "stranger", version: "1.0.0", digest: "f".repeat(64), labels: {} }, operation: "load", resource: {}, context: { time: 0n } };
    expect(policy.evaluate("data.doteros.allow", input)).toBe(false);
    expect(policy.evaluate("data.doteros.deny", input)).toEqual([expect.stringContaining("stranger")]);
  });

  it("says of each reason what it is about", () => {
    const text = modules["policy.rego"];
    const reasons = text.match(/^deny contains/gmu)?.length ?? 0;
    expect(text.match(/^# METADATA\n# title: .*\n(?:#.*\n)*deny contains/gmu)?.length).toBe(reasons);
    const policy = compilePolicy({ modules: { "policy.rego": `${text}\nasked_for := rego.metadata.chain()\n` } });
    expect(policy.evaluate("data.doteros.asked_for[_].annotations.title")).toBe(/^# title: (.*)/mu.exec(text)?.[1]);
  });
});

describe("a capsule under a policy to start from", () => {
  let script: Uint8Array;
  let digest: string;
  beforeAll(async () => {
    script = await scriptCapsule();
    digest = createHash("sha256").update(script).digest("hex");
  });

  /** What the script capsule keeps and sends, and what it is denied, with what data says of its digest. */
  async function run(name: string, data: (digest: string) => unknown, subscription: string, lines: readonly string[]): Promise<{ kept: string[]; sent: string[]; denied: string[] }> {
    const store = new MemoryStore();
    const policy = { modules: { "policy.rego": read(name, "policy.rego") }, data: data(digest) };
    const { host, entries, texts } = await start(script, { subscriptions: [subscription], retry: { attempts: 1 } }, { policy, store });
    const subject = subscription.replaceAll(/[*>]/gu, "x");
    await host.publish(subject, ["i", ...lines].join("\n"));
    await host.idle();
    const denials = Array.from(store.entries(0), readEntry).flatMap((entry) => ("decisions" in entry ? entry.decisions : []));
    const seen = { kept: Object.keys(entries()), sent: texts().filter((text) => !text.startsWith(subject)), denied: denials.map(({ operation, resource, reason }) => `${operation} ${resource}: ${reason}`) };
    await host.close();
    return seen;
  }

  const { name } = SCRIPT_MANIFEST;

  it("does what is listed for it, and nothing else", async () => {
    const data = (own: string): unknown => ({ capsules: { [name]: { digests: [own], may: { subscribe: ["do"], publish: ["out.*"], "state.put": ["mine/*"] } } } });
    expect(await run("least-privilege", data, "do", ["p mine/a 1", "p other 1", "m out.a yes", "m out.a.b no"])).toEqual({
      kept: ["mine/a"],
      sent: ["out.a yes"],
      denied: ["state.put other: script is not listed for state.put of other", "publish out.a.b: script is not listed for publish of out.a.b"],
    });
  });

  it("keeps to its tenant", async () => {
    const data = (own: string): unknown => ({ tenants: { acme: { capsules: { [name]: [own] } } } });
    expect(await run("per-tenant", data, "tenants.acme.>", ["p tenants.acme.a 1", "p tenants.globex.a 1", "m tenants.globex.a no"])).toEqual({
      kept: ["tenants.acme.a"],
      sent: [],
      denied: ["state.put tenants.globex.a: state.put of tenants.globex.a is not within acme", "publish tenants.globex.a: publish of tenants.globex.a is not within acme"],
    });
  });

  it("uses the health data it needs", async () => {
    const data = (own: string): unknown => ({ phi: { capsules: { [name]: { digests: [own], fields: ["vitals"] } } } });
    expect(await run("phi", data, "phi.vitals.*", ["p patient/p1/vitals 70", "p patient/p1/hiv x", "m deidentified.vitals 70", "p patient/123-45-6789/vitals 1"])).toEqual({
      kept: ["patient/p1/vitals"],
      sent: [],
      denied: [
        'state.put patient/p1/hiv: script is not listed for the field "hiv"',
        "publish deidentified.vitals: script is not listed to publish deidentified.vitals",
        "state.put patient/123-45-6789/vitals: the name of what is asked for holds a social security number",
      ],
    });
  });

  it("keeps no card numbers where they do not belong", async () => {
    const data = (own: string): unknown => ({ cardholders: { capsules: { [name]: { digests: [own], role: "merchant" } } } });
    expect(await run("cardholder-data", data, "tokens.orders.*", ["p work/order 1", "p pan/t1 1", "p sad/t1 1", "p work/4111111111111111 1", "m tokens.paid t1"])).toEqual({
      kept: ["work/order"],
      sent: ["tokens.paid t1"],
      denied: [
        "state.put pan/t1: the role merchant has no need for state.put of pan/t1",
        "state.put sad/t1: sensitive authentication data is not kept",
        "state.put work/4111111111111111: the name of what is asked for holds a card number",
      ],
    });
  });

  it("asks for consent", async () => {
    const privacy = (own: string): unknown => ({
      privacy: {
        capsules: { [name]: { digests: [own], purpose: "marketing" } },
        purposes: { marketing: { basis: "consent" } },
        consents: { p1: { marketing: [{ given: "2020-01-01T00:00:00Z" }] }, p3: { marketing: [{ given: "2020-01-01T00:00:00Z" }] } },
        erased: { p3: "2021-01-01T00:00:00Z" },
      },
    });
    expect(await run("consent", privacy, "person.*.joined", ["p person/p1/mail a", "p person/p2/mail b", "p person/p3/mail c", "d person/p3/mail"])).toEqual({
      kept: ["person/p1/mail"],
      sent: [],
      denied: ["state.put person/p2/mail: p2 has not consented to marketing", "state.put person/p3/mail: p3 was erased"],
    });
  });

  it("is not loaded when it is another component than the one that was listed", async () => {
    const data = (own: string): unknown => ({ capsules: { [name]: { digests: [own.replaceAll(/./gu, "0")], may: {} } } });
    await expect(run("least-privilege", data, "do", [])).rejects.toMatchObject({ code: "denied-by-policy", message: expect.stringContaining("script is not the component that was listed") as string });
  });
});
