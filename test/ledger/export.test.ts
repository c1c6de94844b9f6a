import { describe, expect, it } from "vitest";
import { DoterosError } from "../../host/contract/error.ts";
import { openExport } from "../../host/ledger/export-file.ts";
import { type ExportPart, readExport } from "../../host/ledger/export-reader.ts";
import { writeExport } from "../../host/ledger/export-writer.ts";
import { verifyLedger } from "../../host/ledger/verify.ts";
import { fromEnvironment, Random } from "../component/random.ts";
import { chunksOf, fileOf, hashing, KEY, type MemoryLedger, randomLedger } from "./memory-ledger.ts";

const SEED = fromEnvironment("DOTEROS_SEED", 1);

async function partsOf(bytes: Uint8Array, chunk = 65_536): Promise<ExportPart[]> {
  const parts: ExportPart[] = [];
  for await (const part of readExport(chunksOf(bytes, chunk), hashing)) parts.push(part);
  return parts;
}

/** What reading it says: nothing when it is as it was written. */
async function faultOf(bytes: Uint8Array): Promise<DoterosError | undefined> {
  try {
    await partsOf(bytes);
    return undefined;
  } catch (error) {
    if (error instanceof DoterosError) return error;
    throw error;
  }
}

const small = (): MemoryLedger => {
  const ledger = randomLedger(SEED, 5).sign([2, 5]);
  ledger.modules = [Buffer.from("a component"), Buffer.from("another")];
  return ledger;
};

/** Where each entry's record begins and ends. */
async function placesOf(bytes: Uint8Array): Promise<{ from: number; to: number }[]> {
  const places: { from: number; to: number }[] = [];
  for (const part of await partsOf(bytes)) {
    if (part.type !== "entry") continue;
    const content = Buffer.from(bytes).indexOf(part.entry.bytes);
    places.push({ from: content - 9, to: content + part.entry.bytes.length });
  }
  return places;
}

describe("a ledger in a file", { timeout: 120_000 }, () => {
  it.each([1, 2, 7, 1_000, 1_000_000])("comes back as it was, read in chunks of %d bytes", async (chunk) => {
    const ledger = small();
    const parts = await partsOf(await ledger.exported(), chunk);
    expect(parts.map(({ type }) => type)).toEqual("key checkpoint checkpoint component component range entry entry entry entry entry".split(" "));
    const entries = parts.flatMap((part) => (part.type === "entry" ? [part.entry] : []));
    expect(entries.map(({ bytes }) => Buffer.from(bytes))).toEqual(ledger.bytes.map((bytes) => Buffer.from(bytes)));
    expect(parts).toContainEqual(expect.objectContaining({ type: "component", bytes: new Uint8Array(Buffer.from("another")) }));
  });

  it.each([[0, 0], [0, 1], [1, 1], [255, 600], [256, 512], [300, 1_000], [999, 1_000]])("is opened anywhere: entries %d to %d", async (start, size) => {
    const ledger = randomLedger(SEED, size, start).sign([size]);
    const file = await openExport(fileOf(await ledger.exported()), hashing);
    expect([file.start, file.size, file.key, file.checkpoints]).toEqual([start, size, KEY.verifier.text, ledger.checkpoints]);
    const some = rangeOf(start, size).filter((index) => index % 7 === 0 || index === size - 1);
    for (const index of some) expect(Buffer.from(await file.entry(index))).toEqual(Buffer.from(ledger.bytes[index] ?? []));
    for (let level = 0; 2 ** level <= size; level += 1) {
      const full = rangeOf(Math.ceil(start / 2 ** level), Math.floor(size / 2 ** level));
      for (const index of [...full.slice(0, 3), ...full.slice(-3)]) expect(Buffer.from(await file.subtree(level, index))).toEqual(Buffer.from(await ledger.subtree(level, index)));
    }
    expect(await verifyLedger(file, hashing.sha256, KEY.verifier)).toMatchObject({ fault: undefined, size, signed: size, root: ledger.root() });
  });

  it("is written again with the same bytes", async () => {
    const bytes = await small().exported();
    const file = await openExport(fileOf(bytes), hashing);
    const chunks: Uint8Array[] = [];
    for await (const chunk of writeExport(file, hashing)) chunks.push(chunk);
    expect(Buffer.concat(chunks)).toEqual(Buffer.from(bytes));
  });

  it("is larger than what is read at a time, and so may a component be", async () => {
    const ledger = randomLedger(SEED, 3_000);
    ledger.modules = [new Uint8Array(300_000).fill(7)];
    const bytes = await ledger.exported();
    expect(bytes.length).toBeGreaterThan(500_000);
    expect((await partsOf(bytes)).length).toBe(3_003);
  });

  it("is refused when any byte is changed, and the entry is named", async () => {
    const bytes = await small().exported();
    const places = await placesOf(bytes);
    const unseen: string[] = [];
    let named = 0;
    for (let offset = 0; offset < bytes.length; offset += 1) {
      const index = places.findIndex(({ from, to }) => offset >= from && offset < to);
      for (const flip of [0x01, 0x10, 0x80, 0xff]) {
        const changed = Uint8Array.from(bytes);
        changed[offset] = (changed[offset] as number) ^ flip;
        const fault = await faultOf(changed);
        const right = index < 0 ? fault?.offset !== undefined || fault?.code === "unsupported" : (fault?.message ?? "").includes(`entry ${index}`);
        if (fault === undefined || !right) unseen.push(`byte ${offset} xor ${flip}: ${String(fault)}`);
        named += Number(index >= 0);
      }
    }
    expect(unseen).toEqual([]);
    expect(named).toBeGreaterThan(1_000);
  });

  it("is refused when it ends early, wherever that is, and the entry is named", async () => {
    const bytes = await small().exported();
    const places = await placesOf(bytes);
    const unseen: string[] = [];
    for (let length = 0; length < bytes.length; length += 1) {
      const index = places.findIndex(({ from, to }) => length >= from && length < to);
      const fault = await faultOf(bytes.subarray(0, length));
      if (fault?.code !== "damaged-ledger" || (index >= 0 && !fault.message.includes(`entry ${index}`))) unseen.push(`${length}: ${String(fault)}`);
    }
    expect(unseen).toEqual([]);
  });

  it("is refused by verify, too, whichever byte is changed", async () => {
    const bytes = await small().exported();
    const places = await placesOf(bytes);
    const unseen: string[] = [];
    // Signatures take their time: every seventeenth byte will do here.
    for (let offset = 0; offset < bytes.length; offset += 17) {
      const index = places.findIndex(({ from, to }) => offset >= from && offset < to);
      const changed = Uint8Array.from(bytes);
      changed[offset] = (changed[offset] as number) ^ 0x04;
      const found = await openExport(fileOf(changed), hashing).then(async (file) => (await verifyLedger(file, hashing.sha256)).fault, (error: unknown) => error);
      const isRight = found instanceof DoterosError || (found !== undefined && (index < 0 || (found as { index?: number }).index === index));
      if (!isRight) unseen.push(`byte ${offset}: ${JSON.stringify(found)}`);
    }
    expect(unseen).toEqual([]);
  });

  it("is refused when there is more after its end", async () => {
    const bytes = await small().exported();
    expect(await faultOf(Buffer.concat([bytes, Uint8Array.of(0)]))).toMatchObject({ code: "damaged-ledger", offset: bytes.length });
  });

  it.each([["2", "2"], ["12", "12…"]])("of version %s is refused by name", async (version, named) => {
    const bytes = Buffer.from((await small().exported()).slice()).toString("latin1").replace("ledger 1\n", `ledger ${version}\n`);
    const fault = await faultOf(Buffer.from(bytes, "latin1"));
    expect(fault).toMatchObject({ code: "unsupported", message: expect.stringContaining(`version ${named} of its format`) as string });
  });

  it("is no other file", async () => {
    for (const text of ["", "PK\u0003\u0004", "doteros-ledger", "doteros-ledger 0\n______", "doteros-ledger x\n______"]) {
      expect(await faultOf(Buffer.from(text))).toMatchObject({ code: "damaged-ledger" });
      await expect(openExport(fileOf(Buffer.from(text)), hashing)).rejects.toMatchObject({ code: "damaged-ledger" });
    }
  });

  it("does not make room for a length before the bytes are there", async () => {
    const bytes = await small().exported();
    const [{ from } = { from: 0 }] = await placesOf(bytes);
    const hostile = Buffer.from(bytes);
    hostile.writeUInt32BE(200_000_000, from + 1);
    const before = process.memoryUsage().arrayBuffers;
    expect(await faultOf(hostile)).toMatchObject({ code: "damaged-ledger", message: expect.stringContaining("entry 0") as string });
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(50_000_000);
  });

  it("throws nothing but its own errors at bytes that were changed in several places", async () => {
    const bytes = await small().exported();
    const random = new Random(SEED);
    const unseen: string[] = [];
    for (let run = 0; run < fromEnvironment("DOTEROS_FUZZ", 1_000); run += 1) {
      const changed = [...bytes];
      for (let left = 1 + random.below(4); left > 0; left -= 1) {
        const at = random.below(changed.length);
        if (random.once(3)) changed.splice(at, random.below(60));
        else if (random.once(2)) changed.splice(at, 0, ...random.many(random.below(20), () => random.below(256)));
        else changed[at] = random.below(256);
      }
      const same = Buffer.compare(Uint8Array.from(changed), bytes) === 0;
      if (!same && (await faultOf(Uint8Array.from(changed))) === undefined) unseen.push(`seed ${SEED}, run ${run}`);
      const opened = await openExport(fileOf(Uint8Array.from(changed)), hashing).catch((error: unknown) => error);
      if (opened instanceof Error && !(opened instanceof DoterosError)) throw opened;
    }
    expect(unseen).toEqual([]);
  });
});

function rangeOf(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, at) => from + at);
}
