// Go's fmt.Sprintf, as far as Rego's values go: whole numbers are integers, others floats, and everything that is neither a
// number nor a string is its Rego text.

import { numberText } from "../value/number.ts";
import { quote, valueText } from "../value/text.ts";
import { isNumber, type Value } from "../value/value.ts";
import { type Context, Failure } from "./table.ts";

interface Directive {
  readonly flags: string;
  readonly width: number | undefined;
  readonly precision: number | undefined;
  readonly verb: string;
}

const DIRECTIVE = /%([-+# 0]*)(?:\[(\d+)\])?(\*|\d+)?(?:\.(?:\[(\d+)\])?(\*|\d*))?(?:\[(\d+)\])?([\s\S])?/gu;
/** How wide a directive may make a text. Go allows a million. */
const WIDTH_MAX = 1_000_000;

/** A text with its directives carried out. */
export function formatText(format: string, args: readonly Value[], context: Context): string {
  let next = 0;
  let reordered = false;
  const take = (): Value | undefined => {
    next += 1;
    return args[next - 1];
  };
  const measure = (text: string | undefined): number | undefined => {
    if (text === undefined) return undefined;
    const size = text === "*" ? take() : Number(text === "" ? "0" : text);
    if (typeof size !== "number" || size > WIDTH_MAX) throw new Failure("the width of a directive is too large");
    context.charge(size >> 6);
    return size;
  };
  const text = format.replaceAll(DIRECTIVE, (_whole, flags: string, ...groups: (string | undefined)[]) => {
    const [first, width, second, precision, third, verb] = groups;
    const index = third ?? second ?? first;
    if (index !== undefined) {
      next = Number(index) - 1;
      reordered = true;
    }
    if (verb === undefined) return "%!(NOVERB)";
    if (verb === "%") return "%";
    const size = measure(width);
    const directive = { flags, width: size, precision: measure(precision), verb };
    if (next < 0 || next > args.length) return `%!${verb}(BADINDEX)`;
    const value = take();
    return value === undefined ? `%!${verb}(MISSING)` : pad(render(value, directive), directive, isNumber(value));
  });
  const extra = reordered ? [] : args.slice(next);
  return extra.length === 0 ? text : `${text}%!(EXTRA ${extra.map((value) => `${goType(value)}=${plain(value)}`).join(", ")})`;
}

function plain(value: Value): string {
  return typeof value === "string" ? value : valueText(value);
}

function goType(value: Value): string {
  if (typeof value === "bigint") return "*big.Int";
  if (typeof value !== "number") return "string";
  return Number.isInteger(value) ? "int" : "float64";
}

function render(value: Value, directive: Directive): string {
  const { verb } = directive;
  if (verb === "T") return goType(value).replace(/^int$/, "int64");
  if (isNumber(value)) return typeof value === "bigint" || Number.isInteger(value) ? renderWhole(value, directive) : renderFloat(value, directive);
  return renderText(plain(value), directive);
}

function bad(value: string, type: string, verb: string): string {
  return `%!${verb}(${type}=${value})`;
}

function renderText(text: string, { verb, precision, flags }: Directive): string {
  const cut = precision === undefined ? text : Array.from(text).slice(0, precision).join("");
  switch (verb) {
    case "v":
      return flags.includes("#") ? quote(cut) : cut;
    case "s":
      return cut;
    case "q":
      return flags.includes("#") && !cut.includes("`") ? `\`${cut}\`` : quote(cut);
    case "x":
    case "X": {
      const hex = [...new TextEncoder().encode(text)].map((byte) => byte.toString(16).padStart(2, "0")).join(flags.includes(" ") ? " " : "");
      return verb === "X" ? hex.toUpperCase() : hex;
    }
    default:
      return bad(text, "string", verb);
  }
}

const RADIX: Readonly<Record<string, number>> = { b: 2, o: 8, O: 8, x: 16, X: 16, d: 10, v: 10 };
const PREFIX: Readonly<Record<string, string>> = { b: "0b", o: "0", x: "0x", X: "0X" };

function renderWhole(value: number | bigint, directive: Directive): string {
  const { verb, flags, precision } = directive;
  const whole = BigInt(value);
  const radix = typeof value === "bigint" && verb === "s" ? 10 : RADIX[verb];
  if (radix !== undefined) {
    const digits = (whole < 0n ? -whole : whole).toString(radix).padStart(precision ?? 0, "0");
    const prefix = verb === "O" ? "0o" : flags.includes("#") ? (PREFIX[verb] ?? "") : "";
    return sign(whole < 0n, flags) + prefix + (verb === "X" ? digits.toUpperCase() : digits);
  }
  if (verb === "c" || verb === "q" || verb === "U") {
    const point = whole >= 0n && whole <= 0x10ffffn ? Number(whole) : 0xfffd;
    if (verb === "U") return `U+${whole.toString(16).toUpperCase().padStart(4, "0")}`;
    const char = String.fromCodePoint(point);
    return verb === "c" ? char : `'${char === "'" ? String.raw`\'` : char}'`;
  }
  return bad(numberText(value), typeof value === "bigint" ? "*big.Int" : "int", verb);
}

function sign(negative: boolean, flags: string): string {
  if (negative) return "-";
  return flags.includes("+") ? "+" : flags.includes(" ") ? " " : "";
}

function renderFloat(value: number, { verb, flags, precision }: Directive): string {
  const size = Math.abs(value);
  const text = floatDigits(size, verb, precision);
  return text === undefined ? bad(numberText(value), "float64", verb) : sign(value < 0, flags) + text;
}

function floatDigits(size: number, verb: string, precision: number | undefined): string | undefined {
  switch (verb) {
    case "f":
    case "F":
      return size.toFixed(Math.min(precision ?? 6, 100));
    case "e":
    case "E": {
      const text = exponential(size.toExponential(Math.min(precision ?? 6, 100)));
      return verb === "E" ? text.toUpperCase() : text;
    }
    case "v":
    case "g":
    case "G": {
      const exponent = Math.floor(Math.log10(size));
      const text = precision === undefined ? String(size) : String(Number(size.toPrecision(Math.max(1, Math.min(precision, 100)))));
      const limit = precision ?? 21;
      const written = exponent < -4 || exponent >= limit ? exponential(Number(text).toExponential()) : text;
      return verb === "G" ? written.toUpperCase() : written;
    }
    default:
      return undefined;
  }
}

/** Go writes at least two digits of an exponent. */
function exponential(text: string): string {
  return text.replace(/e([+-])(\d)$/, "e$10$2");
}

function pad(text: string, { flags, width = 0 }: Directive, isNumeric: boolean): string {
  const missing = width - Array.from(text).length;
  if (missing <= 0) return text;
  if (flags.includes("-")) return text + " ".repeat(missing);
  if (!flags.includes("0") || !isNumeric) return " ".repeat(missing) + text;
  const signed = /^[-+ ]/.test(text) ? 1 : 0;
  return text.slice(0, signed) + "0".repeat(missing) + text.slice(signed);
}
