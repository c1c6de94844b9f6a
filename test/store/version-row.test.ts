import { describe, expect, it } from "vitest";
import { valueIn, versionRow } from "../../host/platform/dotstore/version-row.ts";

describe("a row of versions", () => {
  const row = versionRow([
    { version: 3, value: Uint8Array.of(1, 2) },
    { version: 5, value: undefined },
    { version: 2 ** 40, value: Uint8Array.of() },
  ]);

  it("has the value of each version, and of those in between", () => {
    const values = [3, 4, 5, 2 ** 40 - 1, 2 ** 40, 2 ** 47].map((version) => valueIn(row, version));
    expect(values.map((value) => value && Array.from(value))).toEqual([[1, 2], [1, 2], undefined, undefined, [], []]);
  });

  it("that is cut short is damaged, unless what is asked for is there whole", () => {
    const whole = new Set([12, 22, 32]);
    const lengths = Array.from({ length: row.length }, (_, length) => length).filter((length) => length > 0 && !whole.has(length));
    for (const length of lengths) {
      expect(() => valueIn(row.subarray(0, length), 2 ** 47), `${length} bytes`).toThrow(expect.objectContaining({ code: "store-damaged" }));
    }
    expect([...(valueIn(row.subarray(0, 25), 3) ?? [])]).toEqual([1, 2]);
  });
});
