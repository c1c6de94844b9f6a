// The inside of a contender's process: does what the other side asks and answers, mostly with milliseconds.
import { freshComponent, freshModule, readCapsule } from "../capsule.mjs";
import { createWork, message, observe } from "../work.mjs";

const file = process.argv[2];
const sent = message(1);
let loaded;
let running;

const answers = {
  /** That the process is there and has loaded no contender yet. */
  ready: () => true,
  /** What it is, and what it does with a few messages. */
  describe: async () => {
    const contender = await import(file);
    loaded = await contender.load(await contender.prepare(readCapsule(), (module) => module));
    return { version: contender.version, files: contender.files?.map(String), observed: await observe(loaded) };
  },
  /** Milliseconds of that many calls, all in one instance. */
  repeat: async (times) => {
    running ??= await loaded.instantiate(createWork());
    const start = performance.now();
    await running.repeat(sent, times);
    return performance.now() - start;
  },
  /** What `load` takes, different for each nonce. */
  prepare: async (nonce) => {
    const { prepare } = await import(file);
    return prepare(freshComponent(readCapsule(), nonce), (module) => freshModule(module, nonce));
  },
  /** Milliseconds from bytes to the first result; the contender's code is loaded on the way when it is not there yet. */
  load: (input) => timeFirst(async () => (await import(file)).load(input)),
  /** Milliseconds from what was loaded before to the first result of one more instance. */
  instantiate: () => timeFirst(() => loaded),
};

async function timeFirst(get) {
  const start = performance.now();
  const instance = await (await get()).instantiate(createWork());
  await instance.repeat(sent, 1);
  const milliseconds = performance.now() - start;
  await instance.close?.();
  return milliseconds;
}

process.on("disconnect", () => process.exit());
process.on("message", ({ question, argument }) => void answer(question, argument));

async function answer(question, argument) {
  try {
    process.send({ answer: await answers[question](argument) });
  } catch (error) {
    process.send({ problem: error instanceof Error ? error.message : String(error) });
  }
}
