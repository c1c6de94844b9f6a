import { CborReader } from "./cbor-reader.ts";
import { CborWriter } from "./cbor-writer.ts";
import { HASH_BYTES } from "./entry.ts";
import { pairsOf } from "./read-items.ts";
import { writePairs } from "./write-items.ts";

// A snapshot is one CBOR array (RFC 8949) in the deterministic encoding: FORMAT, and the fields below from top to bottom, what is
// undefined written as null. Equal capsules have equal snapshots, on every engine.

/** What a snapshot begins with: its name, and the version of what follows. */
const FORMAT = ["doteros snapshot", 1] as const;

/** The running instance of a capsule at rest. */
export interface InstanceSnapshot {
  /** Whether its `start` is still to be called. */
  readonly starts: boolean;
  /** What its memories and globals have that those of a new instance have not: see `takeSnapshot`. */
  readonly difference: Uint8Array;
  /** The hash of all that its memories and globals hold, 32 bytes: see `stateHash`. */
  readonly state: Uint8Array;
}

/** All that a capsule is between two messages. */
export interface CapsuleSnapshot {
  readonly capsule: string;
  /** The SHA-256 of its component, 32 bytes. */
  readonly digest: Uint8Array;
  /** The manifest, which holds what was granted, as JSON text. */
  readonly manifest: string;
  readonly config: readonly (readonly [name: string, value: string])[];
  /** The index of its last transition, 0 before the first. */
  readonly index: number;
  /** Which instance is running, or was the last one, counted from 1. */
  readonly instance: number;
  /** The latest time it was told, in nanoseconds since 1970. */
  readonly time: bigint;
  /** How many transitions have changed its state. */
  readonly version: number;
  /** Its state, ordered by the UTF-8 bytes of the keys. */
  readonly entries: Iterable<readonly [key: string, value: Uint8Array]>;
  /** Undefined when its next message is handled by a new instance. */
  readonly running: InstanceSnapshot | undefined;
}

/** Writes a snapshot. @param size how many entries there are @throws DoterosError `limit-exceeded` when it is too long */
export function writeSnapshot(snapshot: CapsuleSnapshot, size: number): Uint8Array {
  const out = new CborWriter();
  out.begin();
  out.array(FORMAT.length + 10);
  out.text(FORMAT[0]);
  out.uint(FORMAT[1]);
  out.text(snapshot.capsule);
  out.bytes(snapshot.digest);
  out.text(snapshot.manifest);
  writePairs(out, snapshot.config);
  out.uint(snapshot.index);
  out.uint(snapshot.instance);
  out.maybeUint64(snapshot.time);
  out.uint(snapshot.version);
  out.array(size);
  for (const [key, value] of snapshot.entries) {
    out.array(2);
    out.text(key);
    out.bytes(value);
  }
  writeInstance(out, snapshot.running);
  return out.end().slice();
}

function writeInstance(out: CborWriter, running: InstanceSnapshot | undefined): void {
  if (running === undefined) return out.null();
  out.array(3);
  out.boolean(running.starts);
  out.bytes(running.difference);
  out.bytes(running.state);
}

/** Writes the instance alone, as {@link decodeInstance} reads it. */
export function encodeInstance(running: InstanceSnapshot): Uint8Array {
  const out = new CborWriter();
  out.begin();
  writeInstance(out, running);
  return out.end().slice();
}

/** Reads an instance. Bytes in it are views of the input. @throws DoterosError `invalid-entry` with the `offset`, in bytes */
export function decodeInstance(bytes: Uint8Array): InstanceSnapshot {
  const input = new CborReader(bytes);
  const running = instanceOf(input) ?? input.fail("here is no instance", 0);
  input.end();
  return running;
}

/**
 * Reads a snapshot. Bytes in it are views of the input.
 *
 * @throws DoterosError `invalid-entry` with the `offset`, in bytes
 */
export function readSnapshot(bytes: Uint8Array): CapsuleSnapshot & { readonly entries: readonly (readonly [key: string, value: Uint8Array])[] } {
  const input = new CborReader(bytes);
  input.arrayOf(FORMAT.length + 10);
  if (input.text() !== FORMAT[0]) input.fail("this is no snapshot of a capsule", 0);
  const version = input.uint();
  if (version !== FORMAT[1]) input.fail(`the snapshot has the version ${version}, and this doteros-wasm knows ${FORMAT[1]}`, 0);
  // The members of an object literal are evaluated from top to bottom: they stand in the order of the bytes.
  const snapshot = {
    capsule: input.text(),
    digest: input.bytesOf(HASH_BYTES),
    manifest: input.text(),
    config: pairsOf(input),
    index: input.uint(),
    instance: input.uint(),
    time: input.maybeUint64() ?? input.fail("the time is missing"),
    version: input.uint(),
    entries: entriesOf(input),
    running: instanceOf(input),
  };
  input.end();
  return snapshot;
}

function instanceOf(input: CborReader): InstanceSnapshot | undefined {
  if (input.null()) return undefined;
  input.arrayOf(3);
  return { starts: input.boolean(), difference: input.bytes(), state: input.bytesOf(HASH_BYTES) };
}

function entriesOf(input: CborReader): (readonly [string, Uint8Array])[] {
  const { offset } = input;
  const entries: (readonly [string, Uint8Array])[] = [];
  for (let left = input.array(); left > 0; left -= 1) {
    input.arrayOf(2);
    entries.push([input.text(), input.bytes()]);
  }
  if (new Map(entries).size < entries.length) input.fail("a key is there twice", offset);
  return entries;
}
