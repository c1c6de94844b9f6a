import { isDeepStrictEqual } from "node:util";
import { describe, expect, it } from "vitest";
import { Blocks } from "../../host/capability/extism/blocks.ts";
import { Random } from "../component/random.ts";

const SPAN = 2n ** 32n;
const RUNS = Number(process.env["DOTEROS_RUNS"] ?? 100);
const SEED = Number(process.env["DOTEROS_SEED"] ?? 1);
const SIZES = [0, 1, 7, 8, 9, 100, 511, 512, 513, 4_095, 4_096, 5_000];

/** What blocks are: bytes by where they begin, those that are there. */
type Model = Map<bigint, Uint8Array>;

/** An address that may be within a block, at its edge, beyond it, or anywhere. */
function addressIn(random: Random, model: Model): bigint {
  const known = [...model.keys()];
  const base = known.length === 0 || random.once(8) ? BigInt(random.below(40)) * SPAN : random.pick(known);
  const length = model.get(base)?.length ?? 0;
  switch (random.below(6)) {
    case 0:
      return base;
    case 1:
      return base + BigInt(length) - BigInt(random.below(10));
    case 2:
      return base + BigInt(random.below(length + 1));
    case 3:
      return base + BigInt(random.below(2 ** 31));
    case 4:
      return -BigInt(random.below(100));
    default:
      return random.pick([2n ** 63n - 1n, -(2n ** 63n), 2n ** 53n, 2n ** 53n + 1n, SPAN - 1n]);
  }
}

/** Where in the model so many bytes are; undefined when they are not in one block. */
function find(model: Model, address: bigint, size: number): Uint8Array | undefined {
  for (const [base, bytes] of model) if (address >= base && address + BigInt(size) <= base + BigInt(bytes.length)) return bytes.subarray(Number(address - base), Number(address - base) + size);
  return undefined;
}

const attempt = (call: () => unknown): unknown => {
  try {
    return call();
  } catch (error) {
    return (error as { code?: string }).code;
  }
};

/** Does something to the blocks and to the model. Answers what came of it for each. */
function step(random: Random, blocks: Blocks, model: Model): readonly [found: unknown, expected: unknown] {
  const address = addressIn(random, model);
  const byte = random.below(256);
  switch (random.below(8)) {
    case 0: {
      const size = random.pick(SIZES);
      const made = blocks.allocate(BigInt(size));
      const isNew = !model.has(made);
      model.set(made, new Uint8Array(size));
      return [isNew, true];
    }
    case 1:
      blocks.free(address);
      model.delete(address);
      return [blocks.lengthAt(address), 0];
    case 2:
      return [blocks.lengthAt(address), model.get(address)?.length ?? 0];
    case 3: {
      const place = find(model, address, 1);
      place?.fill(byte);
      return [attempt(() => blocks.storeByte(address, byte)), place === undefined ? "trap" : undefined];
    }
    case 4: {
      const place = find(model, address, 8);
      if (place !== undefined) new DataView(place.buffer, place.byteOffset).setBigUint64(0, BigInt(byte) * 0x0102030405060708n, true);
      return [attempt(() => blocks.storeWord(address, BigInt(byte) * 0x0102030405060708n)), place === undefined ? "trap" : undefined];
    }
    case 5: {
      const place = find(model, address, 8);
      return [attempt(() => blocks.loadWord(address)), place === undefined ? "trap" : new DataView(place.buffer, place.byteOffset).getBigInt64(0, true)];
    }
    case 6: {
      const size = random.below(20) + 1;
      const place = find(model, address, size);
      return [attempt(() => blocks.slice(address, BigInt(size))), place ?? "trap"];
    }
    default:
      return [attempt(() => blocks.loadByte(address)), find(model, address, 1)?.[0] ?? "trap"];
  }
}

describe("blocks, whatever is done to them", () => {
  it.each(Array.from({ length: 8 }, (_, at) => SEED + at))("are what a table of bytes is: seed %i", (seed) => {
    const random = new Random(seed);
    const blocks = new Blocks(() => 100_000_000);
    const wrong: unknown[] = [];
    for (let call = 0; call < RUNS; call += 1) {
      const model: Model = new Map();
      for (let index = 0; index < 100; index += 1) {
        const [found, expected] = step(random, blocks, model);
        if (!isDeepStrictEqual(found, expected)) wrong.push({ call, index, found, expected });
      }
      for (const [address, bytes] of model) if (!isDeepStrictEqual(blocks.bytesAt(address), bytes)) wrong.push({ call, address, bytes });
      blocks.clear();
    }
    expect(wrong).toEqual([]);
  });
});
