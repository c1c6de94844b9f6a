/** Whole numbers below a bound, the same for the same seed. */
export type Random = (below: number) => number;

/** A small generator (mulberry32): any seed will do. */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

const TEXTS = ["", "a", "b", "station", "celsius", 'a "quoted" word', "\u0000\u001f\n\t\\", "äöü", "日本語", "😀 and more than 23 bytes of text", "x".repeat(300)];
const NUMBERS = [0, -0, 0.5, 1.1, -3.25, 0.1 + 0.2, 1e21, 5e-324, 1.7976931348623157e308, 65504, 65505, 2 ** -24, 123456.789, Infinity, Number.NaN];

/** A well-formed document, often not a deterministic one, as bytes. */
export function randomDocument(random: Random, depth: number): number[] {
  const kind = random(depth > 0 ? 10 : 6);
  if (kind < 2) return randomHead(random, kind, BigInt(random(2 ** random(32))) * BigInt(random(2) === 0 ? 1 : random(2 ** 32)));
  if (kind === 2) return randomString(random, 2, randomBytes(random, random(30)));
  if (kind === 3) return randomString(random, 3, randomText(random));
  if (kind < 6) return randomSimple(random);
  if (kind === 9) return [...randomHead(random, 6, BigInt(random(6))), ...randomDocument(random, depth - 1)];
  return randomContainer(random, kind < 7 ? 4 : 5, depth);
}

function randomContainer(random: Random, major: number, depth: number): number[] {
  const count = random(20) === 0 ? 30 : random(5);
  const items: number[] = [];
  for (let index = 0; index < count; index += 1) {
    if (major === 5) items.push(...(random(8) === 0 ? randomDocument(random, depth - 1) : randomKey(random)));
    items.push(...randomDocument(random, depth - 1));
  }
  return random(5) === 0 ? [major * 32 + 31, ...items, 0xff] : [...randomHead(random, major, BigInt(count)), ...items];
}

function randomKey(random: Random): number[] {
  if (random(5) === 0) return randomHead(random, random(2), BigInt(random(40)));
  const bytes = [...new TextEncoder().encode(random(3) === 0 ? randomWord(random) : `k${random(400)}`)];
  return randomString(random, 3, bytes);
}

function randomWord(random: Random): string {
  return TEXTS[random(TEXTS.length)] ?? "";
}

function randomText(random: Random): number[] {
  return [...new TextEncoder().encode(randomWord(random) + (random(2) === 0 ? "" : randomWord(random)))];
}

function randomBytes(random: Random, length: number): number[] {
  return Array.from({ length }, () => random(256));
}

/** In one piece, or in an indefinite one of two that a character is not cut by. */
function randomString(random: Random, major: number, bytes: number[]): number[] {
  const whole = [...randomHead(random, major, BigInt(bytes.length)), ...bytes];
  return random(8) === 0 ? [major * 32 + 31, ...whole, ...randomHead(random, major, 1n), 0x41, 0xff] : whole;
}

/** A head that is the shortest most of the time. */
function randomHead(random: Random, major: number, wanted: bigint): number[] {
  const argument = BigInt.asUintN(64, wanted);
  const least = argument < 24n ? 0 : argument < 256n ? 1 : argument < 65_536n ? 2 : argument < 2n ** 32n ? 3 : 4;
  const form = random(6) === 0 ? least + random(5 - least) : least;
  if (form === 0) return [major * 32 + Number(argument)];
  const digits = argument.toString(16).padStart(2 ** form, "0");
  return [major * 32 + 23 + form, ...Buffer.from(digits, "hex")];
}

function randomSimple(random: Random): number[] {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, random(3) === 0 ? (random(2_000_001) - 1_000_000) / 10 ** random(7) : (NUMBERS[random(NUMBERS.length)] ?? 0));
  const kind = random(6);
  if (kind === 0) return [0xf4 + random(4)];
  if (kind === 1) return random(2) === 0 ? [0xe0 + random(20)] : [0xf8, 32 + random(224)];
  if (kind === 2) return [0xf9, random(256), random(256)];
  if (kind === 3) {
    view.setFloat32(0, view.getFloat64(0));
    return [0xfa, ...new Uint8Array(view.buffer, 0, 4)];
  }
  return random(8) === 0 ? [0xfb, ...randomBytes(random, 8)] : [0xfb, ...new Uint8Array(view.buffer)];
}

/** The same bytes with a few changed, taken out, put in or cut off. */
export function mutated(random: Random, bytes: number[]): number[] {
  const changed = [...bytes];
  for (let left = 1 + random(3); left > 0; left -= 1) {
    const at = random(changed.length + 1);
    const way = random(4);
    if (way === 0) changed.splice(at, 1, random(256));
    else if (way === 1) changed.splice(at, 1);
    else if (way === 2) changed.splice(at, 0, random(256));
    else changed.splice(at);
  }
  return changed;
}
