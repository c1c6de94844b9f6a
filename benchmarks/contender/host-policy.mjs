// The whole host, which asks a policy before each call that the capsule makes. The three of a message are decided once.
import { loadHost } from "./host.mjs";

export { prepare, version } from "./host.mjs";

const POLICY = `package doteros

allow if input.operation in {"load", "subscribe"}
allow if { startswith(input.operation, "state."); input.resource.key != "secret" }
allow if { input.operation == "publish"; not startswith(input.resource.subject, "private.") }`;

/** @param {Uint8Array} bytes */
export const load = (bytes) => loadHost(bytes, Number.POSITIVE_INFINITY, undefined, { modules: { "policy.rego": POLICY } });
