// What a host needs with its first capsule, in one file: a page loads it while it fetches the capsule.
export { admit } from "./admission.ts";
export { RunningCapsule } from "./capsule.ts";
