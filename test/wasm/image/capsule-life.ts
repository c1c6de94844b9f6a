// The example capsules, each with a world of its own: state, series, a clock, and what it said.
import { Encoder } from "cbor-x";
import { ComponentError } from "../../../host/component/index.ts";
import type { CapsuleImports, Handler } from "../../../host/contract/capsule-world.ts";
import type { State } from "../../../host/wasm/image/index.ts";
import type { Counters } from "../../../host/wasm/rewrite/counters.ts";
import type { Random } from "../../component/random.ts";
import { instantiateRewritten, type Rewritten } from "./rewritten-component.ts";

/** What lies around a capsule. */
interface World {
  readonly state: Map<string, Uint8Array>;
  readonly said: string[];
  clock: bigint;
}

/** An instance of a capsule in its world. */
export interface CapsuleLife {
  readonly world: World;
  readonly state: State;
  readonly counters: Counters;
  /** Lets something happen to it. */
  readonly live: (random: Random) => void;
}

/** Makes an instance in a world like another one, or in an empty one. */
export async function startLife(name: string, rewritten: Rewritten, like?: World): Promise<CapsuleLife> {
  const world: World = { state: new Map(like?.state), said: [], clock: like?.clock ?? 1_700_000_000_000_000_000n };
  const { exports, state, counters } = await instantiateRewritten(rewritten, importsOf(world));
  const call = callOf(name, exports);
  const live = (random: Random): void => {
    counters.refill(1e9, 4_000);
    world.clock += BigInt(random.below(600)) * 1_000_000_000n;
    world.said.push(`${outcomeOf(() => call(random))} ${counters.fuelLeft} ${counters.memoryPagesLeft}`);
  };
  return { world, state, counters, live };
}

function importsOf(world: World): Record<string, object> {
  const { state, said } = world;
  const imports: { readonly [Name in keyof CapsuleImports]?: Partial<CapsuleImports[Name]> } = {
    "doteros:capsule/state@0.1.0": { get: (key) => state.get(key), put: (key, value) => void state.set(key, value.slice()) },
    "doteros:capsule/series@0.1.0": {
      append: (name, { time, value }) => void said.push(`${name} ${time} ${value}`),
      downsample: (_, start, end, step) => (end - start > step ? [{ start, count: 3n, min: -2.5, max: 8, mean: 1 / 3 }] : []),
    },
    "doteros:capsule/messaging@0.1.0": { publish: ({ subject, payload }) => void said.push(`${subject} ${Buffer.from(payload).toString("hex")}`) },
    "doteros:capsule/context@0.1.0": { time: () => world.clock, config: () => undefined },
    "wasi:logging/logging@0.1.0-draft": { log: (level, context, message) => void said.push(`${level} ${context} ${message}`) },
  };
  const mark = (at: unknown, note: string): void => void said.push(`${JSON.stringify(at)} ${note}`);
  return { ...imports, "acme:editor/editor@1.0.0": { mark, dictionary: () => ["blah", "bora"] } };
}

interface Processor {
  process(command: string, text: string): { text: string; words: Map<string, number> };
}

/** What happens to a capsule: for most a message that it listens to. */
function callOf(name: string, exports: Readonly<Record<string, unknown>>): (random: Random) => string {
  if (name === "plugin") {
    const processor = exports["acme:editor/processor@1.0.0"] as Processor;
    return (random) => {
      const { text, words } = processor.process(random.pick(["tidy", "check", "fly"]), words20(random));
      return `${text} ${[...words].join(" ")}`;
    };
  }
  const { handle } = exports["doteros:capsule/handler@0.1.0"] as Handler;
  return (random) => {
    const [subject, payload] = (MESSAGES[name] as (random: Random) => [string, Uint8Array])(random);
    handle({ subject, headers: [["a", "b"]], payload });
    return "handled";
  };
}

const words20 = (random: Random): string => random.many(random.below(20), () => random.pick(["the", "the", "Über", " ", "\n", "blah", "🏔"])).join(" ");
const encoder = new Encoder({ useRecords: false, tagUint8Array: false });
const text = (of: string): Uint8Array => new TextEncoder().encode(of);
const cbor = (of: unknown): Uint8Array => Uint8Array.from(encoder.encode(of));
const place = (random: Random): string => random.pick(["ulm", "seattle", "attic"]);

const MESSAGES: Readonly<Record<string, (random: Random) => [string, Uint8Array]>> = {
  aggregate: (random) => [`samples.${place(random)}`, cbor({ time: BigInt(random.below(1000)) * 1_000_000_000n, value: random.below(100) / 7 })],
  counter: (random) => [`readings.${place(random)}`, new Uint8Array(random.below(3000))],
  enrich: (random) =>
    random.once(3)
      ? ["devices.add", cbor({ id: place(random), site: "ulm", unit: "bar", made: 1999 })]
      : ["measured", cbor({ device: place(random), value: random.below(100) / 7, limit: 5, note: words20(random) })],
  thermostat: (random) => [`temperature.${place(random)}`, text(`{"celsius":${random.below(400) / 10}}`)],
  weather: (random) => {
    const date = random.once(9) ? "never" : new Date(random.below(20_000) * 86_400_000).toISOString().slice(0, 10);
    const values = `"precipitation":${random.below(9)},"temp_max":${random.below(40)},"temp_min":-${random.below(9)},"wind":${random.below(90) / 10}`;
    return [`readings.${place(random)}`, text(`{"location":"${place(random)}","date":"${date}",${values}}`)];
  },
};

/** What a call answers, or the fault that it ends with. */
function outcomeOf(run: () => string): string {
  try {
    return run();
  } catch (error) {
    if (error instanceof ComponentError) return JSON.stringify(error.payload);
    throw error;
  }
}
