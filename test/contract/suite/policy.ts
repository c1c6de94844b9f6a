import { compilePolicy } from "../../../host/policy/rego/index.ts";
import { DEAD_LETTER_HEADERS, MemoryStore, type PolicySource } from "../../../host/index.ts";
import { equal, holds, refused } from "../check.ts";
import { type Cases, fileOf } from "../kit.ts";
import { ALL_GRANTS, headersOf, SCRIPT, start } from "../running.ts";

/** A policy of these rules. */
const policy = (rules: string, data?: unknown): PolicySource => ({ modules: { "doteros.rego": `package doteros\n${rules}` }, ...(data === undefined ? {} : { data }) });

/** What a rule of one module comes to. */
const evaluated = (rules: string, input: unknown = {}): unknown => compilePolicy({ modules: { "a.rego": `package a\n${rules}` } }).evaluate("data.a.x", input);

/** Builtins of each family, and what they come to: what depends on an engine's own words, numbers or regular expressions. */
const BUILTINS: readonly [rule: string, value: unknown][] = [
  ["x := 0.1 + 0.2", 0.3],
  ["x := 9007199254740993 + 1 == 9007199254740994", true],
  ['x := format_int(255, 16)', "ff"],
  ['x := sprintf("%5.2f|%v|%q|%x", [3.14159, {"b": 1, "a": [true, null]}, "ü", 255])', ' 3.14|{"a": [true, null], "b": 1}|"ü"|ff'],
  ['x := regex.find_n(`[a-zü]+\\d`, "ab1 ü2 c3", 2)', ["ab1", "ü2"]],
  ['x := regex.match(`^\\p{Lu}`, "Über")', true],
  ['x := glob.match("a.*.c", ["."], "a.b.c")', true],
  ['x := upper("straße ǆ")', "STRAßE Ǆ"],
  ['x := time.format([1700000000000000000, "Europe/Berlin", "2006-01-02 15:04:05 -0700"])', "2023-11-14 23:13:20 +0100"],
  ['x := time.parse_rfc3339_ns("2024-02-29T12:00:00.5Z")', 1_709_208_000_500_000_000n],
  ['x := crypto.sha256("a")', "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"],
  ['x := crypto.hmac.sha256("a", "b")', "cb448b440c42ac8ad084fc8a8795c98f5b7802359c305eabd57ecdb20e248896"],
  ['x := base64url.encode_no_pad("~~~")', "fn5-"],
  ['x := net.cidr_contains("10.0.0.0/8", "10.1.2.3")', true],
  ['x := json.patch({"a": [1]}, [{"op": "add", "path": "/a/-", "value": 2}])', { a: [1, 2] }],
  ['x := yaml.unmarshal("a: [1, 2.5]")', { a: [1, 2.5] }],
  ['x := semver.compare("1.2.3-rc.1", "1.2.3")', -1],
  ['x := units.parse_bytes("1.5Ki")', 1536],
  ['x := sort({3, 1, "b", "a", null})', [null, 1, 3, "a", "b"]],
  ['x := graph.reachable({"a": ["b"], "b": ["a", "c"], "c": []}, {"a"}) == {"a", "b", "c"}', true],
  ['x := json.match_schema({"a": 1}, {"type": "object", "required": ["b"]})[0]', false],
  ["x := input.n * 2", 84],
];

const JWT = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJib2IifQ.-PUTlyJlBtHZ8bHGi6wgeNXPIK0VmMbZJB6vTFxQIMs";

/** What policies decide. */
export const policyCases: Cases = {
  "rego comes to the same values, builtins included"() {
    for (const [rule, value] of BUILTINS) equal([rule, evaluated(rule, { n: 42 })], [rule, value]);
  },

  "rego verifies and refuses a token"() {
    holds(evaluated(`x := io.jwt.decode("${JWT}")[1].sub`) === "bob", "the token says something else");
    equal(evaluated(`x := io.jwt.verify_hs256("${JWT}", "another secret")`), false);
  },

  async "a policy that is wrong is refused with every mistake, and where"(kit) {
    const error = await refused("invalid-policy", () => kit.door.createHost({ policy: policy("allow if x\nallow if y") }), "doteros.rego:3: rego_unsafe_var_error: var y");
    equal(error.where, "doteros.rego:2:10");
  },

  async "a policy that comes to nothing, or fails, denies"(kit) {
    for (const rules of ["allow if input.nothing", 'allow := "yes"', "allow := input.operation\nallow := 1"]) await refused("denied-by-policy", () => start(kit, { policy: policy(rules) }));
  },

  async "a policy decides about loading and each subscription, with all reasons"(kit) {
    const rules = 'allow := true\ndeny contains "not this one" if input.operation == "load"\ndeny contains sprintf("nobody hears %s", [input.resource.pattern]) if input.operation == "subscribe"';
    await using host = await kit.door.createHost({ policy: policy(rules) });
    const error = await refused("denied-by-policy", () => host.load(fileOf(kit, "script.wasm"), { grants: ALL_GRANTS, manifest: SCRIPT }));
    equal(error.message, "the policy denies script\n  load: not this one\n  subscribe do: nobody hears do");
  },

  async "a policy denies what a capsule does with its reason, which the dead letter tells"(kit) {
    const { host, capsule, send, heard, entries } = await start(kit, { policy: policy('allow := true\ndeny contains "secrets stay" if input.resource.key == "secret"') });
    await send("p open 1");
    await send("p secret 1");
    equal(entries(), { open: "1" });
    equal([headersOf(heard.at(-1))[DEAD_LETTER_HEADERS.reason], capsule.counters.denied], ["denied: secrets stay", 1]);
    await host.close();
  },

  async "a policy is asked about each thing that a capsule does"(kit) {
    const asked: string[] = [];
    const decisions = (_: unknown, line: string): void => {
      const { input } = JSON.parse(line) as { input: { operation: string } };
      asked.push(input.operation);
    };
    const { host, send, lines } = await start(kit, { decisions, policy: policy('allow if input.operation in {"load", "subscribe"}') });
    await send("i\np a 1\nd b\ng c out\nm out x\nr svc x\nl hello\ns out");
    equal(new Set(asked), new Set(["load", "subscribe", "state.put", "state.delete", "state.get", "publish", "request", "log", "state.scan"]));
    equal(lines, []);
    await host.close();
  },

  async "a policy with data decides by it"(kit) {
    const { host, send, entries } = await start(kit, { policy: policy('allow if input.operation != "state.put"\nallow if data.keys[input.resource.key]', { keys: { a: true } }) });
    await send("i\np a 1\np b 1");
    equal(entries(), { a: "1" });
    await host.close();
  },

  async "a policy that is set anew holds from the next transition on, and the ledger says so"(kit) {
    const store = new MemoryStore();
    const { host, send, entries } = await start(kit, { store, policy: policy("allow := true") });
    await send("p a 1");
    await host.setPolicy(policy('allow if input.operation != "state.put"'));
    await send("i\np a 2");
    await refused("invalid-policy", () => host.setPolicy(policy("allow if x")));
    await host.setPolicy(policy("allow := true"));
    await send("p b 3");
    equal(entries(), { a: "1", b: "3" });
    await host.close();
    const { difference } = await kit.door.replayLedger({ entries: store.entries(0), component: (digest) => store.component(digest) });
    equal(difference, undefined);
  },

  async "a capsule asks the policy that it carries, whose time and chance are the transition's"(kit) {
    const store = new MemoryStore();
    const manifest = { name: "asking", capabilities: { publish: ["out"], policy: true } } as const;
    const { host, send, texts, heard } = await start(kit, { file: "asking.wasm", manifest, store });
    for (const line of ['app.allow {"user": "bob"}', 'app.allow {"user": "eve"}', 'app.big {"n": 9007199254740993}']) await send(line);
    equal(texts(), ["out true", "out none", "out 9007199254740994"]);
    await send("app.allow {oops");
    holds(headersOf(heard.at(-1))[DEAD_LETTER_HEADERS.reason]?.startsWith("invalid: the input is no JSON document") === true, "it was taken");
    await send("app.at {}");
    await send("app.chance {}");
    await host.close();
    const { difference } = await kit.door.replayLedger({ entries: store.entries(0), component: (digest) => store.component(digest) });
    equal(difference, undefined);
  },

  async "rego ends when it takes too many steps"() {
    const endless = compilePolicy({ modules: { "a.rego": "package a\nx := count([1 | some i in numbers.range(1, 100000); some j in numbers.range(1, 100000); i == j])" }, steps: 100_000 });
    await refused("limit-exceeded", () => endless.evaluate("data.a.x", {}));
  },
};
