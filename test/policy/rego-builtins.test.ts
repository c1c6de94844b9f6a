import { describe, expect, it } from "vitest";
import { compilePolicy, type PolicySource, type Value } from "../../host/policy/rego/index.ts";
import { refusal } from "../refusal.ts";

const call = (term: string, options: Partial<PolicySource> = {}, input?: unknown): Value | undefined => compilePolicy({ modules: {}, ...options }).evaluate(term, input);

describe.each<[string, readonly (readonly [string, Value | undefined])[]]>([
  ["aggregates", [["count(\"h\u{1f600}\")", 2], ["sum([1, 2.5])", 3.5], ["product({2, 3})", 6], ["max([])", undefined], ["min({3, 1})", 1], ["sort({3, 1})", [1, 3]]]],
  ["arrays and sets", [["array.slice([1, 2, 3], 1, 9)", [2, 3]], ["{1, 2} & {2, 3}", [2]], ["{1} | {2}", [1, 2]], ["{1, 2} - {2}", [1]], ["union({{1}, {2}})", [1, 2]]]],
  ["objects", [['object.get({"a": {"b": 1}}, ["a", "b"], 0)', 1], ['object.union({"a": {"b": 1}}, {"a": {"c": 2}})', { a: { b: 1, c: 2 } }], ['object.remove({"a": 1, "b": 2}, ["a"])', { b: 2 }], ['object.subset({"a": [1, 2]}, {"a": [2]})', true]]],
  ["JSON", [['json.patch({"a": [1, 2]}, [{"op": "add", "path": "/a/-", "value": 3}, {"op": "remove", "path": "/a/0"}])', { a: [2, 3] }], ['json.filter({"a": {"b": 1, "c": 2}}, ["a/b"])', { a: { b: 1 } }], ['json.remove({"a": [1, 2]}, ["a/0"])', { a: [2] }], ['json.marshal_with_options({"a": [1]}, {"indent": " "})', '{\n "a": [\n  1\n ]\n}']]],
  ["strings", [['split("a,b", ",")', ["a", "b"]], ['substring("h\u{1f600}llo", 1, 2)', "\u{1f600}l"], ['indexof_n("aXaX", "X")', [1, 3]], ['strings.replace_n({"a": "b", "b": "c"}, "ab")', "bc"], ['trim("..a..", ".")', "a"], ["format_int(255, 16)", "ff"], ['strings.render_template("{{range .xs}}<{{.}}>{{end}}", {"xs": [1, 2]})', "<1><2>"]]],
  ["formats", [['sprintf("%v %d %s %5.2f|%-4d|%04d %q %x %t", [[1, "a"], 7, "s", 3.14159, 5, 42, "q", 255, true])', '[1, "a"] 7 s  3.14|5   |0042 "q" ff %!t(string=true)'], ['sprintf("%d", ["x"])', "%!d(string=x)"], ['sprintf("%d %d", [1])', "1 %!d(MISSING)"], ['sprintf("x", [1])', "x%!(EXTRA int=1)"], ['sprintf("%[2]d %[1]d", [1, 2])', "2 1"]]],
  ["bits and ranges", [["bits.lsh(1, 70)", 2n ** 70n], ["bits.and(6, 3)", 2], ["numbers.range(3, 1)", [3, 2, 1]], ["numbers.range_step(0, 10, 5)", [0, 5, 10]]]],
  ["encodings", [['base64.encode("h\u00e9")', "aMOp"], ['base64url.decode("aMOp")', "h\u00e9"], ['hex.encode("hi")', "6869"], ['urlquery.encode("a b&c")', "a+b%26c"], ['urlquery.decode_object("a=1&a=2")', { a: ["1", "2"] }], ['yaml.unmarshal("a: [1, x]")', { a: [1, "x"] }]]],
  ["regular expressions", [['regex.find_n("a.", "abac", -1)', ["ab", "ac"]], ['regex.split(",", "a,b")', ["a", "b"]], ['regex.replace("foo", "(o+)", "<$1>")', "f<oo>"], ['regex.template_match("u:{[a-z]+}", "u:bob", "{", "}")', true]]],
  ["globs", [['glob.match("*.com", ["."], "a.b.com")', false], ['glob.match("**.com", ["."], "a.b.com")', true], ['glob.match("{a,b?}", [], "bc")', true]]],
  ["versions, units and URLs", [['semver.compare("1.2.3-rc1", "1.2.3")', -1], ['units.parse_bytes("1.5KiB")', 1536], ['units.parse("100m")', 0.1], ['uri.parse("https://u@h:8/p?q#f").port', "8"]]],
  ["networks", [['net.cidr_contains("10.0.0.0/8", "10.1.2.3")', true], ['net.cidr_merge(["10.0.0.0/25", "10.0.0.128/25"])', ["10.0.0.0/24"]], ['net.cidr_expand("10.0.0.0/30")', ["10.0.0.0", "10.0.0.1", "10.0.0.2", "10.0.0.3"]], ['net.cidr_contains("2001:db8::/32", "2001:db8::1")', true]]],
  ["times", [['time.format([1700000000123456789, "Europe/Berlin", "Mon Jan _2 15:04:05.000 2006 -07:00"])', "Tue Nov 14 23:13:20.123 2023 +01:00"], ['time.parse_rfc3339_ns("2023-11-14T22:13:20.5Z")', 1_700_000_000_500_000_000n], ['time.add_date(0, 0, 1, 30)', 5_270_400_000_000_000], ['time.parse_duration_ns("1h30m")', 5_400_000_000_000], ["time.weekday(0)", "Thursday"], ['time.diff(time.parse_rfc3339_ns("2020-01-01T00:00:00Z"), time.parse_rfc3339_ns("2021-03-02T01:00:00Z"))', [1, 2, 1, 1, 0, 0]]]],
  ["hashes and tokens", [['crypto.sha256("a")', "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"], ['io.jwt.decode_verify(io.jwt.encode_sign({"alg": "HS256"}, {"a": 1}, {"kty": "oct", "k": "c2VjcmV0"}), {"secret": "secret"})[0]', true], ['io.jwt.verify_hs256(io.jwt.encode_sign({"alg": "HS256"}, {}, {"kty": "oct", "k": "c2VjcmV0"}), "other")', false]]],
  ["graphs", [['graph.reachable({"a": ["b"], "b": []}, ["a"])', ["a", "b"]], ['[p | walk({"a": [1]}, [p, 1])]', [["a", 0]]]]],
])("%s", (_family, calls) => {
  it.each(calls)("%s", (term, wanted) => expect(call(term)).toEqual(wanted));
});

describe("what an evaluation is given", () => {
  it("is the time, which stands still", () => {
    let now = 5n;
    expect(call("[time.now_ns(), time.now_ns()]", { now: () => (now += 1n) })).toEqual([6, 6]);
  });
  it("is randomness", () => {
    const random = (bytes: Uint8Array): unknown => bytes.fill(7);
    expect(call('uuid.rfc4122("k")', { random })).toBe("07070707-0707-4707-8707-070707070707");
    expect(call('rand.intn("k", 10)', { random })).toBe(Number(BigInt(`0x${"07".repeat(16)}`) % 10n));
  });
  it("is what is told of the runtime", () => expect(call("opa.runtime().env.x", { runtime: { env: { x: "y" } } })).toBe("y"));
});

describe("what a builtin was called with", () => {
  it.each([
    ["startswith(1, \"a\")", "eval_type_error: startswith: operand 1 must be string but got number"],
    ["concat(\"\", [1])", "eval_type_error: concat: operand 2 must be array of strings but got array containing number"],
    ["1 % 0", "eval_builtin_error: rem: modulo by zero"],
    ["json.unmarshal(\"{\")", "eval_builtin_error: json.unmarshal: "],
    ["base64.decode(\"a!\")", "eval_builtin_error: base64.decode: illegal base64 data at input byte 1"],
    ["regex.match(\"(\", \"a\")", "eval_builtin_error: regex.match: "],
    ["semver.compare(\"1\", \"1.2.3\")", 'eval_builtin_error: semver.compare: operand 1: string "1" is not a valid SemVer'],
    ["time.format(1e30)", "eval_builtin_error: time.format: timestamp too big"],
  ])("is told: %s", (term, message) => expect(refusal(() => call(term, { strict: true })).message).toContain(message));
});

describe("signatures", () => {
  const ec = { kty: "EC", crv: "P-256", x: "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", y: "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0", d: "jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI" };
  const { d: _secret, ...publicKey } = ec;
  it("of RFC 7515's key are verified, and others are not", () => {
    const token = call(`io.jwt.encode_sign({"alg": "ES256"}, {"a": 1}, ${JSON.stringify(ec)})`) as string;
    const key = JSON.stringify(JSON.stringify(publicKey));
    expect(call(`io.jwt.verify_es256(${JSON.stringify(token)}, ${key})`)).toBe(true);
    expect(call(`io.jwt.verify_es256(${JSON.stringify(`${token.slice(0, -6)}AAAAAA`)}, ${key})`)).toBe(false);
  });
});
