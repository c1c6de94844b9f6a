import { as, type Offered } from "../interface.ts";
import { Cas, increment } from "./atomics.ts";
import { CountedBucket, deleteMany, getMany, getManyAnswers, openBucket, setMany, StoreBucket } from "./bucket.ts";
import type { Dialect } from "./dialect.ts";

// wasi:keyvalue, of which two drafts are in use. Buckets are parts of the capsule's own state.

const ERROR = "variant { no-such-store, access-denied, other(string) }";
const BUCKET = "bucket: borrow<bucket>";
const STORE_1 = "wasi:keyvalue/store@0.2.0-draft";
const ATOMICS_1 = "wasi:keyvalue/atomics@0.2.0-draft";
const BATCH_1 = "wasi:keyvalue/batch@0.2.0-draft";
const STORE_2 = "wasi:keyvalue/store@0.2.0-draft2";
const ATOMICS_2 = "wasi:keyvalue/atomics@0.2.0-draft2";
const BATCH_2 = "wasi:keyvalue/batch@0.2.0-draft2";

const MANY_FOUND = `func(${BUCKET}, keys: list<string>) -> result<list<option<tuple<string, list<u8>>>>, ${ERROR}>`;
/** What Spin and the latest text of the second draft have under the same name: each key, and its value if there is one. */
const MANY_ANSWERS = `func(${BUCKET}, keys: list<string>) -> result<list<tuple<string, option<list<u8>>>>, ${ERROR}>`;

const store = (cursor: "u64" | "string"): Offered =>
  as("state", {
    open: `func(identifier: string) -> result<bucket, ${ERROR}>`,
    bucket: "resource",
    "[method]bucket.get": `func(self: borrow<bucket>, key: string) -> result<option<list<u8>>, ${ERROR}>`,
    "[method]bucket.set": `func(self: borrow<bucket>, key: string, value: list<u8>) -> result<_, ${ERROR}>`,
    "[method]bucket.delete": `func(self: borrow<bucket>, key: string) -> result<_, ${ERROR}>`,
    "[method]bucket.exists": `func(self: borrow<bucket>, key: string) -> result<bool, ${ERROR}>`,
    "[method]bucket.list-keys": `func(self: borrow<bucket>, cursor: option<${cursor}>) -> result<record { keys: list<string>, cursor: option<${cursor}> }, ${ERROR}>`,
  });

const batch = (...many: readonly string[]): Offered =>
  as("state", {
    "get-many": many,
    "set-many": `func(${BUCKET}, key-values: list<tuple<string, list<u8>>>) -> result<_, ${ERROR}>`,
    "delete-many": `func(${BUCKET}, keys: list<string>) -> result<_, ${ERROR}>`,
  });

const counter = (integer: "u64" | "s64"): string => `func(${BUCKET}, key: string, delta: ${integer}) -> result<${integer}, ${ERROR}>`;

/** wasi:keyvalue. */
export const DIALECT: Dialect = {
  interfaces: {
    [STORE_1]: store("u64"),
    [ATOMICS_1]: as("state", { increment: counter("u64") }),
    [BATCH_1]: batch(MANY_FOUND),
    [STORE_2]: store("string"),
    [ATOMICS_2]: as("state", {
      increment: counter("s64"),
      cas: "resource",
      "[static]cas.new": `func(${BUCKET}, key: string) -> result<cas, ${ERROR}>`,
      "[method]cas.current": `func(self: borrow<cas>) -> result<option<list<u8>>, ${ERROR}>`,
      swap: `func(cas: cas, value: list<u8>) -> result<_, variant { store-error(${ERROR}), cas-failed(cas) }>`,
    }),
    [BATCH_2]: batch(MANY_FOUND, MANY_ANSWERS),
  },
  make: ({ transition, hasType }) => ({
    [STORE_1]: { open: (name: string) => openBucket(transition, name, CountedBucket), Bucket: CountedBucket },
    [ATOMICS_1]: { increment: (bucket: StoreBucket, key: string, delta: bigint) => increment(bucket, key, delta, 0n, (1n << 64n) - 1n) },
    [BATCH_1]: { getMany, setMany, deleteMany },
    [STORE_2]: { open: (name: string) => openBucket(transition, name, StoreBucket), Bucket: StoreBucket },
    [ATOMICS_2]: {
      increment: (bucket: StoreBucket, key: string, delta: bigint) => increment(bucket, key, delta, -(1n << 63n), (1n << 63n) - 1n),
      Cas,
      swap: (cas: Cas, value: Uint8Array) => cas.swap(value),
    },
    [BATCH_2]: { getMany: hasType(`${BATCH_2}#get-many`, MANY_ANSWERS) ? getManyAnswers : getMany, setMany, deleteMany },
  }),
};
