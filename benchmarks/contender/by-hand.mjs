// Our linker with a capsule that does the same work without the SDK, on nothing but the canonical ABI.
import { buildByHand } from "../by-hand/build.mjs";

export { load, version } from "./doteros.mjs";

export const prepare = buildByHand;
