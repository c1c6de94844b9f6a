import type { Message } from "../../host/contract/message.ts";
import { nodePlatform } from "../../host/platform/node/index.ts";
import { Replay } from "../../host/runtime/replay.ts";
import type { MemoryStore } from "../../host/store/memory.ts";
import { textOf } from "../fixture/running.ts";

/** What was published on `out`, read as JSON. */
export function answers(heard: readonly Message[]): unknown[] {
  return heard.filter(({ subject }) => subject === "out").map(({ payload }) => JSON.parse(textOf(payload)) as unknown);
}

/** Replays what a store has. Answers how much came to the same, or where it did not. */
export async function sameAgain(store: MemoryStore): Promise<object> {
  const { difference, transitions, failures } = await Replay.run({ entries: store.entries(0), component: (digest) => store.component(digest) }, nodePlatform, () => undefined);
  return difference ?? { transitions, failures };
}
