// Documents of 1 KiB: what the CBOR kernel does with them, and what cbor-x does, which makes objects of them.
import { decode } from "cbor-x";
import { cborToJson, checkCbor, CborProjection, jsonToCbor } from "../../dist/kernel/index.js";
import { interleave, ratio, summarise, warmUp } from "../measure.mjs";
import { micro, spread, times } from "../table.mjs";

export const name = "cbor";
export const title = "A CBOR document of 1 KiB (µs)";

const ROUNDS = 60;
const NANOSECONDS = 1e6;

/** A report of a weather station: nested maps, texts, integers, floats. Its keys lie in the order of their encoding: by length, then by letters. */
const REPORT = {
  place: { name: "Seattle", north: 47.6062, east: -122.3321, above: 56 },
  station: "seattle-0042",
  issued: 1_700_000_000,
  readings: Array.from({ length: 13 }, (_, hour) => ({
    hour,
    celsius: 11.5 + hour / 10,
    humidity: 60 + hour,
    wind: 3.25,
    sky: hour % 3 === 0 ? "clear" : "overcast, rain later",
    ok: true,
  })),
  warnings: { kind: "wind", level: 2 },
};

/** The report in 1 KiB. */
export const DOCUMENT = jsonToCbor(JSON.stringify(REPORT));
const MIDDLE = new CborProjection([["readings", 6, "celsius"]]);
const EARLY = new CborProjection([["place", "north"]]);
const LAST = new CborProjection([["warnings", "level"]]);

/** In groups: the first of each is the peer. The answers within a group must be the same. */
const GROUPS = [
  {
    task: "one path, near the start",
    target: 10,
    peer: () => decode(DOCUMENT).place.north,
    ours: () => EARLY.read(DOCUMENT)[0],
  },
  {
    task: "one path, in the middle",
    target: 10,
    peer: () => decode(DOCUMENT).readings[6].celsius,
    ours: () => MIDDLE.read(DOCUMENT)[0],
  },
  {
    task: "one path, at the very end",
    target: 10,
    peer: () => decode(DOCUMENT).warnings.level,
    ours: () => LAST.read(DOCUMENT)[0],
  },
  {
    task: "validation",
    target: 10,
    peer: () => decode(DOCUMENT) !== undefined,
    ours: () => checkCbor(DOCUMENT) === undefined,
  },
  {
    task: "CBOR to JSON text",
    target: 2,
    peer: () => JSON.stringify(decode(DOCUMENT)),
    ours: () => cborToJson(DOCUMENT),
  },
];

/** @param {(line: string) => void} progress */
export async function run(progress) {
  const rows = [];
  for (const group of GROUPS) {
    progress(group.task);
    rows.push(await measure(group));
  }
  return rows;
}

async function measure({ task, target, peer, ours }) {
  const row = { contender: task, title: task, bytes: DOCUMENT.length, target };
  if (peer() !== ours()) return { ...row, problem: "the kernel and cbor-x answer differently" };
  const contenders = [
    { repeat: repeater(peer), turn: 0 },
    { repeat: repeater(ours), turn: 0 },
  ];
  for (const contender of contenders) contender.turn = await warmUp(contender.repeat);
  const samples = await interleave(contenders, ROUNDS, async ({ repeat, turn }) => (repeat(turn) / turn) * NANOSECONDS);
  const [theirs, own] = contenders.map((contender) => samples.get(contender));
  return {
    ...row,
    nanoseconds: summarise(own),
    peerNanoseconds: summarise(theirs),
    faster: ratio(theirs, own),
    rounds: ROUNDS,
  };
}

/** What was answered last is kept where an engine cannot know that nobody looks. */
const kept = { answer: undefined };

/** @param {() => unknown} once */
function repeater(once) {
  return (calls) => {
    const began = performance.now();
    for (let left = calls; left > 0; left -= 1) kept.answer = once();
    return performance.now() - began;
  };
}

export const head = ["", "kernel", "10% to 90%", "cbor-x", "10% to 90%", "faster", "wanted"];

/** @param {Awaited<ReturnType<typeof run>>[number]} row */
export function cells({ title: called, nanoseconds, peerNanoseconds, faster, target }) {
  return [
    called,
    micro(nanoseconds.median),
    spread(nanoseconds, micro),
    micro(peerNanoseconds.median),
    spread(peerNanoseconds, micro),
    times(faster),
    times(target),
  ];
}
