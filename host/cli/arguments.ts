import { parseArgs } from "node:util";
import { DoterosError } from "../contract/error.ts";
import { nearest } from "../contract/nearest.ts";

/** The options a command knows, as node:util's parseArgs has them. */
export type OptionTable = Readonly<
  Record<string, { readonly type: "string" | "boolean"; readonly multiple?: boolean; readonly short?: string }>
>;

/** What was typed after a command's name: its options, the last one first where one may stand once, and what is none. */
export class Arguments {
  /** What is no option. */
  readonly positionals: readonly string[];
  /** The last of it, which came after `--`; undefined when that was not typed. */
  readonly rest: readonly string[] | undefined;
  readonly #values: Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>;

  constructor(
    positionals: readonly string[],
    values: Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>,
    rest?: readonly string[],
  ) {
    this.positionals = positionals;
    this.rest = rest;
    this.#values = values;
  }

  /** True when the option was given. */
  has(name: string): boolean {
    return this.#values[name] !== undefined;
  }

  /** The text given with the option, or undefined. */
  text(name: string): string | undefined {
    const value = this.#values[name];
    return typeof value === "string" ? value : undefined;
  }

  /** Every text given with an option that may be repeated. */
  texts(name: string): string[] {
    const value = this.#values[name];
    return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
  }

  /**
   * The text given with the option when it is one of `choices`, or undefined when the option was not given.
   *
   * @throws DoterosError `usage` when it is none of them.
   */
  choice<T extends string>(name: string, choices: readonly T[]): T | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const chosen = choices.find((choice) => choice === text);
    if (chosen !== undefined) return chosen;
    const near = nearest(text, choices);
    throw new DoterosError("usage", `--${name} cannot be ${JSON.stringify(text)}`, {
      help: `${near === undefined ? "" : `did you mean ${near}? `}It is one of: ${choices.join(", ")}`,
    });
  }
}

/**
 * Reads what was typed after `command`.
 *
 * @throws DoterosError `usage` for an option that the command does not know, one without its value, or one with a value
 * that it does not take.
 */
export function readArguments(command: string, words: readonly string[], options: OptionTable): Arguments {
  refuseUnknown(command, words, options);
  try {
    const { values, positionals, tokens } = parseArgs({ args: [...words], options, allowPositionals: true, strict: true, tokens: true });
    const end = tokens.find(({ kind }) => kind === "option-terminator");
    const rest = end === undefined ? undefined : words.slice(end.index + 1);
    return new Arguments(positionals, values, rest);
  } catch (error) {
    const [message = ""] = (error instanceof Error ? error.message : String(error)).split("\n");
    throw usage(command, message.replace(/\.$/, ""), error);
  }
}

function refuseUnknown(command: string, words: readonly string[], options: OptionTable): void {
  const { tokens } = parseArgs({ args: [...words], options, allowPositionals: true, strict: false, tokens: true });
  const known = Object.keys(options);
  for (const token of tokens) {
    if (token.kind !== "option" || Object.hasOwn(options, token.name)) continue;
    const near = nearest(token.name, known);
    throw new DoterosError("usage", `${command} has no option ${token.rawName}`, {
      help: near === undefined ? `see them all: ${command} --help` : `did you mean --${near}? See them all: ${command} --help`,
    });
  }
}

function usage(command: string, message: string, cause: unknown): DoterosError {
  return new DoterosError("usage", message, { help: `see how it is used: ${command} --help`, cause });
}
