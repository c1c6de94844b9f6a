// Every limit has a name that ends in its unit, and a reason. Nothing in this package grows with hostile input past one of them.

/** A subject, in UTF-8 bytes. NATS servers accept more; JetStream stream names and file names do not. */
export const SUBJECT_BYTES_MAX = 255;
/** A state key, in UTF-8 bytes. What an LMDB page can index with room for the capsule's own prefix. */
export const STATE_KEY_BYTES_MAX = 512;
/** A payload or a state value, in bytes. NATS's default for a message. */
export const PAYLOAD_BYTES_MAX = 1_048_576;
/** Bytes one call of `context.random` may ask for: what WebCrypto allows. */
export const RANDOM_BYTES_MAX = 65_536;
/** Entries one call of `state.scan` may return. */
export const SCAN_ENTRIES_MAX = 10_000;
/** Messages that one handler call may publish. */
export const PUBLISH_PER_MESSAGE_MAX = 1_024;
/** Messages waiting in one mailbox before its producers wait. */
export const MAILBOX_MESSAGES_MAX = 1_024;
/** A component's own bytes. */
export const COMPONENT_BYTES_MAX = 134_217_728;
/** Components inside components, deep. wasmparser allows 100. */
export const COMPONENT_DEPTH_MAX = 100;
/** Items in one index space or one vector of a component. wasmparser allows 1,000,000 types, fewer of the rest. */
export const COMPONENT_ITEMS_MAX = 1_000_000;
/** How much one type may weigh when its parts are counted each time they are used. wasmparser allows 1,000,000. */
export const TYPE_WEIGHT_MAX = 1_000_000;
/** A value type inside value types, deep. */
export const TYPE_DEPTH_MAX = 100;
/** Cases of a variant or an enum, fields of a record or a tuple, flags. */
export const TYPE_MEMBERS_MAX = 10_000;
/** Names inside a component, in bytes. wasmparser allows 100,000. */
export const NAME_BYTES_MAX = 100_000;
/** Core parameters of a function before they spill to memory: the canonical ABI's MAX_FLAT_PARAMS. */
export const FLAT_PARAMETERS_MAX = 16;
/** Core results of a function before they spill to memory: the canonical ABI's MAX_FLAT_RESULTS. */
export const FLAT_RESULTS_MAX = 1;
/** Bytes of a string or a list, as the canonical ABI caps them: 2^28 - 1. */
export const VALUE_BYTES_MAX = 268_435_455;
/** Handles alive in one component instance: the canonical ABI's Table.MAX_LENGTH. */
export const HANDLES_MAX = 268_435_455;
