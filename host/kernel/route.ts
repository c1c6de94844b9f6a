import { DoterosError } from "../contract/error.ts";
import { SUBJECT_BYTES_MAX } from "../contract/limits.ts";
import { WASM } from "./generated/route.ts";
import { bytesOf, compileKernel } from "./module.ts";

/** Whose patterns a subject meets. An id is there once for each of its subscriptions that the subject meets. */
export interface Routes {
  /** The ids of those in no group. */
  readonly subscribers: readonly number[];
  /** For each group that the subject meets, on whichever patterns, the ids of its members: one of them gets the message. */
  readonly groups: readonly (readonly number[])[];
}

interface Kernel {
  readonly memory: WebAssembly.Memory;
  seed(value: number): void;
  inputAddress(): number;
  groupAddress(): number;
  insert(length: number, id: number, groupLength: number): number;
  remove(length: number, id: number, groupLength: number): number;
  match(length: number): number;
  matchProblem(): number;
  problemPlace(): number;
}

const ID_MAX = 0xffff_ffff;
/** UTF-8 has at most so many bytes for one of JavaScript's characters. */
const BYTES_PER_CHARACTER_MAX = 3;
/** Up to so many characters it takes less time to copy ASCII here than to ask for it. */
const SHORT_LENGTH = 12;
const MEGABYTE = 1_048_576;

/** What the kernel answers when it refuses a text, by its number. Those after them are no fault of the text. */
const PROBLEMS = [
  "",
  "is empty",
  `has more than ${SUBJECT_BYTES_MAX} bytes`,
  "has an empty token",
  "holds a space or a character that does not print",
  "holds * or >, which only patterns may",
  "has * or > beside other characters in a token",
  "has > before its last token",
];
const TOO_LONG = 2;
const ILLEGAL_CHARACTER = 4;
const FULL = 8;
const NOT_THERE = 9;
/** From here on a problem has a place in the text. */
const FIRST_PLACED = 3;
const NONE: readonly never[] = Object.freeze([]);

const encoder = new TextEncoder();
let compiled: WebAssembly.Module | undefined;

/** The kernel's module. */
export function routeKernel(): Uint8Array {
  return bytesOf(WASM);
}

/** Gives it compiled, where nothing may be compiled: before there are any routers. */
export function useRouteKernel(module: WebAssembly.Module): void {
  compiled = module;
}

/**
 * Subscriptions by their patterns, in the memory of a WebAssembly module of its own. Subjects and patterns are tokens
 * joined by dots; in a pattern `*` stands for one token, and `>` at the end for one or more. A subject that begins with `$`
 * is like any other.
 *
 * @example
 * ```ts
 * const router = new Router();
 * router.insert("alerts.>", 1);
 * router.insert("alerts.*", 2, "pagers");
 * router.match("alerts.heat"); // { subscribers: [1], groups: [[2]] }
 * ```
 */
export class Router {
  readonly #kernel: Kernel;
  /** The kernel's memory, and where texts go in it. After the memory has grown these are empty, and made anew. */
  #words = new Uint32Array();
  #input = new Uint8Array();
  #group = new Uint8Array();

  constructor() {
    compiled ??= compileKernel(WASM);
    this.#kernel = new WebAssembly.Instance(compiled).exports as unknown as Kernel;
    const [seed = 0] = new Uint32Array(crypto.getRandomValues(new Uint8Array(4)).buffer);
    this.#kernel.seed(seed);
  }

  /** The kernel's memory, in bytes. It grows with the subscriptions and never shrinks. */
  get bytes(): number {
    return this.#kernel.memory.buffer.byteLength;
  }

  /**
   * Adds a subscription. The same one twice is two.
   *
   * @param pattern what its subjects look like
   * @param id the caller's number for it: a whole number from 0 to 4,294,967,295
   * @param group the name of the group that it takes turns in
   * @throws DoterosError `invalid-subject`, `wrong-value` for an id that is none, `limit-exceeded` when the memory is full
   */
  insert(pattern: string, id: number, group?: string): void {
    const answer = this.#kernel.insert(this.#write("pattern", pattern), checkId(id), this.#writeGroup(group));
    if (answer !== 0) throw this.#refusal(answer, "pattern", pattern);
  }

  /**
   * Takes away one subscription that was added with the same arguments.
   *
   * @returns whether there was one
   * @throws DoterosError `invalid-subject`, `wrong-value` for an id that is none
   */
  remove(pattern: string, id: number, group?: string): boolean {
    const answer = this.#kernel.remove(this.#write("pattern", pattern), checkId(id), this.#writeGroup(group));
    if (answer !== 0 && answer !== NOT_THERE) throw this.#refusal(answer, "pattern", pattern);
    return answer === 0;
  }

  /**
   * Whose patterns the subject meets, in no promised order.
   *
   * @throws DoterosError `invalid-subject`, `limit-exceeded` when the memory is too full for the answer
   */
  match(subject: string): Routes {
    const answer = this.#kernel.match(this.#write("subject", subject));
    if (answer === 0) throw this.#refusal(this.#kernel.matchProblem(), "subject", subject);
    if (this.#words.length === 0) this.#view();
    const words = this.#words;
    let at = answer >>> 2;
    const subscribers = words[at] as number;
    const groups = words[at + 1] as number;
    at += 2;
    const plain = this.#ids(at, subscribers);
    return { subscribers: plain, groups: groups === 0 ? NONE : this.#groups(at + subscribers, groups) };
  }

  #groups(start: number, count: number): Routes["groups"] {
    const groups: (readonly number[])[] = [];
    for (let at = start; groups.length < count; ) {
      const members = this.#words[at] as number;
      groups.push(this.#ids(at + 1, members));
      at += 1 + members;
    }
    return groups;
  }

  #ids(start: number, count: number): readonly number[] {
    const words = this.#words;
    if (count === 0) return NONE;
    if (count === 1) return [words[start] as number];
    const ids: number[] = [words[start] as number, words[start + 1] as number];
    for (let at = start + 2; at < start + count; at += 1) ids.push(words[at] as number);
    return ids;
  }

  /** Writes a text where the kernel reads it; answers how many bytes it has. */
  #write(kind: string, text: string): number {
    if (text.length > SUBJECT_BYTES_MAX) throw this.#refusal(TOO_LONG, kind, text);
    if (this.#input.length === 0) this.#view();
    const bytes = put(text, this.#input);
    if (bytes !== text.length && !text.isWellFormed()) throw this.#refusal(ILLEGAL_CHARACTER, kind, text);
    return bytes;
  }

  #writeGroup(name: string | undefined): number {
    if (name === undefined) return 0;
    if (this.#group.length === 0) this.#view();
    const isFit = name.length > 0 && name.length <= SUBJECT_BYTES_MAX && name.isWellFormed();
    const bytes = isFit ? put(name, this.#group) : 0;
    if (bytes > 0 && bytes <= SUBJECT_BYTES_MAX) return bytes;
    throw new DoterosError("invalid-subject", `the name of a group is ${JSON.stringify(name)}`, {
      help: `leave it out, or give it a name of 1 to ${SUBJECT_BYTES_MAX} bytes of UTF-8`,
    });
  }

  #view(): void {
    const { memory } = this.#kernel;
    const room = SUBJECT_BYTES_MAX * BYTES_PER_CHARACTER_MAX;
    this.#words = new Uint32Array(memory.buffer);
    this.#input = new Uint8Array(memory.buffer, this.#kernel.inputAddress(), room);
    this.#group = new Uint8Array(memory.buffer, this.#kernel.groupAddress(), room);
  }

  #refusal(problem: number, kind: string, text: string): DoterosError {
    if (problem === FULL) {
      const megabytes = Math.round(this.bytes / MEGABYTE);
      return new DoterosError("limit-exceeded", `the router's memory is full: ${megabytes} MiB of subscriptions`, {
        help: "spread the subscriptions over several routers",
      });
    }
    const isPlaced = problem >= FIRST_PLACED && text.isWellFormed();
    return new DoterosError("invalid-subject", `the ${kind} ${JSON.stringify(text)} ${PROBLEMS[problem] ?? "is refused"}`, {
      ...(isPlaced ? { offset: this.#kernel.problemPlace() } : {}),
      help: "tokens joined by dots, such as readings.seattle; in patterns * is one token, and > at the end one or more",
    });
  }
}

/** Writes a text as UTF-8; answers how many bytes that is. */
function put(text: string, bytes: Uint8Array): number {
  const { length } = text;
  if (length > SHORT_LENGTH) return encoder.encodeInto(text, bytes).written;
  for (let at = 0; at < length; at += 1) {
    const character = text.charCodeAt(at);
    if (character > 0x7f) return encoder.encodeInto(text, bytes).written;
    bytes[at] = character;
  }
  return length;
}

function checkId(id: number): number {
  if (Number.isInteger(id) && id >= 0 && id <= ID_MAX) return id;
  throw new DoterosError("wrong-value", `the id ${String(id)} is no whole number from 0 to ${ID_MAX}`, {
    help: "give each subscription a number, such as its place in an array",
  });
}
