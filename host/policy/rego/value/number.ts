// Numbers: whole ones are exact at any size, the others are doubles whose arithmetic is done on their decimal digits.

/** A number as a whole one, or undefined when it has a fraction. */
export function toWhole(value: number | bigint): bigint | undefined {
  if (typeof value === "bigint") return value;
  return Number.isInteger(value) ? BigInt(value) : undefined;
}

/** A whole number in the one form it has: a bigint only beyond 2^53. */
export function fromWhole(value: bigint): number | bigint {
  return value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value;
}

/** Whether a number has no fraction. */
export function isWhole(value: number | bigint): boolean {
  return typeof value === "bigint" || Number.isInteger(value);
}

const NUMBER = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/;
/** The most digits an exponent may ask for; a number beyond it is refused. */
const EXPONENT_DIGITS_MAX = 30_000;

/** A number from its decimal text, exactly when it is whole; undefined when it is none or too large to write down. */
export function parseNumber(text: string): number | bigint | undefined {
  const match = NUMBER.exec(text);
  if (match === null) return undefined;
  const [, sign = "", whole = "", fraction = "", exponentText = "0"] = match;
  if (whole === "" && fraction === "") return undefined;
  const exponent = Number(exponentText);
  if (Math.abs(exponent) > EXPONENT_DIGITS_MAX) return undefined;
  const short = whole.length + Math.abs(exponent) < 15;
  if (short && fraction === "") return exponent < 0 ? Number(text) : Number(`${sign}${whole}e${exponent}`) || 0;
  const digits = fraction.replace(/0+$/, "");
  if (digits.length > exponent) {
    const value = Number(text);
    return Number.isSafeInteger(value) || !Number.isInteger(value) ? value : BigInt(value);
  }
  const value = BigInt(`${whole}${digits}` || "0") * 10n ** BigInt(exponent - digits.length);
  return fromWhole(sign === "-" ? -value : value);
}

/** The text of a number as Go writes it: whole ones without an exponent. */
export function numberText(value: number | bigint): string {
  if (typeof value === "bigint") return value.toString();
  if (Number.isInteger(value)) return Object.is(value, -0) ? "0" : Number.isSafeInteger(value) ? String(value) : BigInt(value).toString();
  const text = String(value);
  const at = text.indexOf("e");
  if (at < 0) return text.replace(/^(-?)0\.0000(\d+)$/, (whole, sign: string, digits: string) => small(whole, sign, digits));
  const exponent = text.slice(at + 2);
  return `${text.slice(0, at + 2)}${exponent.padStart(2, "0")}`;
}

/** Go changes to an exponent below 1e-4, JavaScript below 1e-6. */
function small(whole: string, sign: string, digits: string): string {
  const zeros = /^0*/.exec(digits)?.[0].length ?? 0;
  const rest = digits.slice(zeros);
  if (rest === "") return whole;
  const mantissa = rest.length > 1 ? `${rest[0]}.${rest.slice(1)}` : rest;
  return `${sign}${mantissa}e-${String(5 + zeros).padStart(2, "0")}`;
}

/** A number as an integer times a power of ten. */
function decimal(value: number | bigint): readonly [bigint, number] {
  if (typeof value === "bigint") return [value, 0];
  const [mantissa = "0", exponent = "0"] = String(value).split("e");
  const [whole = "0", fraction = ""] = mantissa.split(".");
  return [BigInt(whole + fraction), Number(exponent) - fraction.length];
}

function fromDecimal(mantissa: bigint, exponent: number): number | bigint {
  if (exponent >= 0) return fromWhole(mantissa * 10n ** BigInt(exponent));
  const value = Number(`${mantissa}e${exponent}`);
  if (Number.isSafeInteger(value) || !Number.isInteger(value)) return value === 0 ? 0 : value;
  return BigInt(value);
}

function aligned(a: number | bigint, b: number | bigint): readonly [bigint, bigint, number] {
  const [x, ex] = decimal(a);
  const [y, ey] = decimal(b);
  const exponent = Math.min(ex, ey);
  return [x * 10n ** BigInt(ex - exponent), y * 10n ** BigInt(ey - exponent), exponent];
}

/** a + b. */
export function add(a: number | bigint, b: number | bigint): number | bigint {
  if (typeof a === "number" && typeof b === "number") {
    const sum = a + b;
    if (Number.isSafeInteger(sum) && Number.isInteger(a) && Number.isInteger(b)) return sum;
  }
  const [x, y, exponent] = aligned(a, b);
  return fromDecimal(x + y, exponent);
}

/** a - b. */
export function subtract(a: number | bigint, b: number | bigint): number | bigint {
  return add(a, typeof b === "bigint" ? fromWhole(-b) : -b);
}

/** a * b. */
export function multiply(a: number | bigint, b: number | bigint): number | bigint {
  if (typeof a === "number" && typeof b === "number") {
    const product = a * b;
    if (Number.isSafeInteger(product) && Number.isInteger(a) && Number.isInteger(b)) return product === 0 ? 0 : product;
  }
  const [x, ex] = decimal(a);
  const [y, ey] = decimal(b);
  return fromDecimal(x * y, ex + ey);
}

/** How many digits of a quotient are computed before it is rounded to a double. */
const QUOTIENT_DIGITS = 25;

/** a / b; b is not zero. */
export function divide(a: number | bigint, b: number | bigint): number | bigint {
  if (typeof a === "number" && typeof b === "number") {
    const quotient = a / b;
    if (Number.isSafeInteger(quotient) && Number.isInteger(a) && Number.isInteger(b) && quotient * b === a) return quotient === 0 ? 0 : quotient;
  }
  const [x, y] = aligned(a, b);
  if (x % y === 0n) return fromWhole(x / y);
  const scale = Math.max(0, QUOTIENT_DIGITS + y.toString().length - x.toString().length);
  return fromDecimal((x * 10n ** BigInt(scale)) / y, -scale);
}

/** The remainder of whole numbers, with the sign of `a`; undefined when one has a fraction. b is not zero. */
export function remainder(a: number | bigint, b: number | bigint): number | bigint | undefined {
  const x = toWhole(a);
  const y = toWhole(b);
  return x === undefined || y === undefined ? undefined : fromWhole(x % y);
}
