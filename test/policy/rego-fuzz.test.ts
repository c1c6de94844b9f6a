import { expect, it } from "vitest";
import { DoterosError } from "../../host/contract/error.ts";
import { compilePolicy } from "../../host/policy/rego/index.ts";

const RUNS = Number(process.env["DOTEROS_FUZZ"] ?? 1_500);
const SEED = Number(process.env["DOTEROS_SEED"] ?? 1);

/** Texts that have something of everything. */
const CORPUS = [
  'package a.b\nimport data.lib as l\nimport input.x\ndefault p := false\np if { some i, v in input.list; v == l.f(i, "x") } else := 3 if not x\n',
  'package a\np contains {"k": [y, 1]} if { [x, y] := input.pair; every k, w in {"a": 1} { w > 0; k != x } with input.z as {1, 2} }\n',
  'package a\nq[k].r contains v if { walk(input, [k, v]); count({z | z = data.t[_][k]}) >= 2 - 1.5e3 }\nq.s.t := {"a": {1}}["a"]\n',
  'package a\nf([a, {"b": b}]) := a + b if a < b\np := f([1, {"b": 2}]) with data.a.f as 7 with count as sum\nr := $"{p} {`raw`} {input.y}"\n',
  "package a\nimport future.keywords.and\nimport future.keywords.or\nimport future.keywords.not\np if (input.a or not { input.b; input.c }) and { x := 1; x > 0 } or not (input.d and input.e)\n",
  'package a\n# METADATA\n# title: t\np := rego.metadata.chain()\nt := sprintf("%[2]*.[1]*f|%v", [1, 2, {"a"}])\nu := regex.replace(input.s, "(a|b)+", "$1")\nv := time.format([1, "UTC", "Jan"])\n',
];
const PIECES = ["if", "not", "some", "every", "in", "with", "as", "else", "default", "contains", ":=", "=", "==", "[", "]", "{", "}", "(", ")", "|", "&", ",", ";", "\n", ".", "_", "x", "input", "data", "1", '"', "`", "$\"{", "-", "0x", "\u{1f600}", "\0", "#", "import rego.v1\n", "package a\n", "set()", "null", "walk(x)", "1e999"];

function generator(seed: number): (limit: number) => number {
  let state = seed >>> 0;
  return (limit) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}

/** A text with a few things taken out, doubled, or put in. */
function mutate(text: string, random: (limit: number) => number): string {
  let result = text;
  for (let left = 1 + random(4); left > 0; left -= 1) {
    const from = random(result.length);
    const to = from + random(12);
    const piece = random(3) === 0 ? result.slice(from, to) : (PIECES[random(PIECES.length)] as string);
    result = result.slice(0, from) + piece + result.slice(random(2) === 0 ? from : to);
  }
  return result;
}

it(`says what is wrong with ${RUNS} policies that were changed at random, and ends; seed ${SEED}`, { timeout: 120_000 + RUNS * 20 }, () => {
  const random = generator(SEED);
  const input = { list: [1, "x", null], pair: [1, 2], a: true, s: "abab", y: { z: [] } };
  const seen = { compiled: 0, refused: 0 };
  for (let run = 0; run < RUNS; run += 1) {
    const text = mutate(CORPUS[random(CORPUS.length)] as string, random);
    try {
      const policy = compilePolicy({ modules: { "a.rego": text }, data: { t: [{ a: 1 }], lib: {} }, steps: 20_000, strict: random(2) === 0 });
      seen.compiled += 1;
      policy.evaluate("data", input);
    } catch (error) {
      seen.refused += 1;
      if (!(error instanceof DoterosError) || error.code === "internal") throw new Error(`run ${run} of seed ${SEED}: ${JSON.stringify(text)}`, { cause: error });
    }
  }
  expect(seen.compiled).toBeGreaterThan(RUNS / 50);
  expect(seen.refused).toBeGreaterThan(RUNS / 4);
});
