import { add, divide, isWhole, multiply, remainder, subtract, toWhole, fromWhole } from "../value/number.ts";
import { isNumber, RegoSet, type Value } from "../value/value.ts";
import { asInteger, asNumber, asString, type BuiltinFamily, type Context, Failure, wrongKind, wrongOperand } from "./table.ts";

/** Arithmetic, ranges and bits. */
export const arithmetic: BuiltinFamily = {
  plus: [2, (a: Value, b: Value) => add(asNumber(a, 1), asNumber(b, 2))],
  minus: [2, minus],
  mul: [2, (a: Value, b: Value) => multiply(asNumber(a, 1), asNumber(b, 2))],
  div: [2, quotient],
  rem: [2, rest],
  abs: [1, (a: Value) => absolute(asNumber(a, 1))],
  round: [1, (a: Value) => rounded(asNumber(a, 1), (value) => Math.sign(value) * Math.round(Math.abs(value)))],
  ceil: [1, (a: Value) => rounded(asNumber(a, 1), Math.ceil)],
  floor: [1, (a: Value) => rounded(asNumber(a, 1), Math.floor)],
  "numbers.range": [2, (from: Value, to: Value, context: Context) => range(wholeOperand(from, 1), wholeOperand(to, 2), 1n, context)],
  "numbers.range_step": [3, rangeStep],
  "rand.intn": [2, randomInteger, { readsOutside: true }],
  "bits.or": [2, (a: Value, b: Value) => fromWhole(wholeOperand(a, 1) | wholeOperand(b, 2))],
  "bits.and": [2, (a: Value, b: Value) => fromWhole(wholeOperand(a, 1) & wholeOperand(b, 2))],
  "bits.xor": [2, (a: Value, b: Value) => fromWhole(wholeOperand(a, 1) ^ wholeOperand(b, 2))],
  "bits.negate": [1, (a: Value) => fromWhole(~wholeOperand(a, 1))],
  "bits.lsh": [2, (a: Value, b: Value, context: Context) => fromWhole(shiftLeft(wholeOperand(a, 1), shiftOperand(b), context))],
  "bits.rsh": [2, (a: Value, b: Value) => fromWhole(wholeOperand(a, 1) >> shiftOperand(b))],
};

function minus(a: Value, b: Value): Value {
  if (isNumber(a)) {
    if (isNumber(b)) return subtract(a, b);
    throw wrongKind(2, b, "number");
  }
  if (!(a instanceof RegoSet)) throw wrongKind(1, a, "number", "set");
  if (!(b instanceof RegoSet)) throw wrongKind(2, b, "set");
  return new RegoSet(a.sorted().filter((member) => !b.has(member)));
}

function quotient(a: Value, b: Value): Value {
  const dividend = asNumber(a, 1);
  const divisor = asNumber(b, 2);
  if (divisor === 0) throw new Failure("divide by zero");
  return divide(dividend, divisor);
}

function rest(a: Value, b: Value): Value {
  const dividend = asNumber(a, 1);
  const divisor = asNumber(b, 2);
  if (!isWhole(dividend) || !isWhole(divisor)) throw new Failure("modulo on floating-point number");
  if (divisor === 0) throw new Failure("modulo by zero");
  return remainder(dividend, divisor) as number | bigint;
}

function absolute(value: number | bigint): number | bigint {
  if (typeof value === "number") return Math.abs(value);
  return value < 0n ? -value : value;
}

function rounded(value: number | bigint, round: (value: number) => number): number | bigint {
  if (typeof value === "bigint") return value;
  const whole = round(value);
  return fromWhole(BigInt(whole));
}

/** A whole number of any size. */
function wholeOperand(value: Value, position: number): bigint {
  if (!isNumber(value)) throw wrongKind(position, value, "integer");
  const whole = toWhole(value);
  if (whole === undefined) throw wrongOperand(position, "must be integer number but got floating-point number");
  return whole;
}

/** The most bits a number is shifted by: more is a text of thousands of digits. */
const SHIFT_MAX = 65_536n;

function shiftOperand(value: Value): bigint {
  const shift = wholeOperand(value, 2);
  if (shift < 0n) throw wrongOperand(2, "must be an unsigned integer number but got a negative integer");
  return shift;
}

function shiftLeft(value: bigint, shift: bigint, context: Context): bigint {
  if (shift > SHIFT_MAX) throw new Failure(`shifts by more than ${SHIFT_MAX} bits are not supported`);
  context.charge(Number(shift) >> 6);
  return value << shift;
}

function range(from: bigint, to: bigint, step: bigint, context: Context): Value {
  const numbers: Value[] = [];
  const distance = from < to ? to - from : from - to;
  const count = Number(distance / step);
  context.charge(count);
  const signed = from < to ? step : -step;
  for (let at = 0, value = from; at <= count; at += 1, value += signed) numbers.push(fromWhole(value));
  return numbers;
}

function rangeStep(from: Value, to: Value, step: Value, context: Context): Value {
  const size = wholeOperand(step, 3);
  if (size <= 0n) throw new Failure("step must be a positive integer");
  return range(wholeOperand(from, 1), wholeOperand(to, 2), size, context);
}

function randomInteger(name: Value, limit: Value, context: Context): Value {
  const count = Math.abs(asInteger(limit, 2));
  const key = `rand.intn ${count} ${asString(name, 1)}`;
  if (count === 0) return 0;
  const known = context.kept.get(key) as number | undefined;
  const value = known ?? Number(context.randomBits() % BigInt(count));
  context.kept.set(key, value);
  return value;
}
