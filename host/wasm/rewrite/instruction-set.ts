// What the rewriter knows of each instruction. Those of two bytes are numbered on: 0xfb from 0x100 on, 0xfc from 0x200, 0xfd
// from 0x300.

/** The numbers of instructions whose first byte is 0xfb: structs, arrays, casts. */
export const GC_BASE = 0x100;
/** The numbers of instructions whose first byte is 0xfc: saturating conversions, bulk memory and tables. */
export const BULK_BASE = 0x200;
/** The numbers of instructions whose first byte is 0xfd: vectors. */
export const VECTOR_BASE = 0x300;
const COUNT = 0x400;

// What follows an opcode.
export const NOTHING = 1;
export const INDEX = 2;
export const TWO_INDICES = 3;
export const MEMORY_ARGUMENT = 4;
export const NUMBER = 5;
export const FOUR_BYTES = 6;
export const EIGHT_BYTES = 7;
export const SIXTEEN_BYTES = 8;
export const BLOCK_TYPE = 9;
export const LANE = 10;
export const MEMORY_ARGUMENT_AND_LANE = 11;
export const LABELS = 12;
export const TYPES = 13;
export const CATCHES = 14;
export const CAST = 15;

// What a pass does with an instruction. Most are only counted.
export const PLAIN = 0;
export const OPENS = 1;
export const CLOSES = 2;
export const BRANCHES = 3;
export const CALLS = 4;
export const LEAVES = 5;
export const GLOBAL = 6;
export const LENGTH = 7;
export const FLOAT = 8;
export const GATHERS = 9;
export const DROPS = 10;
const SETS_ELEMENT = 11;

/** What follows an opcode; 0 for one that the rewriter does not know. */
export const SHAPES = new Uint8Array(COUNT);
/** How many operands an instruction leaves more than it takes. For some it depends on types. */
export const EFFECTS = new Int8Array(COUNT);
/** What a pass does with an instruction. */
export const ROLES = new Uint8Array(COUNT);
/** What an instruction costs, in units of fuel. */
export const COSTS = new Uint16Array(COUNT).fill(1);

function define(shape: number, effect: number, ...ranges: readonly (readonly [number, number])[]): void {
  for (const [first, last] of ranges) {
    SHAPES.fill(shape, first, last + 1);
    EFFECTS.fill(effect, first, last + 1);
  }
}

function all(table: Uint8Array | Uint16Array, value: number, ...opcodes: readonly number[]): void {
  for (const opcode of opcodes) table[opcode] = value;
}

const from = (base: number, ...ranges: readonly (readonly [number, number])[]): [number, number][] =>
  ranges.map(([first, last]) => [base + first, base + last]);

// Control. Costs nothing where it only marks structure.
define(NOTHING, 0, [0x00, 0x01], [0x05, 0x05], [0x0a, 0x0b], [0x0f, 0x0f], [0x19, 0x19]);
define(BLOCK_TYPE, 0, [0x02, 0x03], [0x06, 0x06]);
define(BLOCK_TYPE, -1, [0x04, 0x04]);
define(INDEX, 0, [0x07, 0x09], [0x0c, 0x0c], [0x10, 0x10], [0x12, 0x12], [0x14, 0x15], [0x18, 0x18]);
define(INDEX, -1, [0x0d, 0x0d]);
define(LABELS, -1, [0x0e, 0x0e]);
define(TWO_INDICES, -1, [0x11, 0x11], [0x13, 0x13]);
define(CATCHES, 0, [0x1f, 0x1f]);
all(COSTS, 0, 0x02, 0x03, 0x05, 0x06, 0x07, 0x0b, 0x18, 0x19, 0x1f);
// Operands, locals, globals, tables.
define(NOTHING, -1, [0x1a, 0x1a]);
define(NOTHING, -2, [0x1b, 0x1b]);
define(TYPES, -2, [0x1c, 0x1c]);
define(INDEX, 1, [0x20, 0x20], [0x23, 0x23], [0x3f, 0x3f], [0xd2, 0xd2]);
define(INDEX, -1, [0x21, 0x21], [0x24, 0x24]);
define(INDEX, 0, [0x22, 0x22], [0x25, 0x25], [0x40, 0x40]);
define(INDEX, -2, [0x26, 0x26]);
// Memory and constants.
define(MEMORY_ARGUMENT, 0, [0x28, 0x35]);
define(MEMORY_ARGUMENT, -2, [0x36, 0x3e]);
define(NUMBER, 1, [0x41, 0x42], [0xd0, 0xd0]);
define(FOUR_BYTES, 1, [0x43, 0x43]);
define(EIGHT_BYTES, 1, [0x44, 0x44]);
// Numbers: of one operand, of two. References.
define(NOTHING, 0, [0x45, 0xc4], [0xd1, 0xd1], [0xd4, 0xd4]);
define(NOTHING, -1, [0x46, 0x4f], [0x51, 0x66], [0x6a, 0x78], [0x7c, 0x8a], [0x92, 0x98], [0xa0, 0xa6], [0xd3, 0xd3]);
define(INDEX, 0, [0xd5, 0xd5]);
define(INDEX, -1, [0xd6, 0xd6]);
// Structs, arrays, casts.
define(INDEX, 1, ...from(GC_BASE, [0, 1]));
define(TWO_INDICES, 0, ...from(GC_BASE, [2, 4]));
define(TWO_INDICES, -2, ...from(GC_BASE, [5, 5]));
define(INDEX, -1, ...from(GC_BASE, [6, 6], [11, 13]));
define(INDEX, 0, ...from(GC_BASE, [7, 7]));
define(TWO_INDICES, 1, ...from(GC_BASE, [8, 8]));
define(TWO_INDICES, -1, ...from(GC_BASE, [9, 10]));
define(INDEX, -3, ...from(GC_BASE, [14, 14]));
define(NOTHING, 0, ...from(GC_BASE, [15, 15], [26, 30]));
define(INDEX, -4, ...from(GC_BASE, [16, 16]));
define(TWO_INDICES, -5, ...from(GC_BASE, [17, 17]));
define(TWO_INDICES, -4, ...from(GC_BASE, [18, 19]));
define(NUMBER, 0, ...from(GC_BASE, [20, 23]));
define(CAST, 0, ...from(GC_BASE, [24, 25]));
// Saturating conversions; bulk memory and tables.
define(NOTHING, 0, ...from(BULK_BASE, [0, 7]));
define(TWO_INDICES, -3, ...from(BULK_BASE, [8, 8], [10, 10], [12, 12], [14, 14]));
define(INDEX, 0, ...from(BULK_BASE, [9, 9], [13, 13]));
define(INDEX, -3, ...from(BULK_BASE, [11, 11], [17, 17]));
define(INDEX, -1, ...from(BULK_BASE, [15, 15]));
define(INDEX, 1, ...from(BULK_BASE, [16, 16]));
// Vectors. The numbers left out belong to no instruction.
define(MEMORY_ARGUMENT, 0, ...from(VECTOR_BASE, [0, 10], [92, 93]));
define(MEMORY_ARGUMENT, -2, ...from(VECTOR_BASE, [11, 11]));
define(SIXTEEN_BYTES, 1, ...from(VECTOR_BASE, [12, 12]));
define(SIXTEEN_BYTES, -1, ...from(VECTOR_BASE, [13, 13]));
define(LANE, 0, ...from(VECTOR_BASE, [21, 34]));
define(LANE, -1, ...from(VECTOR_BASE, [23, 23], [26, 26], [28, 28], [30, 30], [32, 32], [34, 34]));
define(MEMORY_ARGUMENT_AND_LANE, -1, ...from(VECTOR_BASE, [84, 87]));
define(MEMORY_ARGUMENT_AND_LANE, -2, ...from(VECTOR_BASE, [88, 91]));
define(NOTHING, 0, ...from(VECTOR_BASE, [15, 20], [77, 77], [83, 83], [94, 100], [103, 106], [116, 117], [122, 122], [124, 129]));
define(NOTHING, 0, ...from(VECTOR_BASE, [131, 132], [135, 138], [148, 148], [160, 161], [163, 164], [167, 170], [192, 193]));
define(NOTHING, 0, ...from(VECTOR_BASE, [195, 196], [199, 202], [224, 225], [227, 227], [236, 237], [239, 239], [248, 255]));
define(NOTHING, -1, ...from(VECTOR_BASE, [14, 14], [35, 76], [78, 81], [101, 102], [107, 115], [118, 121], [123, 123], [130, 130]));
define(NOTHING, -1, ...from(VECTOR_BASE, [133, 134], [139, 147], [149, 153], [155, 159], [171, 174], [177, 177], [181, 186]));
define(NOTHING, -1, ...from(VECTOR_BASE, [188, 191], [203, 206], [209, 209], [213, 223], [228, 235], [240, 247]));
define(NOTHING, -2, ...from(VECTOR_BASE, [82, 82]));

all(ROLES, OPENS, 0x02, 0x03, 0x04, 0x06, 0x1f);
all(ROLES, CLOSES, 0x05, 0x07, 0x0b, 0x18, 0x19);
all(ROLES, BRANCHES, 0x0c, 0x0d, 0x0e, 0xd5, 0xd6, GC_BASE + 24, GC_BASE + 25);
all(ROLES, CALLS, 0x10, 0x11, 0x14);
all(ROLES, LEAVES, 0x00, 0x08, 0x09, 0x0a, 0x0f, 0x12, 0x13, 0x15);
all(ROLES, GLOBAL, 0x23, 0x24);
all(ROLES, LENGTH, 0x40, ...[6, 7, 9, 10, 16, 17, 18, 19].map((opcode) => GC_BASE + opcode));
all(ROLES, LENGTH, ...[8, 10, 11, 12, 14, 15, 17].map((opcode) => BULK_BASE + opcode));
all(ROLES, GATHERS, GC_BASE, GC_BASE + 1, GC_BASE + 8);
all(ROLES, DROPS, BULK_BASE + 9, BULK_BASE + 13);
all(ROLES, SETS_ELEMENT, 0x26);

/** Whose result may be a NaN of bits that the engine chooses: 1 f32, 2 f64, 3 f32x4, 4 f64x2. Others pass the bits on. */
export const FLOATS = new Uint8Array(COUNT);
FLOATS.fill(1, 0x8d, 0x98).fill(2, 0x9b, 0xa6);
all(FLOATS, 1, 0xb6);
all(FLOATS, 2, 0xbb);
all(FLOATS, 3, ...[94, 103, 104, 105, 106, 227, 228, 229, 230, 231, 232, 233].map((opcode) => VECTOR_BASE + opcode));
all(FLOATS, 4, ...[95, 116, 117, 122, 148, 239, 240, 241, 242, 243, 244, 245].map((opcode) => VECTOR_BASE + opcode));
for (const [opcode, kind] of FLOATS.entries()) if (kind !== 0) ROLES[opcode] = FLOAT;

/** What throwing costs: engines walk the stack then. Measured: up to as long as so many instructions. */
const THROW_COST = 2_000;
/** What putting a reference into a table costs. */
const TABLE_SET_COST = 32;
/** What an instruction costs that has a length, before its length. */
const LENGTH_COST = 16;
all(COSTS, THROW_COST, 0x08, 0x09, 0x0a);
all(COSTS, TABLE_SET_COST, 0x26);
for (const [opcode, role] of ROLES.entries()) if (role === LENGTH) COSTS[opcode] = LENGTH_COST;
