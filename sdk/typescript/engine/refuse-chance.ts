import { onlyFixedDates } from "./date.ts";

// A capsule that does not ask for `context` has no time and no randomness: what its engine would make up is not the
// same on replay.

onlyFixedDates(() => {
  throw new Error('there is no clock: import { context } from "doteros-wasm/sdk", and ask for context in capsule.yaml');
});
Math.random = () => {
  throw new Error('there is no randomness: import { context } from "doteros-wasm/sdk", and ask for context in capsule.yaml');
};
