import { createCipheriv } from "node:crypto";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SEED_BYTES, SeededRandom } from "../../host/capability/random.ts";

/** The stream that OpenSSL's ChaCha20 makes of the same key, with nonce and counter zero. */
const oracle = (seed: Uint8Array, length: number): Uint8Array =>
  new Uint8Array(createCipheriv("chacha20", seed, new Uint8Array(16)).update(new Uint8Array(length)));

describe("random bytes", () => {
  it("are those of ChaCha20, in whatever pieces they are asked for", () => {
    const seed = fc.uint8Array({ minLength: SEED_BYTES, maxLength: SEED_BYTES });
    fc.assert(
      fc.property(seed, fc.array(fc.nat(200), { maxLength: 12 }), (key, lengths) => {
        const random = new SeededRandom(key);
        const pieces = lengths.map((length) => random.bytes(length));
        const total = lengths.reduce((sum, length) => sum + length, 0);
        expect(new Uint8Array(Buffer.concat(pieces))).toEqual(oracle(key, total));
      }),
    );
  });

  it("go on past many blocks", () => {
    const seed = Uint8Array.from({ length: SEED_BYTES }, (_, at) => at);
    expect(new SeededRandom(seed).bytes(100_000)).toEqual(oracle(seed, 100_000));
  });
});
