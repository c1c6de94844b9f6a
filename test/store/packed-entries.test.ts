import { describe, expect, it } from "vitest";
import { packEntries, unpackEntries } from "../../host/contract/packed-entries.ts";
import { fromEnvironment, Random } from "../component/random.ts";

const SEED = fromEnvironment("DOTEROS_SEED", 1);

describe("a pack of entries", () => {
  it("gives back what was packed", () => {
    const random = new Random(SEED);
    for (let run = 0; run < 200; run += 1) {
      const entries = random.many(random.below(5), () => new Uint8Array(random.below(4) === 0 ? 70_000 : random.below(300)).fill(random.below(256)));
      const again = [...unpackEntries(packEntries(entries), 0)];
      expect(again.map(({ length }) => length), `seed ${SEED}, run ${run}`).toEqual(entries.map(({ length }) => length));
      expect(Buffer.compare(Buffer.concat(again), Buffer.concat(entries)), `seed ${SEED}, run ${run}`).toBe(0);
    }
  });

  it("that is cut short is damaged, and says from which entry on", () => {
    const pack = packEntries([Uint8Array.of(1, 2, 3), Uint8Array.of(4), Uint8Array.of()]);
    const ends = [0, 8, 14, 19];
    const lengths = Array.from({ length: pack.length }, (_, length) => length);
    for (const length of lengths.filter((one) => !ends.includes(one))) {
      const whole = ends.findLastIndex((end) => end <= length);
      const read = (): unknown[] => [...unpackEntries(pack.subarray(0, length), 7)];
      expect(read, `${length} bytes`).toThrow(expect.objectContaining({ code: "store-damaged", where: `entry ${7 + whole}` }));
    }
    for (const [count, end] of ends.entries()) expect([...unpackEntries(pack.subarray(0, end), 7)]).toHaveLength(count);
  });

  it("that has no zero before an entry is damaged", () => {
    expect(() => [...unpackEntries(packEntries([Uint8Array.of(1)]).with(4, 1), 0)]).toThrow(expect.objectContaining({ code: "store-damaged" }));
  });
});
