// Calls of builtins and of functions in data.

import { constantsOf, type RuleNode } from "../check/rule-tree.ts";
import { type Builtin, Failure } from "../builtin/table.ts";
import { EvaluationError } from "../issue.ts";
import type { Location } from "../source.ts";
import { type Call, dottedName, rootedAt } from "../syntax/ast.ts";
import { compareValues, isArray, RegoSet, sameValue, type Value } from "../value/value.ts";
import type { Evaluate, Place, Planner } from "./instruction.ts";
import type { Mock, Runtime } from "./runtime.ts";
import { DoterosError } from "../../../contract/error.ts";
import { chargeComparison, chargeValue } from "./weight.ts";

/** A call as a function. */
export function planCall(planner: Planner, call: Call, place: Place): Evaluate {
  const inData = rootedAt(call.operator, "data");
  const name = dottedName(call.operator.parts) ?? "";
  if (inData !== undefined) return planFunction(planner, planner.tree.find(constantsOf(inData.parts)), name, call, place);
  const comparison = COMPARISONS[name];
  const args = call.args.map((arg) => planner.term(arg, place));
  if (comparison !== undefined && args.length === 2) return comparison(args[0] as Evaluate, args[1] as Evaluate, name);
  const builtin = planner.builtins[name];
  if (builtin === undefined) throw new DoterosError("internal", `the builtin ${name} was there when the policy was checked`);
  const direct = builtin.relation === undefined ? planBuiltin(name, builtin, args, call.at) : planRelation(builtin, args[0] as Evaluate, place);
  return withMocks(name, args, direct);
}

type Comparison = (left: Evaluate, right: Evaluate, name: string) => Evaluate;

const compared =
  (holds: (a: Value, b: Value) => boolean): Comparison =>
  (left, right, name) =>
    withMocks(name, [left, right], (rt, frame) => {
      const a = left(rt, frame);
      if (a === undefined) return undefined;
      const b = right(rt, frame);
      if (b === undefined) return undefined;
      chargeComparison(rt, a, b);
      return holds(a, b);
    });

/** Comparisons are so frequent that they are not called as builtins are. */
const COMPARISONS: Readonly<Record<string, Comparison>> = {
  eq: compared(sameValue),
  equal: compared(sameValue),
  neq: compared((a, b) => !sameValue(a, b)),
  lt: compared((a, b) => compareValues(a, b) < 0),
  lte: compared((a, b) => compareValues(a, b) <= 0),
  gt: compared((a, b) => compareValues(a, b) > 0),
  gte: compared((a, b) => compareValues(a, b) >= 0),
};

/** A comparison of two values. */
export function planComparison(name: string, left: Evaluate, right: Evaluate): Evaluate {
  return (COMPARISONS[name] as Comparison)(left, right, name);
}

/** Where `with` put something in the place of the function, that is asked. */
function withMocks(name: string, args: readonly Evaluate[], direct: Evaluate): Evaluate {
  return (rt, frame) => {
    const mock = rt.mocks?.get(name);
    return mock === undefined ? direct(rt, frame) : callMock(mock, rt, frame, args);
  };
}

function callMock(mock: Mock, rt: Runtime, frame: unknown[], args: readonly Evaluate[]): Value | undefined {
  const values = evaluateAll(args, rt, frame);
  if (values === undefined) return undefined;
  return "value" in mock ? mock.value : mock.call(rt, values);
}

function evaluateAll(args: readonly Evaluate[], rt: Runtime, frame: unknown[]): Value[] | undefined {
  const values: Value[] = [];
  for (const arg of args) {
    const value = arg(rt, frame);
    if (value === undefined) return undefined;
    values.push(value);
  }
  return values;
}

function planFunction(planner: Planner, node: RuleNode | undefined, name: string, call: Call, place: Place): Evaluate {
  if (node === undefined) throw new DoterosError("internal", `the function ${name} was there when the policy was checked`);
  const args = call.args.map((arg) => planner.term(arg, place));
  if (!node.isFunction) return withMocks(name, args, (rt) => planner.valueOf(rt, node));
  return withMocks(name, args, (rt, frame) => {
    const values = evaluateAll(args, rt, frame);
    return values === undefined ? undefined : planner.callNode(rt, node, values);
  });
}

type Run = (...operands: unknown[]) => Value | undefined;

function planBuiltin(name: string, builtin: Builtin, args: readonly Evaluate[], at: Location): Evaluate {
  const run = builtin.run as Run;
  const isLight = LIGHT.test(name);
  const [first, second] = args;
  if (args.length === 1 && first !== undefined && builtin.readsOutside !== true) {
    return (rt, frame) => {
      const a = first(rt, frame);
      if (a === undefined) return undefined;
      if (!isLight) chargeValue(rt, a);
      try {
        return result(rt, run(a, rt.shared));
      } catch (error) {
        return failed(rt, error, name, at);
      }
    };
  }
  if (args.length === 2 && first !== undefined && second !== undefined && builtin.readsOutside !== true) {
    const isMember = name === "internal.member_2";
    return (rt, frame) => {
      const a = first(rt, frame);
      if (a === undefined) return undefined;
      const b = second(rt, frame);
      if (b === undefined) return undefined;
      if (!isLight) chargeValue(rt, a);
      if (!isLight && !(isMember && b instanceof RegoSet)) chargeValue(rt, b);
      try {
        return result(rt, run(a, b, rt.shared));
      } catch (error) {
        return failed(rt, error, name, at);
      }
    };
  }
  return (rt, frame) => {
    const values = evaluateAll(args, rt, frame);
    return values === undefined ? undefined : callBuiltin(rt, name, builtin, values, at);
  };
}

/** Calls a builtin with values, for `with`. */
export function callBuiltin(rt: Runtime, name: string, { run, readsOutside = false }: Builtin, args: readonly Value[], at: Location): Value | undefined {
  if (readsOutside && rt.shared.reads !== undefined) rt.shared.reads.outside = true;
  weigh(rt, name, args);
  try {
    return result(rt, (run as Run)(...args, rt.shared));
  } catch (error) {
    return failed(rt, error, name, at);
  }
}

/** Builtins that look at the top of their operands only, or whose costs are those of their result. */
const LIGHT = /^(?:count|type_name|is_\w+|object\.get|array\.slice|trace|cast_\w+|opa\.runtime)$/;

/** Counts what a call goes through; sets are asked without going through them. */
function weigh(rt: Runtime, name: string, operands: readonly Value[]): void {
  if (LIGHT.test(name)) return;
  for (const operand of operands) if (!(name === "internal.member_2" && operand instanceof RegoSet)) chargeValue(rt, operand);
}

/** A policy that doubles a text again and again comes to its limit. */
function result(rt: Runtime, value: Value | undefined): Value | undefined {
  if (typeof value === "string") chargeValue(rt, value);
  else if (isArray(value)) rt.shared.charge(value.length >> 6);
  else if (value instanceof RegoSet) rt.shared.charge(value.size >> 6);
  return value;
}

function failed(rt: Runtime, error: unknown, name: string, at: Location): undefined {
  if (!(error instanceof Failure)) throw error;
  if (rt.shared.options.strict === true || error.halts) throw new EvaluationError(error.code, at, `${name}: ${error.message}`);
  return undefined;
}

/** A builtin with several answers: what follows is gone on with for each. */
function planRelation({ relation }: Builtin, operand: Evaluate, place: Place): Evaluate {
  const slot = place.fresh();
  place.each((next) => (rt, frame) => {
    const value = operand(rt, frame);
    if (value === undefined || relation === undefined) return false;
    return relation(value, rt.shared, (answer) => {
      frame[slot] = answer;
      return next(rt, frame);
    });
  });
  return (_rt, frame) => frame[slot] as Value;
}
