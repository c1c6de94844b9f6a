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
      return b === undefined ? undefined : holds(a, b);
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

function planBuiltin(name: string, { run: typed, readsOutside = false }: Builtin, args: readonly Evaluate[], at: Location): Evaluate {
  const run = typed as Run;
  const fail = (rt: Runtime, error: unknown): undefined => failed(rt, error, name, at);
  const [first, second] = args;
  if (args.length === 1 && first !== undefined && !readsOutside) {
    return (rt, frame) => {
      const a = first(rt, frame);
      if (a === undefined) return undefined;
      try {
        return weigh(rt, run(a, rt.shared));
      } catch (error) {
        return fail(rt, error);
      }
    };
  }
  if (args.length === 2 && first !== undefined && second !== undefined && !readsOutside) {
    return (rt, frame) => {
      const a = first(rt, frame);
      if (a === undefined) return undefined;
      const b = second(rt, frame);
      if (b === undefined) return undefined;
      try {
        return weigh(rt, run(a, b, rt.shared));
      } catch (error) {
        return fail(rt, error);
      }
    };
  }
  return (rt, frame) => {
    const values = evaluateAll(args, rt, frame);
    if (values === undefined) return undefined;
    if (readsOutside && rt.shared.reads !== undefined) rt.shared.reads.outside = true;
    try {
      return weigh(rt, run(...values, rt.shared));
    } catch (error) {
      return fail(rt, error);
    }
  };
}

/** Calls a builtin with values, for `with`. */
export function callBuiltin(rt: Runtime, name: string, { run, readsOutside = false }: Builtin, args: readonly Value[], at: Location): Value | undefined {
  if (readsOutside && rt.shared.reads !== undefined) rt.shared.reads.outside = true;
  try {
    return weigh(rt, (run as Run)(...args, rt.shared));
  } catch (error) {
    return failed(rt, error, name, at);
  }
}

/** How much of a result is one step: a policy that doubles a string again and again ends soon. */
const WEIGHT = 64;

function weigh(rt: Runtime, value: Value | undefined): Value | undefined {
  if (typeof value === "string") {
    if (value.length >= WEIGHT) rt.shared.charge(Math.floor(value.length / WEIGHT));
  } else if (isArray(value) && value.length >= WEIGHT) rt.shared.charge(Math.floor(value.length / WEIGHT));
  else if (value instanceof RegoSet && value.size >= WEIGHT) rt.shared.charge(Math.floor(value.size / WEIGHT));
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
