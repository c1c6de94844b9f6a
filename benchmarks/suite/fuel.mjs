// What it costs to hold code to limits: the same module as it is, and rewritten, in one process and in turn.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { loadPrepared, prepare } from "../../dist/component/index.js";
import { WASM as CBOR } from "../../dist/kernel/generated/cbor.js";
import { Counters } from "../../dist/wasm/rewrite/counters.js";
import { rewriteModule } from "../../dist/wasm/rewrite/rewrite-module.js";
import { readCapsule } from "../capsule.mjs";
import { interleave, ratio, summarise, warmUp } from "../measure.mjs";
import { micro, number, times } from "../table.mjs";
import { createWork, message } from "../work.mjs";
import { DOCUMENT } from "./cbor.mjs";

export const name = "fuel";
export const title = "Modules as they are and rewritten (µs)";

const ROUNDS = 60;
const NANOSECONDS = 1e6;
/** More than any turn takes, and exact in a double. */
const FUEL = 2 ** 50;
/** What one message may be given. */
const FUEL_PER_MESSAGE = 50_000_000;
const FRAMES = 4_000;
const BUILD = fileURLToPath(new URL("../fuel/build.mjs", import.meta.url));
/** A module of megabytes that is there anyway. */
const LARGE = join(fileURLToPath(import.meta.resolve("@bytecodealliance/jco")), "..", "..", "..", "jco-transpile", "vendor", "js-component-bindgen-component.core.wasm");

/** How the contenders are rewritten. The first is the one that the others are measured by. */
const WAYS = {
  plain: undefined,
  fuel: { fuel: true },
  frames: { fuel: true, stack: true },
  all: { fuel: true, stack: true, memoryPagesMax: 1024, tableElementsMax: 10_000, canonicalNaN: true },
};

/** @param {(line: string) => void} progress */
export async function run(progress) {
  const rows = [];
  for (const task of await tasks()) {
    progress(task.title);
    rows.push(await measure(task));
  }
  progress("rewriting");
  return [...rows, measureRewriting()];
}

/** What is measured: each makes a function that does it once, for a way. */
async function tasks() {
  const work = await buildWork();
  const cbor = new Uint8Array(Buffer.from(CBOR, "base64"));
  const ofWork = (call) => (way) => {
    const { exports } = open(work, way);
    return () => call(exports);
  };
  const ofCbor = (call) => (way) => {
    const { exports } = open(cbor, way, { host: { textOf: () => 0, numberOf: () => 0 } });
    exports.reserve(DOCUMENT.length, 8 * DOCUMENT.length, 8 * DOCUMENT.length);
    new Uint8Array(exports.memory.buffer).set(DOCUMENT, exports.inputAt());
    return () => call(exports);
  };
  return [
    { title: "CBOR: validation of 1 KiB", target: 1.25, make: ofCbor((kernel) => kernel.check(DOCUMENT.length, 64, false)) },
    { title: "CBOR: canonical form of 1 KiB", target: 1.25, make: ofCbor((kernel) => kernel.canonical(DOCUMENT.length, 64)) },
    { title: "SHA-256 of 4 KiB", target: 1.25, make: ofWork((exports) => exports.sha256(64)) },
    { title: "product of 64 x 64 matrices", target: 1.25, make: ofWork((exports) => exports.matrix(64)) },
    { title: "sort of 5,000 numbers", target: 1.25, make: ofWork((exports) => exports.sort(5_000)) },
    { title: "calls: the 20th Fibonacci number", target: undefined, make: ofWork((exports) => exports.fibonacci(20)) },
    { title: "a handler call with three host calls", target: 1.05, make: handler },
  ];
}

/** The work in AssemblyScript as a module. */
async function buildWork() {
  const folder = mkdtempSync(join(tmpdir(), "doteros-fuel-"));
  try {
    const file = join(folder, "work.wasm");
    const { status, stderr } = spawnSync(process.execPath, [BUILD, file], { encoding: "utf8" });
    if (status !== 0) throw new Error(`the work for fuel does not build: ${stderr}`);
    return new Uint8Array(readFileSync(file));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function open(bytes, way, imports = {}) {
  if (way === undefined) return new WebAssembly.Instance(new WebAssembly.Module(bytes), imports);
  const { bytes: rewritten, countersFrom } = rewriteModule(bytes, way);
  const counters = new Counters();
  counters.refill(FUEL, FRAMES);
  return new WebAssembly.Instance(new WebAssembly.Module(rewritten), { ...imports, [countersFrom]: counters.imports });
}

/** The capsule counter through the linker; who has fuel is told after each call what is left, and gets new. */
async function handler(way) {
  const { modules, plan } = prepare(readCapsule());
  const counters = new Counters();
  const bytes = way === undefined ? modules : modules.map((module) => rewriteModule(module, way).bytes);
  const component = loadPrepared(plan, bytes.map((module) => new WebAssembly.Module(module)));
  counters.refill(FUEL, FRAMES);
  const work = createWork();
  const imports = {
    "doteros:capsule/state@0.1.0": { get: work.get, put: work.put },
    "doteros:capsule/messaging@0.1.0": { publish: work.publish },
  };
  const instantiate = (module, given) => new WebAssembly.Instance(module, way === undefined ? given : { ...given, "doteros:limits": counters.imports }).exports;
  const { exports } = await component.instantiate(imports, instantiate);
  const { handle } = exports["doteros:capsule/handler@0.1.0"];
  const sent = message(1);
  if (way === undefined) return () => handle(sent);
  return () => {
    handle(sent);
    return counters.refill(FUEL_PER_MESSAGE, FRAMES);
  };
}

async function measure({ title: called, target, make }) {
  // Whoever runs first in a process is what the engine expects from then on: that is nobody who is measured.
  await warmUp(repeater(await make(WAYS.plain)));
  const contenders = [];
  for (const [way, parts] of Object.entries(WAYS)) contenders.push({ way, repeat: repeater(await make(parts)), turn: 0 });
  for (const contender of contenders) contender.turn = await warmUp(contender.repeat);
  const samples = await interleave(contenders, ROUNDS, async ({ repeat, turn }) => (repeat(turn) / turn) * NANOSECONDS);
  const [plain, ...rewritten] = contenders;
  return {
    contender: called,
    title: called,
    target,
    nanoseconds: summarise(samples.get(plain)),
    ways: rewritten.map((contender) => ({
      way: contender.way,
      nanoseconds: summarise(samples.get(contender)),
      times: ratio(samples.get(contender), samples.get(plain)),
    })),
    rounds: ROUNDS,
  };
}

/** @param {() => unknown} once */
function repeater(once) {
  return (calls) => {
    const began = performance.now();
    for (let left = calls; left > 0; left -= 1) kept.answer = once();
    return performance.now() - began;
  };
}

const kept = { answer: undefined };
const REWRITINGS = 10;

/** How fast modules are rewritten: beside it, how fast the engine validates them, which is part of it. */
function measureRewriting() {
  const bytes = new Uint8Array(readFileSync(LARGE));
  const mebibytes = bytes.length / 1_048_576;
  const speed = (once) => {
    const samples = Array.from({ length: REWRITINGS }, () => {
      const began = performance.now();
      kept.answer = once();
      return performance.now() - began;
    });
    return mebibytes / (summarise(samples).median / 1000);
  };
  return {
    contender: "rewriting",
    title: `rewriting ${number(mebibytes)} MiB`,
    mebibytesPerSecond: speed(() => rewriteModule(bytes, WAYS.all)),
    validationMebibytesPerSecond: speed(() => WebAssembly.validate(bytes)),
    grows: rewriteModule(bytes, WAYS.all).bytes.length / bytes.length,
  };
}

export const head = ["", "plain", "fuel", "", "and frames", "", "all parts", "", "wanted"];

/** @param {Awaited<ReturnType<typeof run>>[number]} row */
export function cells({ title: called, nanoseconds, ways, target, mebibytesPerSecond, validationMebibytesPerSecond, grows }) {
  if (mebibytesPerSecond !== undefined) {
    return [called, "", "", "", "", "", `${number(mebibytesPerSecond)} MiB/s`, times(grows), `30 MiB/s (the engine validates ${number(validationMebibytesPerSecond)})`];
  }
  return [called, micro(nanoseconds.median), ...ways.flatMap((way) => [micro(way.nanoseconds.median), times(way.times)]), times(target)];
}
