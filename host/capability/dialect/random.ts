import { DoterosError } from "../../contract/error.ts";
import { WASI_RANDOM_BYTES_MAX } from "../../contract/limits.ts";
import { as } from "../interface.ts";
import type { Dialect } from "./dialect.ts";

// wasi:random. All of it comes from the seed of the transition, which the ledger has: so it is not to be known beforehand, and
// is the same in a replay.

const RANDOM = "wasi:random/random@0.2.12";
const INSECURE = "wasi:random/insecure@0.2.12";
const SEED = "wasi:random/insecure-seed@0.2.12";
const U64_BYTES = 8;

/** wasi:random. */
export const DIALECT: Dialect = {
  interfaces: {
    [RANDOM]: as(undefined, { "get-random-bytes": "func(len: u64) -> list<u8>", "get-random-u64": "func() -> u64" }),
    [INSECURE]: as(undefined, { "get-insecure-random-bytes": "func(len: u64) -> list<u8>", "get-insecure-random-u64": "func() -> u64" }),
    [SEED]: as(undefined, { "insecure-seed": "func() -> tuple<u64, u64>" }),
  },
  make({ transition }) {
    const bytes = (length: bigint): Uint8Array => {
      if (length > WASI_RANDOM_BYTES_MAX) throw new DoterosError("trap", `wasi:random gives ${WASI_RANDOM_BYTES_MAX} bytes at a time, not ${length}`);
      return transition.random(Number(length));
    };
    const u64 = (): bigint => new DataView(transition.random(U64_BYTES).buffer).getBigUint64(0, true);
    /** A new instance is told nothing: so all new ones of a component are the same. It may have tables before its first message. */
    const seed = (): bigint => (transition.isOpen ? u64() : 0n);
    return {
      [RANDOM]: { getRandomBytes: bytes, getRandomU64: u64 },
      [INSECURE]: { getInsecureRandomBytes: bytes, getInsecureRandomU64: seed },
      [SEED]: { insecureSeed: () => [seed(), seed()] },
    };
  },
};
