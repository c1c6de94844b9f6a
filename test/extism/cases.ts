import type { LoadOptions } from "../../host/contract/host.ts";
import type { ResourceLimits } from "../../host/contract/manifest.ts";
import type { PolicySource } from "../../host/contract/policy.ts";
import { textOf } from "../fixture/running.ts";
import { GRANTS } from "./plugin.ts";

/** What a plugin of Extism's own does, and what its makers' tests want it to do. */
export interface PluginCase {
  /** The file. */
  readonly file: string;
  readonly call: string;
  /** The inputs of calls, one after the other; default: one that is empty. */
  readonly inputs?: readonly string[];
  readonly config?: Readonly<Record<string, string>>;
  readonly limits?: Partial<ResourceLimits>;
  /** What it is granted of the network. */
  readonly net?: readonly string[];
  readonly policy?: PolicySource;
  readonly provide?: Readonly<Record<string, (...args: never[]) => unknown>>;
  /** The files that are linked, by the names of the modules, or modules in the text format. */
  readonly link?: Readonly<Record<string, string>>;
  /** What is answered, as text, or why not; undefined for nothing. */
  readonly answers: readonly (string | RegExp | undefined)[];
  /** The lines that are logged, when that matters. */
  readonly lines?: readonly string[];
  /** What it shows, in words. */
  readonly shows: string;
  /** What its makers' tests want that is not so here, and why; default: nothing. */
  readonly lacks?: string;
  /** What cannot be loaded at all, by the code of the error; default: it can. */
  readonly refused?: NonNullable<unknown> & string;
}

const PAGE = 65_536;
const VOWELS = (total: number): string => `{"count":3,"total":${total},"vowels":"aeiouAEIOU"}`;
const NO_FOLDERS = "folders: a plugin has none";
/** Stands for the host and the port of a server that answers with what it was sent, wherever a case has it. */
export const SERVER = "SERVER";
const URL = `{"url":"http://${SERVER}/todos/1"}`;
const POST = `{"url":"http://${SERVER}/todos","method":"post","data":"hello"}`;
const NOT_GRANTED = /^trap: .*http_request: it may not reach .*; --grant net:.* would let it$/;
const FROM_INFO_ON = { modules: { "policy.rego": 'package doteros\nallow if input.operation != "log"\nallow if input.resource.level in {"info", "warn", "error"}' } };
const same = (bytes: Uint8Array): Uint8Array => bytes;
/** A function `test` that logs the block that it is given. */
const TELLS = '(module (import "extism:host/env" "log_info" (func $log (param i64))) (func (export "test") (param i64) (call $log (local.get 0))))';

/** Everything that is tried. */
export const CASES: readonly PluginCase[] = [
  { file: "02-var-reflected.wasm", call: "test", link: { user: TELLS }, answers: [undefined], lines: ["info hi there"], shows: "a variable is there within the call, for a function of `user` (here a module that is linked)" },
  { file: "alloc.wasm", call: "run_test", answers: [undefined], shows: "many blocks, made and freed" },
  { file: "allocations.wasm", call: "allocations", answers: [undefined], shows: "many blocks, made and freed" },
  { file: "circular.wasm", call: "encalculate", inputs: ["Hello, world!"], link: { lhs: "circular-lhs.wasm", rhs: "circular-rhs.wasm" }, answers: [`${String.fromCharCode(127)}${"\0".repeat(7)}`], shows: "modules that need each other, and share a memory" },
  { file: "circular.wasm", call: "encalculate", link: { lhs: "circular-lhs.wasm" }, answers: [], refused: "missing-import", shows: "a module that is missing is named" },
  { file: "circular-lhs.wasm", call: "mul_two", answers: [], refused: "missing-import", shows: "a part of circular.wasm, and no plugin itself" },
  { file: "circular-rhs.wasm", call: "add_one", answers: [], refused: "missing-import", shows: "a part of circular.wasm, and no plugin itself" },
  { file: "code.wasm", call: "count_vowels", inputs: ["hello world", "hello world"], answers: [VOWELS(3), VOWELS(6)], shows: "counts, in a variable too" },
  { file: "code.wasm", call: "count_vowels", inputs: ["a".repeat(2 * PAGE)], limits: { memoryBytesMax: 18 * PAGE }, answers: [/^memory-exhausted/], shows: "is held to its memory" },
  { file: "code.wasm", call: "reticulate_splines", answers: [], refused: "missing-export", shows: "a function that is not there is named" },
  { file: "code-functions.wasm", call: "count_vowels", inputs: ["hello world", "aeiouAEIOU____________________________________&smtms_y?".repeat(1182)], provide: { hello_world: same }, limits: { fuelPerMessage: 500_000_000 }, answers: ['{"count": 3}', '{"count": 11820}'], shows: "a function of the host's user" },
  { file: "code-functions.wasm", call: "count_vowels", inputs: ["hello world"], provide: { hello_world: () => "wow okay then" }, answers: ["wow okay then"], shows: "a function of the host's user that answers text", lacks: "functions that answer later: all answer at once" },
  { file: "config.wasm", call: "run_test", config: { thing: "testing" }, answers: ['{"config": "testing"}'], shows: "a setting" },
  { file: "consume.wasm", call: "consume", inputs: ["0123456789abcdef"], answers: [""], shows: "reads all of its input; of less than eight bytes it reads more, and is ended" },
  { file: "echo.wasm", call: "echo", inputs: ["hello there", "x".repeat(1_000), "hello"], answers: ["hello there", "x".repeat(1_000), /^trap: .*8 bytes at 0 are beyond the input, which has 5$/], shows: "answers with its input; of less than eight bytes it reads more, and is ended" },
  { file: "empty.wasm", call: "test", answers: [""], shows: "an empty answer, an empty line of log" },
  { file: "exit.wasm", call: "_start", config: { code: "2" }, answers: ["capsule-fault: failed: _start answered 2"], shows: "exits with a code" },
  { file: "exit.wasm", call: "_start", config: { code: "0" }, answers: [undefined], shows: "exits well" },
  { file: "fail.wasm", call: "run_test", answers: ["capsule-fault: failed: Some error message"], shows: "fails with an error of its own" },
  { file: "fs.wasm", call: "run_test", answers: ["capsule-fault: failed: run_test answered 1"], shows: "finds no file", lacks: NO_FOLDERS },
  { file: "fs-link.wasm", call: "run_test", link: { side: "fs.wasm" }, answers: ["capsule-fault: failed: run_test answered 1"], shows: "a module of WASI that is linked; finds no file", lacks: NO_FOLDERS },
  { file: "globals.wasm", call: "globals", inputs: new Array<string>(100).fill(""), answers: Array.from({ length: 100 }, (_, count) => `{"count": ${count}}`), shows: "keeps its memory from call to call" },
  { file: "hello.wasm", call: "run_test", answers: ["Hello, world!"], shows: "answers" },
  { file: "hello_haskell.wasm", call: "testing", inputs: ["John", "Ben"], config: { greeting: "Howdy" }, answers: ["Howdy, John", "Howdy, Ben"], shows: "Haskell's runtime starts, once" },
  { file: "http.wasm", call: "http_request", inputs: [URL], answers: [NOT_GRANTED], shows: "is refused what was not granted" },
  { file: "http.wasm", call: "http_request", inputs: [URL], net: [SERVER], answers: [""], shows: "asks a server, without a body" },
  { file: "http.wasm", call: "http_get", inputs: [URL], answers: [NOT_GRANTED], shows: "is refused what was not granted" },
  { file: "http.wasm", call: "http_get", inputs: [URL], net: ["*:*"], answers: [""], shows: "asks a server, without a body" },
  { file: "http.wasm", call: "http_get", inputs: [URL], net: [SERVER], limits: { memoryBytesMax: 17 * PAGE }, answers: [/^memory-exhausted/], shows: "is held to its memory" },
  { file: "http.wasm", call: "http_post", inputs: [POST], net: [SERVER], answers: ["hello"], shows: "sends a body, and has that of the response" },
  { file: "http_headers.wasm", call: "http_get", inputs: [URL], answers: [NOT_GRANTED], shows: "is refused what was not granted" },
  { file: "http_headers.wasm", call: "http_get", inputs: [URL], net: [SERVER], answers: [/^\{.*"x-path":"\/todos\/1".*\}$/], shows: "asks a server, and has the headers of the response" },
  { file: "input_offset.wasm", call: "input_offset_length", inputs: ["hello world"], answers: [`${String.fromCharCode(11)}${"\0".repeat(7)}`], shows: "its input as a block" },
  { file: "log.wasm", call: "run_test", answers: [undefined], lines: ["trace this is a trace log", "debug this is a debug log", "info this is an info log", "warn this is a warning log", "error this is an error log"], shows: "logs" },
  { file: "log.wasm", call: "run_test", policy: FROM_INFO_ON, answers: [undefined], lines: ["info this is an info log", "warn this is a warning log", "error this is an error log"], shows: "logs from a level on, by a policy" },
  { file: "loop.wasm", call: "loop_forever", inputs: ["abc123", "abc123"], answers: [/^fuel-exhausted/, /^fuel-exhausted/], shows: "is stopped when it spins" },
  { file: "loop-forever.wasm", call: "loop", answers: [/^fuel-exhausted/], shows: "is stopped when it spins" },
  { file: "loop-forever-init.wasm", call: "loop", answers: [], refused: "fuel-exhausted", shows: "is stopped when its start spins" },
  { file: "memory.wasm", call: "alloc_memory", inputs: [`{"bytes":${5 * PAGE}}`], limits: { memoryBytesMax: 19 * PAGE }, answers: [/^memory-exhausted/], shows: "is held to its memory" },
  { file: "memory.wasm", call: "alloc_memory", inputs: [`{"bytes":${5 * PAGE}}`], limits: { memoryBytesMax: 30 * PAGE }, answers: [""], shows: "has the memory that it may have" },
  { file: "memory.wasm", call: "alloc_var", inputs: ['{"bytes":1024}'], limits: { stateBytesMax: 100 }, answers: [/^trap: .*limit: the state would have more than 100 bytes/], shows: "is held to what variables may have" },
  { file: "memory.wasm", call: "alloc_var", inputs: ['{"bytes":1024}'], limits: { stateBytesMax: 1_100 }, answers: [""], shows: "has the variables that it may have" },
  { file: "read_write.wasm", call: "try_read", config: { path: "/data/data.txt" }, answers: [/^capsule-fault: failed: Failed to read file/], shows: "finds no file", lacks: NO_FOLDERS },
  { file: "reflect.wasm", call: "reflect", inputs: ["Hello, world!"], link: { "extism:host/user": "upper.wasm" }, answers: ["HELLO, WORLD!"], shows: "a module that is linked" },
  { file: "reflect.wasm", call: "reflect", inputs: [1, 7, 8, 9, 4_095, 65_540].map((length) => "a".repeat(length)), provide: { host_reflect: same }, answers: [1, 7, 8, 9, 4_095, 65_540].map((length) => "a".repeat(length)), shows: "inputs of many lengths" },
  { file: "sleep.wasm", call: "sleep", inputs: ['{"duration_ms":10}'], provide: { get_now_ms: () => Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0), notify: () => undefined }, answers: [/.*/], shows: "functions of the host's user, of other types" },
  { file: "unreachable.wasm", call: "do_unreachable", answers: ["trap: do_unreachable trapped: unreachable"], shows: "traps" },
  { file: "upper.wasm", call: "host_reflect", answers: [], refused: "missing-export", shows: "a module to be linked, and no plugin itself" },
  { file: "var.wasm", call: "run_test", answers: ["a: 0"], shows: "a variable" },
  { file: "wasistdout.wasm", call: "say_hello", answers: [undefined], lines: ["info hello world"], shows: "standard output is lines of log" },
];

/** Files that cannot be had, and why. */
export const MISSING: Readonly<Record<string, string>> = { "kitchensink.wasm": "not tried: the copy at hand lacks the file" };

/** What a case loads with. */
export function optionsOf({ call, config = {}, limits = {} }: PluginCase, link: Readonly<Record<string, Uint8Array>>, net: readonly string[]): LoadOptions {
  return { call, config, link, limits: { fuelPerMessage: 200_000_000, ...limits }, ...(net.length === 0 ? {} : { grants: [...GRANTS, ...net.map((one) => `net:${one}`)] }) };
}

/** An answer as it is compared. */
export function plainAnswer(answer: Uint8Array | string | undefined): string | undefined {
  return answer instanceof Uint8Array ? textOf(answer) : answer;
}
