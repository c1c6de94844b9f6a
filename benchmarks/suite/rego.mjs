// Decisions of policies: the engine, Cedar and CEL on a rule that all three can say, each from a request that is there; and
// the policies of OPA's documentation, where they are at hand, for which there are no peers in JavaScript.
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { compilePolicy } from "../../dist/door/rego.js";
import { interleave, ratio, summarise, warmUp } from "../measure.mjs";
import { number, spread, times } from "../table.mjs";
import { installPeers } from "../thirdparty/install.mjs";

export const name = "rego";
export const title = "Decisions of policies (µs for one)";

const ROUNDS = 30;
const MICROSECONDS = 1e3;

/** A pet may be updated by its owner, as in OPA's example. */
const RULE = `package application.authz

default allow := false

allow if {
	input.method == "PUT"
	some petid
	input.path = ["pets", petid]
	input.user == input.owner
}`;
const REQUESTS = [
  { method: "PUT", path: ["pets", "pet113-987"], user: "alice@example.com", owner: "bob@example.com" },
  { method: "PUT", path: ["pets", "pet113-987"], user: "alice@example.com", owner: "alice@example.com" },
];

/** @param {(line: string) => void} progress */
export async function run(progress) {
  const rows = [];
  progress("the rule that all can say");
  rows.push(...(await compared(progress)));
  progress("many rules");
  rows.push(await alone("10 rules, ==", roles(10)), await alone("1,000 rules, ==", roles(1_000)));
  for (const example of examples()) {
    progress(example.title);
    rows.push(await alone(example.title, example));
  }
  rows.push(await compiling());
  return rows;
}

async function compared(progress) {
  const query = compilePolicy({ modules: { "authz.rego": RULE } }).prepare("data.application.authz.allow");
  const contenders = { rego: (request) => query.evaluate(request) };
  const problems = [];
  const missing = await installPeers(progress);
  for (const [called, file] of [["cedar", "cedar.mjs"], ["cel", "cel.mjs"]]) {
    try {
      if (missing !== undefined) throw new Error(missing);
      const { makeDecider } = await import(`../thirdparty/${file}`);
      contenders[called] = makeDecider();
    } catch (error) {
      problems.push({ contender: called, title: called, problem: error.message, isMissing: true });
    }
  }
  const answers = Object.entries(contenders).map(([called, decide]) => [called, REQUESTS.map(decide).join()]);
  const wrong = answers.filter(([, answer]) => answer !== "false,true");
  if (wrong.length > 0) return [{ title: "application.authz", problem: `decided otherwise: ${wrong.join("; ")}` }, ...problems];
  const runners = Object.entries(contenders).map(([called, decide]) => ({ called, repeat: repeater(decide), turn: 0 }));
  for (const runner of runners) runner.turn = await warmUp(runner.repeat);
  const samples = await interleave(runners, ROUNDS, async ({ repeat, turn }) => (repeat(turn) / turn) * MICROSECONDS);
  const own = samples.get(runners[0]);
  const rows = runners.map((runner) => ({
    contender: runner.called,
    title: `application.authz, ${runner.called}`,
    microseconds: summarise(samples.get(runner)),
    ofOurs: ratio(samples.get(runner), own),
    rounds: ROUNDS,
  }));
  return [...rows, ...problems];
}

async function alone(called, { modules, data, version, query, input }) {
  const prepared = compilePolicy({ modules, data, version }).prepare(query);
  const repeat = repeater(() => prepared.evaluate(input));
  const turn = await warmUp(repeat);
  const samples = [];
  for (let round = 0; round < ROUNDS; round += 1) samples.push((repeat(turn) / turn) * MICROSECONDS);
  return { contender: "rego", title: called, microseconds: summarise(samples), rounds: ROUNDS };
}

/** Parsing, checking and the first decision of a policy of a hundred lines. */
async function compiling() {
  const rules = Array.from({ length: 20 }, (_, at) => `allow if {\n\tinput.role == "r${at}"\n\tsome x in input.list\n\tx.level > ${at}\n}`);
  const modules = { "a.rego": `package a\n\n${rules.join("\n")}` };
  const repeat = repeater(() => compilePolicy({ modules }).evaluate("data.a.allow", { role: "r3", list: [{ level: 9 }] }));
  const turn = await warmUp(repeat);
  const samples = [];
  for (let round = 0; round < ROUNDS; round += 1) samples.push((repeat(turn) / turn) * MICROSECONDS);
  return { contender: "rego", title: "compile 102 lines, first decision", microseconds: summarise(samples), rounds: ROUNDS };
}

function roles(count) {
  const rules = Array.from({ length: count }, (_, at) => `allow if {\n\tinput.role == "r${at}"\n\tinput.level > 3\n}`);
  return { modules: { "a.rego": `package a\n\ndefault allow := false\n\n${rules.join("\n")}` }, query: "data.a.allow", input: { role: "r7", level: 5 } };
}

/** The examples that lie beside the project, or in the folder that DOTEROS_CONFORMANCE names. */
function examples() {
  const folder = `${process.env.DOTEROS_CONFORMANCE ?? fileURLToPath(new URL("../../../shared/conformance", import.meta.url))}/rego/bench`;
  if (!existsSync(folder)) return [];
  const text = (path) => readFileSync(`${folder}/${path}`, "utf8");
  const json = (path) => JSON.parse(text(path));
  const small = ["app", "k8s", "envoy", "ai", "admin"].map((called) => ({
    title: called,
    modules: { "policy.rego": text(`${called}/policy.rego`) },
    data: json(`${called}/data.json`),
    query: json(`${called}/config.json`).command,
    input: json(`${called}/input.json`),
  }));
  const modules = Object.fromEntries(["policy", "framework", "api"].map((called) => [`${called}.rego`, text(`aci/${called}.rego`)]));
  return [...small, { title: "aci, mount_overlay", modules, version: "v0", data: json("aci/data.json"), query: "data.framework.mount_overlay", input: json("aci/input.json") }];
}

/** Keeps the answers, so that no engine leaves the work out. */
const kept = { answers: 0 };

function repeater(decide) {
  return (calls) => {
    const began = performance.now();
    for (let left = calls; left > 0; left -= 1) kept.answers += decide(REQUESTS[left & 1]) === undefined ? 0 : 1;
    return performance.now() - began;
  };
}

export const head = ["", "µs", "10% to 90%", "of ours"];

/** @param {Awaited<ReturnType<typeof run>>[number]} row */
export function cells({ title: called, microseconds, ofOurs }) {
  return [called, number(microseconds.median), spread(microseconds, number), times(ofOurs)];
}
