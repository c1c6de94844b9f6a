import { subjectProblem } from "../bus/subject.ts";
import { DoterosError } from "../contract/error.ts";
import type { Row } from "./input/row.ts";
import { nearest } from "../contract/nearest.ts";

/** What a subject token cannot hold: what separates tokens, what patterns are made of, and what does not print. */
const NOT_IN_TOKENS = /[.*>\s\p{Cc}\p{Cs}]/gu;

/** Either text that stands as it is, or a column whose value goes there. */
type Part = { readonly text: string } | { readonly column: string };

/** A subject with places for the values of a row's columns: `readings.{location}`. */
export interface SubjectTemplate {
  readonly columns: readonly string[];
  /**
   * The subject of one row. Characters that a token cannot hold become `-`, and so does an empty value.
   *
   * @throws DoterosError `invalid-row` when the row has no such column, or a value there that is not one piece of text.
   */
  render(row: Row): string;
}

/**
 * Reads the text of `--subject`.
 *
 * @throws DoterosError `usage` when no row could make a subject of it.
 */
export function compileSubject(template: string): SubjectTemplate {
  const parts = split(template);
  const sample = parts.map((part) => ("text" in part ? part.text : "x")).join("");
  const problem = subjectProblem(sample);
  if (problem !== undefined) {
    throw usage(`--subject ${JSON.stringify(template)} ${problem}`);
  }
  return {
    columns: parts.flatMap((part) => ("column" in part ? [part.column] : [])),
    render: (row) => check(parts.map((part) => ("text" in part ? part.text : token(row, part.column))).join("")),
  };
}

function split(template: string): Part[] {
  return template.split(/(\{[^{}]*\})/).flatMap((text): Part[] => {
    if (text === "") return [];
    if (text.startsWith("{") && text.endsWith("}")) {
      const column = text.slice(1, -1);
      if (column === "") throw usage(`--subject ${JSON.stringify(template)} has {} without the name of a column`);
      return [{ column }];
    }
    if (/[{}]/.test(text)) throw usage(`--subject ${JSON.stringify(template)} has a brace without its partner`);
    return [{ text }];
  });
}

function token(row: Row, column: string): string {
  const value = row.cell(column);
  if (value === undefined) {
    const columns = row.columns();
    const near = nearest(column, columns);
    throw new DoterosError("invalid-row", `the row has no column ${JSON.stringify(column)}, which --subject names`, {
      help: near === undefined ? `it has: ${columns.join(", ")}` : `did you mean {${near}}? It has: ${columns.join(", ")}`,
    });
  }
  if (typeof value === "object" && value !== null) {
    throw new DoterosError("invalid-row", `the row has more than one piece of text in ${JSON.stringify(column)}, which --subject names`);
  }
  if (value === null || value === "") return "-";
  return (typeof value === "string" ? value : JSON.stringify(value)).replaceAll(NOT_IN_TOKENS, "-");
}

function check(subject: string): string {
  const problem = subjectProblem(subject);
  if (problem === undefined) return subject;
  throw new DoterosError("invalid-row", `the row makes a subject that ${problem}`);
}

function usage(message: string): DoterosError {
  return new DoterosError("usage", message, {
    help: "a subject is tokens joined by dots, such as input or 'readings.{location}'; {column} stands for a value of the row",
  });
}
