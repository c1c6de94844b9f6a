// Every limit has a name that ends in its unit, and a reason. Nothing in this package grows with hostile input past one of them.

/** A subject, in UTF-8 bytes. NATS servers accept more; JetStream stream names and file names do not. */
export const SUBJECT_BYTES_MAX = 255;
/** A state key, in UTF-8 bytes. What an LMDB page can index with room for the capsule's own prefix. */
export const STATE_KEY_BYTES_MAX = 512;
/** A payload or a state value, in bytes. NATS's default for a message. */
export const PAYLOAD_BYTES_MAX = 1_048_576;
/** Bytes one call of `context.random` may ask for: what WebCrypto allows. */
export const RANDOM_BYTES_MAX = 65_536;
/** Bytes one call of `wasi:random` may ask for: who builds for it expects no limit. */
export const WASI_RANDOM_BYTES_MAX = 1_048_576;
/** Entries one call of `state.scan` may return. */
export const SCAN_ENTRIES_MAX = 10_000;
/** The name of a series, in UTF-8 bytes: with the time of a point it makes a key. */
export const SERIES_NAME_BYTES_MAX = 255;
/** Messages that one handler call may publish. */
export const PUBLISH_PER_MESSAGE_MAX = 1_024;
/** Messages waiting in one mailbox before its producers wait. */
export const MAILBOX_MESSAGES_MAX = 1_024;
/**
 * Messages in one mailbox over its bound that capsules in a circle may put there, because waiting for each other they would
 * wait for ever. A capsule that would send more fails on the message in hand.
 */
export const MAILBOX_OVERFLOW_MESSAGES_MAX = 16_384;
/** The headers of a message, names and values, in UTF-16 code units. What NATS servers and HTTP servers put up with. */
export const HEADERS_LENGTH_MAX = 65_536;
/** A media type or the name of a data type, in UTF-16 code units. */
export const TYPE_NAME_LENGTH_MAX = 255;
/** All keys and values in the state of one capsule, in bytes: it is held in memory. */
export const STATE_BYTES_MAX = 268_435_456;
/** Lines that one handler call may log; those after it are counted, not kept. */
export const LOG_LINES_PER_MESSAGE_MAX = 1_024;
/** A line of log, in UTF-16 code units; what is longer is cut. */
export const LOG_LINE_LENGTH_MAX = 16_384;
/** The name of a capsule, in characters. It is a token of subjects and a part of file names. */
export const CAPSULE_NAME_LENGTH_MAX = 64;
/** Entries of one list or one table in a manifest. */
export const MANIFEST_ENTRIES_MAX = 1_024;
/** One text in a manifest, in UTF-16 code units. */
export const MANIFEST_TEXT_LENGTH_MAX = 65_536;
/** Attempts at one message that a manifest may ask for. */
export const RETRY_ATTEMPTS_MAX = 100;
/** The wait between two attempts that a manifest may ask for, in milliseconds: one day. */
export const RETRY_BACKOFF_MILLISECONDS_MAX = 86_400_000;
/** Rates that a manifest may have: each is looked at for each new subject. */
export const RATE_RULES_MAX = 64;
/** Messages in one second, or at once, that a rate may allow. */
export const RATE_MESSAGES_MAX = 1_000_000;
/** The lowest rate, in messages per second: about one in a day. */
export const RATE_PER_SECOND_MIN = 0.00001;
/** How many messages back a breaker may look. */
export const BREAKER_MESSAGES_MAX = 1_024;
/** How long a breaker may stay open, in milliseconds: one day. */
export const BREAKER_OPEN_MILLISECONDS_MAX = 86_400_000;
/** What one message may use when nobody says, in units of fuel: some milliseconds of compiled code. */
export const FUEL_PER_MESSAGE_DEFAULT = 50_000_000;
/** The most that can be said, in units of fuel: an hour. */
export const FUEL_MAX = 10_000_000_000_000;
/** The memories of a capsule when nobody says, in bytes: an interpreter with its heap fits in. */
export const CAPSULE_MEMORY_BYTES_DEFAULT = 67_108_864;
/** Frames of functions inside each other, of at most eight values each: as deep as every engine's own stack goes for certain. */
export const STACK_FRAMES_MAX = 4_000;
/** The tables of a capsule, in elements: each takes the engine a pointer or two. */
export const CAPSULE_TABLE_ELEMENTS_MAX = 1_000_000;
/** The state of a capsule when nobody says, in bytes. */
export const STATE_BYTES_DEFAULT = 67_108_864;
/** Core modules smaller than this are rewritten again rather than looked for in a cache, in bytes. */
export const CACHED_MODULE_BYTES_MIN = 262_144;
/** Modules that a cache in a folder keeps: those that were used last. */
export const CACHED_MODULES_MAX = 256;
/** Messages that are sent to a capsule in another thread at a time. */
export const THREAD_BATCH_MESSAGES_MAX = 256;
/** The same in bytes, and what comes back, about: one message more than that may be in it. */
export const THREAD_BATCH_BYTES_MAX = 1_048_576;
/** How long a thread may say nothing beyond what fuel allows, in milliseconds, when nobody says: its start is in it. */
export const THREAD_SILENCE_MILLISECONDS = 10_000;
/** The most that can be said: an hour. */
export const THREAD_SILENCE_MILLISECONDS_MAX = 3_600_000;
/** How long a thread has for what it is in the middle of when a host is closed, in milliseconds. */
export const THREAD_GRACE_MILLISECONDS = 1_000;
/** How long a capsule does nothing before it is put to sleep when nobody says, in milliseconds. */
export const SLEEP_AFTER_MILLISECONDS = 60_000;
/** The longest that can be said, in milliseconds: a day. */
export const SLEEP_AFTER_MILLISECONDS_MAX = 86_400_000;
/** Capsules that may be awake when nobody says. V8 has room for the memories of about 12,800 instances. */
export const AWAKE_MAX = 8_192;
/** Subjects whose receivers, or whose permission, is remembered. */
export const SUBJECTS_REMEMBERED_MAX = 4_096;
/** Files, directories and listings that one capsule may have open. */
export const OPEN_FILES_MAX = 256;
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
/** What one call may lift, in bytes that it takes here: a guest can point to the same memory again and again. */
export const LIFTED_BYTES_MAX = 268_435_456;
/** Handles alive in all instances of one component. The canonical ABI allows 2^28 - 1, which would not fit into our memory. */
export const HANDLES_MAX = 1_000_000;
/** Instances, of components and core modules, that one component may be made of. Each part of a composed one has a few. */
export const INSTANCES_MAX = 1_000;
/** What the memories of all instances of one component begin with, in bytes: as much as one memory can have. */
export const MEMORY_BYTES_MAX = 4_294_967_296;
/** What the tables of all instances of one component begin with, in elements: as many as engines allow in one. */
export const TABLE_ELEMENTS_MAX = 10_000_000;
/** One CBOR document, or one JSON text in UTF-8, for the kernel, in bytes: eight payloads. Its memory is at most seventeen times that. */
export const CBOR_BYTES_MAX = 8_388_608;
/** Arrays, maps and tags inside each other, deep, when the caller does not say. */
export const CBOR_DEPTH_DEFAULT = 64;
/** What the caller may ask for, deep: each level is a nested call, and engines have about a megabyte for those. */
export const CBOR_DEPTH_MAX = 512;
/** Paths of one projection. */
export const CBOR_PATHS_MAX = 1_024;
/** The compiled paths of one projection, in bytes: what the kernel sets aside for them. */
export const CBOR_PATHS_BYTES_MAX = 65_536;
/** Memory that the CBOR kernel keeps between calls, in bytes; what a large document took beyond it is given back. */
export const CBOR_KEPT_BYTES_MAX = 16_777_216;
/** One entry of a ledger, in bytes. Its message, what was written and what was sent are in it. */
export const LEDGER_ENTRY_BYTES_MAX = 268_435_456;
/** A signed note, in UTF-16 code units. */
export const NOTE_LENGTH_MAX = 1_000_000;
/** Signatures under one note. */
export const NOTE_SIGNATURES_MAX = 100;
/** What one transition writes and sends, keys, values and messages, in bytes: it becomes one entry of the ledger. */
export const TRANSITION_BYTES_MAX = 67_108_864;
/** Entries that gather while a commit is under way, before capsules wait for it. */
export const GROUP_ENTRIES_MAX = 4_096;
/** The same in bytes. */
export const GROUP_BYTES_MAX = 8_388_608;
/** Attempts at one commit before the host gives up: with the waits between them, half a minute. */
export const COMMIT_ATTEMPTS_MAX = 36;
/** The text of a proof, in bytes: its entry in base64, its path, its checkpoint. */
export const PROOF_BYTES_MAX = 400_000_000;
/** The text of one Rego module or query, in UTF-16 code units. */
export const REGO_TEXT_LENGTH_MAX = 4_194_304;
/** Terms and bodies inside each other in a policy's text, deep: each is a dozen nested calls of the parser. */
export const REGO_NESTING_MAX = 256;
/** Arrays, objects and sets inside each other in what a policy works on, deep. */
export const REGO_VALUE_DEPTH_MAX = 1_000;
/** Rules and functions of Rego that wait for each other, deep, when the caller does not say. */
export const REGO_CALL_DEPTH_MAX = 256;
/** Steps of one evaluation, when the caller does not say: an iteration, a call, or 64 bytes or items of what a builtin makes. */
export const REGO_STEPS_MAX = 10_000_000;
/** Events that a trace of evaluations keeps: what comes after them is counted. */
export const REGO_TRACE_EVENTS_MAX = 100_000;
/** Queries that a policy keeps compiled. */
export const REGO_QUERIES_REMEMBERED_MAX = 256;
/** Decisions about one operation of one capsule that are remembered, for those resources that went into them. */
export const POLICY_DECISIONS_REMEMBERED_MAX = 4_096;
/** Decisions about one message that the time or chance went into: they are remembered until it is handled. */
export const POLICY_MOMENTARY_DECISIONS_MAX = 1_024;
/** What a policy is asked about, in UTF-16 code units: two keys of a scan, each escaped as JSON. */
export const POLICY_RESOURCE_LENGTH_MAX = 6_500;
/** The reason of a policy, in UTF-16 code units. */
export const POLICY_REASON_LENGTH_MAX = 1_024;
/** Different calls of one message that a policy denied, before the message fails: each has its place in the ledger's entry. */
export const POLICY_DENIALS_PER_MESSAGE_MAX = 1_024;
/** A file of data for a policy, or of an input, in bytes. */
export const POLICY_DATA_BYTES_MAX = 134_217_728;
/** Steps of one evaluation that a capsule causes: the host does nothing else meanwhile. */
export const POLICY_STEPS_MAX = 1_000_000;
/** The path of a rule that a capsule asks for, in characters. */
export const POLICY_PATH_LENGTH_MAX = 512;
/** Locals of one function of a core module, its parameters among them. What engines allow. */
export const FUNCTION_LOCALS_MAX = 50_000;
/** A core module that is written here, in bytes. V8 takes no more. */
export const MODULE_BYTES_MAX = 1_073_741_824;
/** What a request over HTTP is told of the messages that came of it, in bytes of their payloads. */
export const HTTP_ANSWER_BYTES_MAX = 8_388_608;
/** Requests over HTTP that wait for one capsule, when nobody says: what comes beside them is told to come later. */
export const HTTP_REQUESTS_MAX = 1_024;
/** The most that can be said. */
export const HTTP_REQUESTS_MOST = 1_000_000;
/** The bodies of all of them, in bytes, as long as they say themselves or as they may be: they are held in memory. */
export const HTTP_BODIES_BYTES_MAX = 268_435_456;
/** How long a request waits for its answer when nobody says, in milliseconds. */
export const HTTP_ANSWER_MILLISECONDS = 60_000;
/** Connections to a port at a time: what comes beside them is closed. */
export const HTTP_CONNECTIONS_MAX = 16_384;
/** The headers of a request or a response, in bytes: what HTTP servers put up with. */
export const HTTP_HEADERS_BYTES_MAX = 16_384;
/** How long who connects may take for the headers of a request, in milliseconds, when nobody says. */
export const HTTP_HEADERS_MILLISECONDS = 10_000;
/** How long nothing may come from who sends a body, or go to who reads one, in milliseconds, when nobody says. */
export const HTTP_STALL_MILLISECONDS = 30_000;
/** How long a whole request may take to come in, in milliseconds. */
export const HTTP_REQUEST_MILLISECONDS = 300_000;
/** What a function of the host's user answers, nested, deep: no WIT type goes further. */
export const ANSWER_DEPTH_MAX = 128;
/** Sockets, names and requests that one capsule has under way at a time. A process may have 1,024 files open by default. */
export const NETWORK_ENDS_MAX = 256;
/** What one end of a connection has sent and the other has not taken, in bytes, before it waits. */
export const NETWORK_WINDOW_BYTES = 262_144;
/** Datagrams that a socket holds in each direction: more that arrive are lost, more to send have to wait. */
export const DATAGRAMS_WAITING_MAX = 64;
/** One datagram, in bytes: what fits into a packet of IPv4. */
export const DATAGRAM_BYTES_MAX = 65_507;
/** Connections that a listener holds before the capsule accepts them, unless the capsule wants fewer. */
export const NETWORK_BACKLOG_MAX = 128;
/** How long what was written may take to leave after nobody has the connection any more, in milliseconds. */
export const NETWORK_RELEASE_MILLISECONDS_MAX = 5_000;
/** Addresses that are remembered as those of names that were looked up. */
export const ADDRESSES_REMEMBERED_MAX = 4_096;
