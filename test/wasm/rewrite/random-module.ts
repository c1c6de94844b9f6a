// Random core modules that are valid and always end: loops count down in locals of their own, and calls draw on a budget.
// What NaNs look like stays inside, unless `showNaN`, because engines may choose: that is the only thing they may choose.
import { ByteWriter } from "../../../host/wasm/byte-writer.ts";
import { Random } from "../../component/random.ts";
import { FunctionMaker, SWAPPED } from "./random-function.ts";
import { F32, F64, I32, I64, type ModuleShape, type Signature, type ValueType } from "./random-shape.ts";

/** What a random module is made of. */
export interface RandomOptions {
  /** Whether what a NaN looks like is looked at. */
  readonly showNaN?: boolean;
  /** Vectors. */
  readonly vectors?: boolean;
  /** Exceptions as browsers have had them since 2021. */
  readonly exceptions?: boolean;
  /** Exceptions as they are in the standard, several memories, structs and arrays. Not before Node 24. */
  readonly modern?: boolean;
  /** With `modern`: a memory of 64 bits. */
  readonly wide?: boolean;
  /** Nothing that keeps what memories and globals of numbers do not show: tables that change, segments that are dropped, objects. */
  readonly plain?: boolean;
}

/** Calls that one call from outside may lead to. */
const CALLS = 40;

/** A module, and the types of the functions that it exports as `f0`, `f1` and so on. */
export interface RandomModule {
  readonly bytes: Uint8Array;
  readonly exports: readonly Signature[];
}

/** The module of a seed. */
export function randomModule(seed: number, options: RandomOptions = {}): RandomModule {
  const random = new Random(seed);
  const shape = randomShape(random, options);
  const out = new ByteWriter(4096);
  for (const byte of [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00]) out.byte(byte);
  const code = shape.functions.map((_, index) => {
    const writer = new ByteWriter(512);
    new FunctionMaker(random, shape, index, writer).write();
    return writer.finish();
  });
  section(out, 1, (to) => writeTypes(to, shape));
  section(out, 2, (to) => writeImports(to));
  section(out, 3, (to) => list(to, shape.functions, (type) => to.u32(shape.typeOf(type))));
  section(out, 4, (to) => bytes(to, 2, 0x70, 1, 12, 24, 0x6f, 0, 6));
  section(out, 5, (to) => writeMemories(to, random, shape));
  if (shape.hasTags) section(out, 13, (to) => list(to, shape.tags, (type) => bytes(to, 0, shape.typeOf(type))));
  section(out, 6, (to) => writeGlobals(to, random, shape));
  section(out, 7, (to) => writeExports(to, shape));
  section(out, 9, (to) => writeElements(to, random, shape));
  section(out, 12, (to) => to.u32(2));
  section(out, 10, (to) => list(to, code, (body) => sized(to, body)));
  section(out, 11, (to) => writeData(to));
  return { bytes: out.finish(), exports: shape.functions };
}

function randomShape(random: Random, options: RandomOptions): ModuleShape {
  const types: Signature[] = [];
  const typeOf = (wanted: Signature): number => {
    const text = JSON.stringify(wanted);
    const known = types.findIndex((type) => JSON.stringify(type) === text);
    return known < 0 ? types.push(wanted) - 1 : known;
  };
  const numbers = [I32, I64, F32, F64] as const;
  const some = (most: number): ValueType[] => random.many(random.below(most + 1), () => random.pick(numbers));
  const functions = random.many(3 + random.below(5), () => ({ params: some(3), results: some(2) }));
  const tags = [{ params: [], results: [] }, { params: [I32], results: [] }, { params: [I64, F64], results: [] }] as const;
  const exceptions = options.exceptions === true || options.modern === true;
  const shape: ModuleShape = {
    functions,
    importedFunctions: 2,
    imported: [{ params: [I32, I64], results: [I32] }, { params: [F64], results: [] }],
    types,
    typeOf,
    tags,
    hasTags: exceptions,
    vectors: options.vectors === true,
    showNaN: options.showNaN === true,
    legacyExceptions: exceptions && options.modern !== true,
    modern: options.modern === true,
    // The first is imported and cannot change; the last is the budget.
    globals: [I32, I32, I32, I64, F32, F64, ...random.many(random.below(4), () => random.pick(numbers)), I32],
    memories: options.modern === true ? 2 : 1,
    wide: options.wide === true,
    plain: options.plain === true,
    elements: random.many(9, () => random.below(functions.length + 2)),
    elementBase: 3,
  };
  for (const type of [...shape.imported, ...functions, ...tags, SWAPPED]) typeOf(type);
  return shape;
}

function section(out: ByteWriter, id: number, write: (to: ByteWriter) => void): void {
  const content = new ByteWriter();
  write(content);
  out.byte(id);
  sized(out, content.finish());
}

function sized(out: ByteWriter, content: Uint8Array): void {
  out.u32(content.length);
  out.copy(content, 0, content.length);
}

function list<T>(to: ByteWriter, items: readonly T[], write: (item: T, index: number) => void): void {
  to.u32(items.length);
  items.forEach(write);
}

function bytes(to: ByteWriter, ...values: readonly number[]): void {
  for (const value of values) to.byte(value);
}

function writeTypes(to: ByteWriter, { types, modern, plain }: ModuleShape): void {
  const hasObjects = modern && !plain;
  to.u32(types.length + (hasObjects ? 2 : 0));
  for (const { params, results } of types) {
    to.byte(0x60);
    list(to, params, (type) => to.byte(type));
    list(to, results, (type) => to.byte(type));
  }
  // A struct of two numbers, and an array of numbers; all can change.
  if (hasObjects) bytes(to, 0x5f, 2, I32, 1, F64, 1, 0x5e, I32, 1);
}

function writeImports(to: ByteWriter): void {
  to.u32(3);
  for (const [name, type] of [["ask", 0], ["tell", 1]] as const) {
    to.name("host");
    to.name(name);
    bytes(to, 0, type);
  }
  to.name("host");
  to.name("base");
  bytes(to, 3, I32, 0);
}

function writeMemories(to: ByteWriter, random: Random, { memories, wide }: ModuleShape): void {
  to.u32(memories);
  for (let index = 0; index < memories; index++) {
    bytes(to, wide && index === 1 ? 5 : 1, 1 + random.below(2), 3 + random.below(4));
  }
}

function writeGlobals(to: ByteWriter, random: Random, { globals }: ModuleShape): void {
  const own = globals.slice(1);
  list(to, own, (type, index) => {
    bytes(to, type, index === 0 ? 0 : 1);
    if (index === 0) bytes(to, 0x23, 0);
    else if (type === I32) bytes(to, 0x41, index === own.length - 1 ? CALLS : random.below(64));
    else if (type === I64) bytes(to, 0x42, random.below(64));
    else bytes(to, type === F32 ? 0x43 : 0x44, ...random.many(type === F32 ? 4 : 8, () => 0));
    to.byte(0x0b);
  });
}

function writeExports(to: ByteWriter, { functions, memories, globals, importedFunctions }: ModuleShape): void {
  to.u32(functions.length + memories + globals.length - 1);
  functions.forEach((_, index) => {
    to.name(`f${index}`);
    bytes(to, 0, importedFunctions + index);
  });
  for (let index = 0; index < memories; index++) {
    to.name(`m${index}`);
    bytes(to, 2, index);
  }
  for (let index = 1; index < globals.length; index++) {
    to.name(index === globals.length - 1 ? "budget" : `g${index}`);
    bytes(to, 3, index);
  }
}

/** One that fills most of the table, where the imported global says; one for `table.init`; one that only declares. */
function writeElements(to: ByteWriter, random: Random, { functions, importedFunctions, elements }: ModuleShape): void {
  const any = (): number => random.below(functions.length + importedFunctions);
  to.u32(3);
  bytes(to, 0, 0x23, 0, 0x0b);
  list(to, elements, (func) => to.u32(func));
  bytes(to, 5, 0x70, 4, ...random.many(3, () => [0xd2, any(), 0x0b]).flat(), 0xd0, 0x70, 0x0b);
  bytes(to, 3, 0);
  list(to, random.many(functions.length + importedFunctions, (index) => index), (func) => to.u32(func));
}

function writeData(to: ByteWriter): void {
  to.u32(2);
  bytes(to, 0, 0x23, 0, 0x0b, 8, 1, 2, 3, 4, 250, 251, 252, 253);
  bytes(to, 1, 32, ...Array.from({ length: 32 }, (_, index) => index * 7));
}
