import { DoterosError } from "../contract/error.ts";
import type { Paint } from "./colour.ts";
import { printable } from "./printable.ts";
import { VERSION } from "./version.ts";

/** Anything thrown, as an error of the closed list: what is not one of ours is a bug of ours. */
export function asDoterosError(thrown: unknown): DoterosError {
  if (thrown instanceof DoterosError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new DoterosError("internal", message, { cause: thrown });
}

/** The same error with the file, or the file and line, that it happened in; what it says about the place comes after. */
export function errorAt(error: DoterosError, place: string): DoterosError {
  const { help, offset, cause, where } = error;
  return new DoterosError(error.code, error.message, {
    where: where === undefined ? place : `${place}, ${where}`,
    ...(help === undefined ? {} : { help }),
    ...(offset === undefined ? {} : { offset }),
    ...(cause === undefined ? {} : { cause }),
  });
}

/**
 * An error as people read it: what happened, where, and what to do next. A bug of ours comes with its stack and the words
 * to report it with; nothing else ever shows one.
 */
export function errorText(error: DoterosError, paint: Paint): string {
  const [first = "", ...more] = error.message.split("\n").map(printable);
  const where = [error.where, error.offset === undefined ? undefined : `byte ${error.offset}`].filter((part) => part !== undefined);
  const lines = [
    `${paint("red", `error[${error.number}]`)}${paint("bold", `: ${first}`)}`,
    ...more.map((line) => `    ${line}`),
    ...(where.length === 0 ? [] : [`    ${paint("cyan", "-->")} ${printable(where.join(", "))}`]),
    ...labelled(paint("cyan", "help:"), error.code === "internal" ? (error.help ?? REPORT) : error.help),
  ];
  if (error.code === "internal") lines.push(...stackOf(error).map((line) => `    ${paint("dim", printable(line))}`));
  return lines.join("\n");
}

const REPORT = `this is a bug in doteros-wasm, not in your capsule or your input; please open an issue with everything shown here
(doteros-wasm ${VERSION}, Node ${process.versions.node}, ${process.platform} ${process.arch})`;

function labelled(label: string, text: string | undefined): string[] {
  if (text === undefined) return [];
  const [first = "", ...more] = text.split("\n").map(printable);
  return [`    ${label} ${first}`, ...more.map((line) => `          ${line}`)];
}

function stackOf(error: DoterosError): string[] {
  const { stack } = error.cause instanceof Error ? error.cause : error;
  return (stack ?? "").split("\n");
}
