// What `print` says. Where nobody listens it is not planned, and what it would have said is not evaluated.

import { type Call, makeVar, named, type Term, termExpr } from "../syntax/ast.ts";
import { valueText } from "../value/text.ts";
import type { RegoSet, Value } from "../value/value.ts";
import type { Evaluate, Place, Planner, Test } from "./instruction.ts";

/** What stands for an operand without a value. */
const UNDEFINED = "<undefined>";

/** Plans a call of `print`, which always holds: a line for each way to take one of the values that each operand has. */
export function planPrint(planner: Planner, print: (line: string) => void, { args }: Call, place: Place): Test {
  const operands = args.map((arg, at) => planValues(planner, arg, `printed ${at}`, place));
  return (rt, frame) => {
    let lines: readonly string[] = [""];
    for (const [at, operand] of operands.entries()) {
      const texts = (operand(rt, frame) as RegoSet).sorted().map(textOf);
      rt.shared.charge(lines.length * texts.length);
      const gap = at === 0 ? "" : " ";
      lines = lines.flatMap((line) => (texts.length === 0 ? [UNDEFINED] : texts).map((text) => line + gap + text));
    }
    for (const line of lines) print(line);
    return true;
  };
}

/** All values that an operand has, as a set: none when it is undefined. */
function planValues(planner: Planner, arg: Term, name: string, place: Place): Evaluate {
  return planner.term({ kind: "comprehension", makes: "set", key: undefined, value: makeVar(name, arg.at), body: [named(termExpr(arg), name)], at: arg.at }, place);
}

function textOf(value: Value): string {
  return typeof value === "string" ? value : valueText(value);
}
