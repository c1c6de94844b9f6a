import { DoterosError } from "../../contract/error.ts";
import { REGO_VALUE_DEPTH_MAX } from "../../contract/limits.ts";
import { visibleVars } from "./check/outputs.ts";
import { isWildcard, type Expr } from "./syntax/ast.ts";
import { writtenName } from "./syntax/print.ts";
import { toPlain } from "./value/json.ts";
import { setField } from "./value/object.ts";
import type { Fields, Value } from "./value/value.ts";
import { type Evaluate, type Frame, Place, type Planner, type Step } from "./plan/instruction.ts";
import { type EvaluationOptions, type Reads, Runtime, Shared } from "./plan/runtime.ts";

/** Where a decision came from: as long as none of this changes, it stays the same. */
export interface DecisionReads {
  /** The paths of the input that were read, each with all below it; `[]` is the whole input. */
  readonly input: readonly (readonly Value[])[];
  /** The paths of the given data that were read, each with all below it. */
  readonly data: readonly (readonly Value[])[];
  /** Whether the time, randomness or the runtime's own data went into it: such a decision must not be kept. */
  readonly outside: boolean;
}

/** A decision with what it was made from. */
export interface Decision {
  /** The value, or undefined. */
  readonly value: Value | undefined;
  readonly reads: DecisionReads;
}

/**
 * A query that is ready to be evaluated again and again.
 *
 * @example
 * ```ts
 * const policy = compilePolicy({ modules: { "a.rego": "package a\nallow if input.user.role == \"admin\"" } });
 * const allow = policy.prepare("data.a.allow");
 * allow.evaluate({ user: { role: "admin" } }); // true
 * allow.decide({ user: { role: "guest" } }).reads.input; // [["user", "role"]]
 * ```
 */
export class PreparedQuery {
  readonly #run: (rt: Runtime) => Value | undefined;
  readonly #data: Value;
  readonly #options: EvaluationOptions;

  /** @internal */
  constructor(run: (rt: Runtime) => Value | undefined, data: Value, options: EvaluationOptions) {
    this.#run = run;
    this.#data = data;
    this.#options = options;
  }

  /**
   * The value for an input: plain data, sets as sorted arrays; undefined when there is none.
   *
   * @throws EvaluationError when rules contradict each other
   * @throws DoterosError `limit-exceeded` when it takes too many steps, or is nested too deep
   */
  evaluate(input?: unknown): Value | undefined {
    const shared = new Shared(this.#options, undefined);
    const rt = new Runtime(shared, input as Value | undefined, this.#data);
    try {
      return guarded(() => plain(this.#run(rt)));
    } finally {
      this.#options.spent?.(shared.spent);
    }
  }

  /** The value for an input, with the paths that it was made from. @throws as {@link PreparedQuery.evaluate} does */
  decide(input?: unknown): Decision {
    const reads: Reads = { input: new Map(), data: new Map(), outside: false };
    const rt = new Runtime(new Shared(this.#options, reads), input as Value | undefined, this.#data);
    const value = guarded(() => plain(this.#run(rt)));
    return { value, reads: { input: outermost(reads.input), data: outermost(reads.data), outside: reads.outside } };
  }
}

const plain = (value: Value | undefined): Value | undefined => (value === undefined ? undefined : toPlain(value));

/** The paths that are not below another one. */
function outermost(paths: ReadonlyMap<string, readonly Value[]>): readonly (readonly Value[])[] {
  const all = [...paths.values()];
  return all.filter((path) => !all.some((other) => other.length < path.length && other.every((key, at) => key === path[at])));
}

/** A full stack is a limit, too: the engine's error becomes ours. */
export function guarded<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    const isFull = error instanceof RangeError || (error instanceof Error && error.name === "InternalError");
    if (!isFull) throw error;
    throw new DoterosError("limit-exceeded", "the evaluation is nested deeper than the engine's stack, or made a text that is too long", {
      help: `keep documents flatter than ${REGO_VALUE_DEPTH_MAX}, and rules from waiting for each other`,
      cause: error,
    });
  }
}

/** Plans a query that is one term: its value is the first one found. */
export function planTermQuery(planner: Planner, expr: Expr): (rt: Runtime) => Value | undefined {
  const place = new Place();
  const result = place.fresh();
  const { form } = expr;
  let value: Evaluate | undefined;
  const run = planner.body([], place, (end) => {
    const evaluate = form.kind === "term" ? planner.term(form.term, end) : () => undefined;
    if (end.out.length === 0) value = evaluate;
    return keep(evaluate, result);
  });
  if (value !== undefined) {
    const direct = value;
    return (rt) => direct(rt, new Array<unknown>(place.size).fill(undefined));
  }
  return (rt) => {
    const frame: Frame = new Array<unknown>(place.size).fill(undefined);
    run(rt, frame);
    return frame[result] as Value | undefined;
  };
}

function keep(evaluate: Evaluate, result: number): Step {
  return (rt, frame) => {
    const value = evaluate(rt, frame);
    if (value === undefined) return false;
    frame[result] = value;
    return true;
  };
}

/** Plans a query with variables: each answer is an object of their values. */
export function planBindings(planner: Planner, body: readonly Expr[]): (rt: Runtime) => Fields[] {
  const place = new Place();
  const result = place.fresh();
  const names = [...new Set(body.flatMap((expr) => [...visibleVars(expr)]))].filter((name) => !isWildcard(name));
  const run = planner.body(body, place, (end) => {
    const slots = names.filter((name) => end.bound.has(name)).map((name) => [writtenName(name), end.slotOf(name)] as const);
    return (_rt, frame) => {
      const bindings: Record<string, Value> = {};
      for (const [name, slot] of slots) setField(bindings, name, toPlain(frame[slot] as Value));
      (frame[result] as Fields[]).push(bindings);
      return false;
    };
  });
  return (rt) => {
    const frame: Frame = new Array<unknown>(place.size).fill(undefined);
    const answers: Fields[] = [];
    frame[result] = answers;
    run(rt, frame);
    return answers;
  };
}
