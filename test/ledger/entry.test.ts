import { decode } from "cbor-x";
import { describe, expect, it } from "vitest";
import { DoterosError } from "../../host/contract/error.ts";
import { LEDGER_ENTRY_BYTES_MAX } from "../../host/contract/limits.ts";
import type { Message } from "../../host/contract/message.ts";
import { checkCbor } from "../../host/kernel/cbor.ts";
import { type Entry, NO_ENTRY_HASH } from "../../host/ledger/entry.ts";
import { readAttempt, readEntry, readMessage } from "../../host/ledger/entry-reader.ts";
import { EntryWriter } from "../../host/ledger/entry-writer.ts";
import { fromEnvironment, Random } from "../component/random.ts";
import { randomEntry, randomMessage, write } from "./random-entry.ts";

const SEED = fromEnvironment("DOTEROS_SEED", 1);
const RUNS = fromEnvironment("DOTEROS_FUZZ", 1_000);
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

/** What the bytes of an entry must say, in the order of the format and built without it. */
function plain(entry: Entry): unknown[] {
  const numbers = { load: 0, transition: 1, failure: 2, unload: 3, policy: 4, snapshot: 5 };
  const head = [numbers[entry.kind], entry.previous, entry.capsule];
  if (entry.kind === "unload") return [...head, entry.index];
  if (entry.kind === "policy") return [...head, entry.policy];
  if (entry.kind === "snapshot") return [...head, entry.snapshot, entry.restored];
  if (entry.kind === "load") return [...head, entry.digest, entry.version, entry.manifest, entry.config, entry.instance, ...(entry.uses === undefined ? [] : [entry.uses.map(({ name, digest, operations }) => [name, digest ?? null, operations])])];
  const { digest, index, instance, message, time, seed, outputs } = entry;
  const decisions = entry.decisions.map(({ operation, resource, reason }) => [operation, resource, reason]);
  const common = [...head, digest, index, entry.attempt, instance, plainMessage(message), time ?? null, seed ?? null];
  const answers = entry.answers === undefined ? [] : [entry.answers];
  if (entry.kind === "failure") return [...common, entry.code, entry.reason, entry.final, entry.fuel, outputs.map(plainMessage), ...(decisions.length + answers.length === 0 ? [] : [decisions]), ...answers];
  return [...common, entry.version, [...entry.writes].map(([key, value]) => [key, value ?? null]), outputs.map(plainMessage), decisions, entry.fuel, ...answers];
}

function plainMessage({ subject, replyTo, contentType, dataType, headers, payload }: Message): unknown[] {
  return [subject, replyTo ?? null, contentType ?? null, dataType ?? null, headers, payload];
}

/** The same with every number a bigint and every bytes hexadecimal: libraries differ in which they make. */
function comparable(value: unknown): unknown {
  if (typeof value === "number") return BigInt(value);
  if (value instanceof Uint8Array) return `bytes ${hex(value)}`;
  return Array.isArray(value) ? value.map(comparable) : value;
}

describe("an entry", { timeout: 120_000 }, () => {
  it("has these bytes", () => {
    const bytes = new EntryWriter().transition(NO_ENTRY_HASH, {
      capsule: "weather",
      digest: new Uint8Array(32).fill(0xdd),
      index: 1,
      attempt: 2,
      instance: 300,
      message: { subject: "readings.oslo", headers: [["a", "b"]], payload: Uint8Array.of(1, 2) },
      time: 1_764_036_497_000_000_000n,
      seed: undefined,
      version: 1,
      writes: new Map([["k", Uint8Array.of(9)], ["gone", undefined]]),
      outputs: [],
      decisions: [],
      fuel: 70_000,
    });
    expect(hex(bytes)).toBe(
      `8f015820${"00".repeat(32)}67776561746865725820${"dd".repeat(32)}010219012c` +
        "866d72656164696e67732e6f736c6ff6f6f68182616161624201021b187b1dd906826a00f6018282616b41098264676f6e65f680801a00011170",
    );
  });

  it("is what another library reads, in the encoding the kernel calls deterministic, and comes back as it was", () => {
    const random = new Random(SEED);
    const writer = new EntryWriter();
    for (let run = 0; run < RUNS; run += 1) {
      const entry = randomEntry(random);
      const bytes = write(writer, entry);
      expect(comparable(decode(bytes)), `seed ${SEED}, run ${run}`).toEqual(comparable(plain(entry)));
      expect(() => checkCbor(bytes, { deterministic: true })).not.toThrow();
      expect(readEntry(bytes), `seed ${SEED}, run ${run}`).toEqual(entry);
    }
  });

  it("of a transition can be read up to what came of it, and any other whole", () => {
    const random = new Random(SEED);
    const writer = new EntryWriter();
    for (let run = 0; run < RUNS; run += 1) {
      const bytes = write(writer, randomEntry(random));
      const part = readAttempt(bytes);
      const whole = readEntry(bytes);
      const same = part.kind === "transition" ? Object.fromEntries(Object.keys(part).map((field) => [field, whole[field as keyof Entry]])) : whole;
      expect(part, `seed ${SEED}, run ${run}`).toEqual(same);
    }
  });

  it("keeps its bytes when others are written", () => {
    const random = new Random(SEED);
    const writer = new EntryWriter();
    const written = random.many(2_000, () => {
      const bytes = write(writer, randomEntry(random));
      return { bytes, copy: hex(bytes) };
    });
    expect(written.filter(({ bytes, copy }) => hex(bytes) !== copy)).toEqual([]);
  });

  it("may be large, and a limit says how large; after that the writer writes on", () => {
    const writer = new EntryWriter();
    const large = { subject: "a", headers: [], payload: new Uint8Array(1_000_000).fill(7) };
    const entry = { ...handled(), outputs: Array.from({ length: 100 }, () => large) };
    expect(readEntry(writer.transition(NO_ENTRY_HASH, entry))).toMatchObject({ outputs: { length: 100 } });
    const tooLarge = { ...entry, outputs: Array.from({ length: LEDGER_ENTRY_BYTES_MAX / 1_000_000 + 1 }, () => large) };
    expect(() => writer.transition(NO_ENTRY_HASH, tooLarge)).toThrow(expect.objectContaining({ code: "limit-exceeded" }));
    expect(readEntry(writer.transition(NO_ENTRY_HASH, handled()))).toMatchObject(handled());
  });

  it("has halves of surrogate pairs replaced", () => {
    const bytes = new EntryWriter().message({ subject: "a\ud800", headers: [], payload: new Uint8Array() });
    expect(readMessage(bytes).subject).toBe("a\ufffd");
  });
});

describe("a message alone", { timeout: 120_000 }, () => {
  it("comes back as it was", () => {
    const random = new Random(SEED);
    const writer = new EntryWriter();
    for (let run = 0; run < RUNS; run += 1) {
      const message = randomMessage(random);
      expect(readMessage(writer.message(message)), `seed ${SEED}, run ${run}`).toEqual(message);
    }
  });
});

describe("the reader of entries", { timeout: 120_000 }, () => {
  const unload = (): number[] => [...new EntryWriter().unload(NO_ENTRY_HASH, { capsule: "abc", index: 7 })];

  it.each([
    ["nothing", [], 0, "not the end"],
    ["no array", [0x01], 0, "not an integer"],
    ["another kind", [0x84, 0x06, ...unload().slice(2)], 1, "number 6"],
    ["a policy without its hash", [0x84, 0x04, ...unload().slice(2)], 40, "not an integer"],
    ["too many items", [0x85, ...unload().slice(1), 0x00], 0, "has 4 items, not 5"],
    ["more items than bytes", [0x9a, 0xff, 0xff, 0xff, 0xff, 0x03], 0, "more items"],
    ["an indefinite length", [0x9f, ...unload().slice(1), 0xff], 0, "indefinite"],
    ["a long number", [0x84, 0x18, 0x03, ...unload().slice(2)], 1, "shorter"],
    ["a hash that is short", [0x84, 0x03, 0x41, 0x00, ...unload().slice(36)], 2, "must be 32"],
    ["text for a number", [...unload().slice(0, -1), 0x61, 0x61], 40, "not text"],
    ["a number too large", [...unload().slice(0, -1), 0x1b, 0x00, 0x20, 0, 0, 0, 0, 0, 0], 40, "2^53"],
    ["text that is not UTF-8", unload().with(37, 0xff), 36, "UTF-8"],
    ["a string past the end", [...unload().slice(0, 36), 0x78, 0xff, 0x61], 36, "past the end"],
    ["more", [...unload(), 0x00], 41, "after the end"],
  ])("refuses %s, and says where", (_, bytes, offset, message) => {
    expect(() => readEntry(Uint8Array.from(bytes))).toThrow(
      expect.objectContaining({ code: "invalid-entry", offset, message: expect.stringContaining(message) as string }),
    );
  });

  it("refuses a key that is written twice and decisions that nobody made", () => {
    const writer = new EntryWriter();
    const bytes = writer.transition(NO_ENTRY_HASH, { ...handled(), writes: new Map([["a", undefined], ["b", undefined]]) });
    const twice = Buffer.from(hex(bytes).replace("6162f6", "6161f6"), "hex");
    expect(() => readEntry(twice)).toThrow(expect.objectContaining({ message: expect.stringContaining("twice") as string }));
    const decisions = Buffer.from(hex(bytes).replace(/808000$/, "80810000"), "hex");
    expect(() => readEntry(decisions)).toThrow(expect.objectContaining({ code: "invalid-entry" }));
    const denial = { operation: "state.get", resource: "a", reason: "no" };
    const denied = writer.transition(NO_ENTRY_HASH, { ...handled(), decisions: [denial, denial] });
    expect(() => readEntry(denied)).toThrow(expect.objectContaining({ message: expect.stringContaining("a decision is written twice") as string }));
  });

  it("refuses a failure that has decisions and none in them", () => {
    const { version: _version, writes: _writes, ...attempted } = handled();
    const entry = { ...attempted, code: "trap", reason: "no", final: false };
    const bytes = new EntryWriter().failure(NO_ENTRY_HASH, entry);
    expect(bytes[0]).toBe(0x8f);
    expect(() => readEntry(Uint8Array.of(0x90, ...bytes.slice(1), 0x80))).toThrow(expect.objectContaining({ message: expect.stringContaining("none at all") as string }));
  });

  it("throws nothing but its own error at bytes that were changed, and accepts only what it would write", () => {
    const random = new Random(SEED + 1);
    const writer = new EntryWriter();
    let accepted = 0;
    for (let run = 0; run < RUNS * 5; run += 1) {
      const bytes = changed(random, write(writer, randomEntry(random)));
      const read = attempt(() => hex(write(writer, readEntry(bytes))));
      const refused = read instanceof DoterosError && read.code === "invalid-entry" && Number(read.offset) <= bytes.length;
      expect(refused || read === hex(bytes), `seed ${SEED}, run ${run}: ${String(read)}`).toBe(true);
      accepted += Number(!refused);
    }
    // Most bytes of an entry are content, and stay so when they change.
    expect(accepted).toBeGreaterThan(RUNS);
  });
});

function attempt(call: () => string): unknown {
  try {
    return call();
  } catch (error) {
    return error;
  }
}

function handled() {
  const message = { subject: "a", headers: [], payload: new Uint8Array() };
  const fixed = { capsule: "abc", digest: NO_ENTRY_HASH, index: 1, attempt: 1, instance: 1, message, time: undefined, seed: undefined };
  return { ...fixed, version: 1, writes: new Map<string, undefined>(), outputs: [] as Message[], decisions: [], fuel: 0 };
}

function changed(random: Random, original: Uint8Array): Uint8Array {
  const bytes = [...original];
  for (let left = 1 + random.below(2); left > 0; left -= 1) {
    const at = random.below(bytes.length);
    const way = random.below(8);
    if (way === 0) bytes.splice(at, 1);
    else if (way === 1) bytes.splice(at, 0, random.below(256));
    else if (way === 2) bytes.splice(at);
    else bytes[at] = random.below(256);
    if (bytes.length === 0) break;
  }
  return Uint8Array.from(bytes);
}
