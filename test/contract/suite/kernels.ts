import { canonicalCbor, CborProjection, cborToJson, checkCbor, hashOf, jsonToCbor, partitionOf, Router } from "../../../host/kernel/index.ts";
import { Random } from "../../component/random.ts";
import { equal, refused } from "../check.ts";
import { type Cases, hexOf } from "../kit.ts";

const bytesOfHex = (hex: string): Uint8Array => Uint8Array.from(hex.replaceAll(" ", "").match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));

/** CBOR, and the JSON that it is. */
const DOCUMENTS: readonly [hex: string, json: string][] = [
  ["a201020304", '{"1":2,"3":4}'],
  ["a26161016162820203", '{"a":1,"b":[2,3]}'],
  ["1bffffffffffffffff", "18446744073709551615"],
  ["3bffffffffffffffff", "-18446744073709551616"],
  ["fb3ff199999999999a", "1.1"],
  ["f98000", "-0"],
  ["f97e00", "null"],
  ["62c3bc", '"ü"'],
  ["64f0908591", '"𐅑"'],
  ["44f0908591", '"8JCFkQ"'],
  ["fb0000000000000001", "5e-324"],
  ["fb7fefffffffffffff", "1.7976931348623157e+308"],
];

/** What is no CBOR, and where that shows. */
const BROKEN: readonly [hex: string, offset: number][] = [["", 0], ["1a0000", 0], ["826361", 1], ["9f01", 2], ["0001", 1], ["821c00", 1], ["ff", 0], ["8261616280c0".slice(0, 10), 3]];

/** Of a document of random JSON, whatever is in it. */
function randomJson(random: Random, depth: number): unknown {
  switch (random.below(depth > 3 ? 5 : 7)) {
    case 0:
      return random.bits() * (random.once(2) ? -1 : 1);
    case 1:
      return random.bits() / (1 + random.below(1_000));
    case 2:
      return random.pick(["", "a", "ü", "東京", "🌍", "\u0000\n\"\\", "x".repeat(300)]);
    case 3:
      return random.pick([true, false, null]);
    case 4:
      return random.below(30);
    case 5:
      return random.many(random.below(5), () => randomJson(random, depth + 1));
    default:
      return Object.fromEntries(random.many(random.below(5), (at) => [`${random.pick(["k", "ключ", "z"])}${at}`, randomJson(random, depth + 1)]));
  }
}

const rising = (ids: readonly number[]): number[] => [...ids].sort((a, b) => a - b);

/** What the kernels come to: they are WebAssembly, and so is what they are fed through. */
export const kernelCases: Cases = {
  "CBOR becomes JSON and CBOR again"() {
    for (const [hex, json] of DOCUMENTS) equal([hex, cborToJson(bytesOfHex(hex))], [hex, json]);
    equal(hexOf(jsonToCbor('{"b":[1,2.5,-0],"a":"ü","aa":null}')), "a3616162c3bc61628301f94100f98000626161f6");
  },

  "a hundred random documents go through CBOR and come back"() {
    const random = new Random(1);
    for (let at = 0; at < 100; at += 1) {
      const document = randomJson(random, 0);
      const cbor = jsonToCbor(JSON.stringify(document));
      checkCbor(cbor, { deterministic: true });
      equal(JSON.parse(cborToJson(cbor)), document);
      equal(canonicalCbor(cbor), cbor);
    }
  },

  async "CBOR that is broken is refused, and where"() {
    for (const [hex, offset] of BROKEN) equal([hex, (await refused("invalid-cbor", () => checkCbor(bytesOfHex(hex)))).offset], [hex, offset]);
    await refused("limit-exceeded", () => checkCbor(new Uint8Array(100_000).fill(0x81)));
    await refused("invalid-cbor", () => checkCbor(bytesOfHex("1817"), { deterministic: true }));
    await refused("invalid-json", () => jsonToCbor('{"a":'));
    await refused("invalid-cbor", () => jsonToCbor('{"a":1,"a":2}'));
  },

  "parts are read out of CBOR without the rest"() {
    const document = jsonToCbor('{"station":"seattle","readings":[{"celsius":11.4,"at":1700000000000000000}],"rest":{"deep":[[[1]]]}}');
    const wanted = new CborProjection([["station"], ["readings", 0, "celsius"], ["readings", 0, "at"], ["nothing"], ["rest", "deep", 0, 0, 0]]);
    equal(wanted.read(document), ["seattle", 11.4, 1_700_000_000_000_000_000n, undefined, 1]);
  },

  "a large document fits, and the memory that it took is given back"() {
    const long = JSON.stringify({ a: "x".repeat(1_000_000), b: 7 });
    for (let at = 0; at < 5; at += 1) equal(new CborProjection([["b"]]).read(jsonToCbor(long)), [7]);
  },

  "subjects meet the patterns that they should"() {
    const router = new Router();
    for (const [pattern, id, group] of [["a.b", 1], ["a.*", 2], ["a.>", 3], [">", 4], ["*.b", 5, "q"], ["a.b", 6, "q"], ["ü.*", 7]] as const) router.insert(pattern, id, group);
    const met = (subject: string): unknown => {
      const { subscribers, groups } = router.match(subject);
      return [rising(subscribers), groups.map(rising)];
    };
    equal(met("a.b"), [[1, 2, 3, 4], [[5, 6]]]);
    equal(met("a.b.c"), [[3, 4], []]);
    equal(met("ü.x"), [[4, 7], []]);
    equal([router.remove("a.*", 2), router.remove("a.*", 2)], [true, false]);
    equal(met("a.c"), [[3, 4], []]);
  },

  async "subjects that are none are refused, and where"() {
    const router = new Router();
    for (const [subject, offset] of [["a..b", 2], ["a b", 1], ["a.*", 2]] as const) equal([subject, (await refused("invalid-subject", () => router.match(subject))).offset], [subject, offset]);
    await refused("invalid-subject", () => router.insert("a.>.b", 1));
    await refused("invalid-subject", () => router.match("x".repeat(256)));
    await refused("wrong-value", () => router.insert("a", -1));
  },

  "ten thousand subscriptions are found again"() {
    const router = new Router();
    for (let id = 0; id < 10_000; id += 1) router.insert(`a.${id % 100}.*.b${id}`, id);
    for (let id = 0; id < 10_000; id += 97) equal(router.match(`a.${id % 100}.x.b${id}`).subscribers, [id]);
    for (let id = 0; id < 10_000; id += 1) router.remove(`a.${id % 100}.*.b${id}`, id);
    equal(router.match("a.1.x.b1").subscribers, []);
  },

  async "keys have the hashes and partitions that they have for ever"() {
    equal([hashOf(""), hashOf("abc"), hashOf(new Uint8Array(12_300).fill(7))], [0xef46db3751d8e999n, 0x44bc2cf5ad770999n, hashOf(new Uint8Array(12_300).fill(7))]);
    equal(["sensor-17", "", "Zürich", "weather/seattle"].map((key) => partitionOf(key, 64)), [43, 40, 30, 36]);
    await refused("wrong-value", () => partitionOf("key", 0));
  },
};
