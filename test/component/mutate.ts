// Changes to valid components that leave most of each component valid: within sections, whose sizes are put right
// afterwards, of whole sections, and now and then of any byte at all.
import type { Random } from "./random.ts";
import { sectionsOf } from "./section.ts";
import { uleb } from "../wasm/leb128.ts";

/** A section whose content can be changed: bytes, or the sections of a component inside. */
interface Part {
  readonly id: number;
  readonly content: Uint8Array | Part[];
}

const PREAMBLE = Uint8Array.of(0x00, 0x61, 0x73, 0x6d, 0x0d, 0x00, 0x01, 0x00);
const MODULE = 1;
const COMPONENT = 4;

function partsOf(bytes: Uint8Array, start = 8, end: number = bytes.length): Part[] {
  return sectionsOf(bytes, start, end).map((section) => ({
    id: section.id,
    content: section.id === COMPONENT ? partsOf(bytes, section.content + 8, section.end) : bytes.slice(section.content, section.end),
  }));
}

function join(parts: readonly Part[]): Uint8Array {
  const chunks: Uint8Array[] = [PREAMBLE];
  for (const { id, content } of parts) {
    const bytes = content instanceof Uint8Array ? content : join(content);
    chunks.push(Uint8Array.from([id, ...uleb(bytes.length)]), bytes);
  }
  return concatenate(chunks);
}

function concatenate(chunks: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

/** Bytes that mean something in many places: small numbers, the ends of LEB128's ranges, opcodes of types. */
const TELLING = [0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x0f, 0x10, 0x11, 0x12, 0x3f, 0x40, 0x41, 0x42, 0x50, 0x60, 0x7f, 0x80, 0xff];

const isLetter = (byte: number): boolean => byte >= 0x61 && byte <= 0x7a;
const isPrimitive = (byte: number): boolean => byte >= 0x73 && byte <= 0x7f;

/** One byte of a kind becomes another of that kind: letters of names, opcodes of types, indices. What was valid often stays so. */
function editKindly(random: Random, bytes: Uint8Array): Uint8Array {
  const [fits, other] = random.pick([
    [isLetter, (): number => 0x61 + random.below(26)],
    [isPrimitive, (): number => 0x73 + random.below(13)],
    [(byte: number) => byte < 8, (): number => random.below(8)],
  ] as const);
  const places = [...bytes.keys()].filter((at) => fits(bytes[at] ?? 0));
  const changed = bytes.slice();
  if (places.length > 0) changed[random.pick(places)] = other();
  return changed;
}

/** One small change to some bytes. */
function edit(random: Random, bytes: Uint8Array): Uint8Array {
  const at = random.below(bytes.length + 1);
  const length = 1 + random.below(random.once(4) ? 40 : 4);
  const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)];
  switch (random.below(7)) {
    case 0:
      return concatenate([before, Uint8Array.of(random.pick(TELLING)), after.subarray(1)]);
    case 1:
      return concatenate([before, Uint8Array.of((after[0] ?? 0) + (random.once(2) ? 1 : 255)), after.subarray(1)]);
    case 2:
      return concatenate([before, Uint8Array.of((after[0] ?? 0) ^ (1 << random.below(8))), after.subarray(1)]);
    case 3:
      return concatenate([before, after.subarray(length)]);
    case 4:
      return concatenate([before, Uint8Array.from(random.many(length, () => random.bits())), after]);
    case 5:
      return concatenate([before, after.subarray(0, length), after]);
    default:
      return concatenate([before, Uint8Array.from(uleb(random.pick([127, 128, 2 ** 16, 2 ** 28, 2 ** 31, 2 ** 32 - 1]))), after.subarray(1)]);
  }
}

function editTimes(random: Random, bytes: Uint8Array): Uint8Array {
  let changed = bytes;
  for (let times = 1 + random.below(3); times > 0; times -= 1) {
    changed = random.once(2) ? editKindly(random, changed) : edit(random, changed);
  }
  return changed;
}

/** The sections of the component, or of one inside it. */
function level(random: Random, parts: Part[]): Part[] {
  const inner = parts.map(({ content }) => content).filter((content) => Array.isArray(content));
  return inner.length > 0 && random.once(2) ? level(random, random.pick(inner)) : parts;
}

function changeWithin(random: Random, parts: Part[]): void {
  const editable = parts.flatMap(({ id, content }, index) => (content instanceof Uint8Array && (id !== MODULE || random.once(8)) ? [index] : []));
  if (editable.length === 0) return;
  const index = random.pick(editable);
  const { id, content } = parts[index] as Part;
  parts[index] = { id, content: editTimes(random, content as Uint8Array) };
}

function changeWhole(random: Random, parts: Part[], donor: readonly Part[]): void {
  const at = random.below(parts.length + 1);
  const part = parts[at];
  switch (random.below(5)) {
    case 0:
      parts.splice(at, 1);
      return;
    case 1:
      if (part !== undefined) parts.splice(random.below(parts.length + 1), 0, part);
      return;
    case 2:
      parts.splice(random.below(parts.length + 1), 0, ...parts.splice(at, 1));
      return;
    case 3:
      if (part !== undefined) parts[at] = { ...part, id: random.below(13) };
      return;
    default:
      if (donor.length > 0) parts.splice(at, 0, random.pick(donor));
  }
}

/** A component that differs from a valid one; `others` are where it may have sections from. */
export function mutate(random: Random, bytes: Uint8Array, others: readonly Uint8Array[]): Uint8Array {
  if (random.once(8)) return editTimes(random, bytes);
  const parts = partsOf(bytes);
  for (let times = 1 + random.below(2); times > 0; times -= 1) {
    const here = level(random, parts);
    if (random.once(4)) changeWhole(random, here, partsOf(random.pick(others)));
    else changeWithin(random, here);
  }
  return join(parts);
}
