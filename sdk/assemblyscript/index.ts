// What a capsule's author imports. Only what a capsule calls becomes part of it, and only the host functions behind that
// become imports of its component, which its operator has to grant.

import * as context from "./context";
import * as log from "./log";
import * as messaging from "./messaging";
import * as policy from "./policy";
import * as series from "./series";
import * as state from "./state";

export { bytesOf, bytesOfU64, textOf, u64Of } from "./bytes";
export { Cbor, CborKind } from "./cbor/cbor";
export { CborWriter } from "./cbor/writer";
export { Identity } from "./context";
export { Fault, FaultKind, fail, hasFault, invalid, raise, takeFault } from "./fault";
export { Json, JsonKind } from "./json/json";
export { JsonWriter } from "./json/writer";
export { Level } from "./log";
export { Header, Message } from "./message";
export { Bucket, Point } from "./series";
export { Entry } from "./state";
export { context, log, messaging, policy, series, state };
