import { fromWhole, parseNumber } from "../value/number.ts";
import type { Value } from "../value/value.ts";
import { asString, type BuiltinFamily, Failure } from "./table.ts";

/** Amounts with units. */
export const units: BuiltinFamily = {
  "units.parse": [1, (text: Value) => parseAmount(asString(text, 1))],
  "units.parse_bytes": [1, (text: Value) => parseBytes(asString(text, 1))],
};

const EXPONENT_DIGITS_MAX = 6;
/** The number a text begins with, exponent included, and what follows. */
const AMOUNT = /^((?:[\d.+-]|[eE](?=[\d+-])[+-]?)*)([\s\S]*)$/;

/** A decimal number as a fraction. */
interface Fraction {
  readonly top: bigint;
  readonly bottom: bigint;
}

function split(text: string, name: string, amount: string): readonly [string, string] {
  if (text.includes(" ")) throw new Failure(`${name}: spaces not allowed in resource strings`);
  const [, number = "", unit = ""] = AMOUNT.exec(text) ?? [];
  if (/[eE][+-]?\d{7}/.test(number)) throw new Failure(`${name}: exponent too large`);
  if (number === "") throw new Failure(`${name}: no ${amount} provided`);
  return [number, unit];
}

function fraction(text: string): Fraction | undefined {
  const match = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/.exec(text);
  const [, sign = "", whole = "", part = "", exponentText = "0"] = match ?? [];
  if (match === null || whole + part === "") return undefined;
  const exponent = Number(exponentText) - part.length;
  if (Math.abs(exponent) > 10 ** EXPONENT_DIGITS_MAX / 10) return undefined;
  const digits = BigInt(whole + part) * (sign === "-" ? -1n : 1n);
  return exponent >= 0 ? { top: digits * 10n ** BigInt(exponent), bottom: 1n } : { top: digits, bottom: 10n ** BigInt(-exponent) };
}

const POWERS = ["k", "m", "g", "t", "p", "e"];

/** What a unit of bytes stands for. */
function byteFactor(unit: string): bigint | undefined {
  if (unit === "") return 1n;
  const power = POWERS.indexOf(unit[0] ?? "");
  const rest = unit.slice(1);
  if (power < 0 || !["", "b", "i", "ib"].includes(rest)) return undefined;
  return (rest.startsWith("i") ? 1024n : 1000n) ** BigInt(power + 1);
}

function parseBytes(text: string): Value {
  const name = "units.parse_bytes";
  const [number, unit] = split(text.toLowerCase().replaceAll('"', ""), name, "byte amount");
  const factor = byteFactor(unit);
  if (factor === undefined) throw new Failure(`${name}: byte unit ${unit} not recognized`);
  const amount = fraction(number);
  if (amount === undefined) throw new Failure(`${name}: could not parse byte amount to a number`);
  return fromWhole((amount.top * factor) / amount.bottom);
}

/** What a unit stands for: `m` is a thousandth, `M` a million. */
function factorOf(unit: string): Fraction | undefined {
  if (unit === "") return { top: 1n, bottom: 1n };
  if (unit === "m") return { top: 1n, bottom: 1000n };
  const power = POWERS.indexOf((unit[0] ?? "").toLowerCase());
  const rest = unit.slice(1).toLowerCase();
  if (power < 0 || (rest !== "" && rest !== "i")) return undefined;
  return { top: (rest === "i" ? 1024n : 1000n) ** BigInt(power + 1), bottom: 1n };
}

function parseAmount(text: string): Value {
  const name = "units.parse";
  const [number, unit] = split(text.replaceAll('"', ""), name, "amount");
  const factor = factorOf(unit);
  if (factor === undefined) throw new Failure(`${name}: unit ${unit} not recognized`);
  const amount = fraction(number);
  if (amount === undefined) throw new Failure(`${name}: could not parse amount to a number`);
  const top = amount.top * factor.top;
  const bottom = amount.bottom * factor.bottom;
  if (top % bottom === 0n) return fromWhole(top / bottom);
  // Ten digits behind the point, the last one rounded.
  const scaled = (top * 10n ** 11n) / bottom;
  const rounded = (scaled + (scaled < 0n ? -5n : 5n)) / 10n;
  return parseNumber(`${rounded}e-10`) as Value;
}
