// What a host needs with its first capsule. The rewriter is loaded beside it, so that pages that have a host and no capsule yet do
// not wait for it.
export { loadRewriter } from "../wasm/metered-module.ts";
export { admit } from "./admission.ts";
export { RunningCapsule } from "./capsule.ts";
