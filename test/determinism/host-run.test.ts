// The same in every engine: engines.mjs compares them, and what they agree on is written down here.
import { expect, it } from "vitest";
import { digestOfRuns } from "./host-run.ts";
import { allParticipants } from "./participants.ts";

/** Of the first fifty seeds. Whoever changes what is charged, or what examples do, changes this: run engines.mjs again, too. */
const DIGEST = "5396eb1870ba466a325839c815e70c23";
const SEEDS = 50;

it(`fifty runs of a host from seed 1 on come to what they came to in other engines`, async () => {
  const { digest, counts } = await digestOfRuns(1, SEEDS, await allParticipants());
  expect(Object.keys(counts).sort()).toEqual(["capsule-fault", "fuel-exhausted", "load", "memory-exhausted", "stack-exhausted", "transition", "trap"]);
  expect(digest).toBe(DIGEST);
}, 60_000);
