import { REGO_QUERIES_REMEMBERED_MAX } from "../../contract/limits.ts";
import type { Builtin, BuiltinFamily, BuiltinTable } from "./builtin/table.ts";
import { tableOf } from "./builtin/table.ts";
import { checkModules, checkQuery } from "./check/check.ts";
import type { RuleTree } from "./check/rule-tree.ts";
import { type Answer, planAnswers } from "./answer.ts";
import { issueAt, PolicyError } from "./issue.ts";
import type { Probe } from "./plan/instruction.ts";
import { PolicyPlanner } from "./plan/planner.ts";
import { type EvaluationOptions, Runtime, Shared } from "./plan/runtime.ts";
import { guarded, planBindings, planTermQuery, PreparedQuery } from "./query.ts";
import { parseQuery } from "./syntax/module-parser.ts";
import { freezeDocument } from "./value/json.ts";
import type { Fields, Value } from "./value/value.ts";

/** What a policy is made of, and how far its evaluations may go. */
export interface PolicySource extends EvaluationOptions {
  /** The modules' texts, by the names they have in errors. */
  readonly modules: Readonly<Record<string, string>>;
  /** The base document: what `data` holds beside the rules. It is copied. */
  readonly data?: unknown;
  /** The version of Rego the modules are written in: `v1` unless told otherwise; `v0` is that of old modules without `if`. */
  readonly version?: "v0" | "v1";
  /** Takes the lines that `print` makes. Without it, calls of `print` are passed over, and cost nothing. */
  readonly print?: (line: string) => void;
  /** Is told what evaluations do: a `Trace`, or `Coverage`. Without it, evaluations have nothing of it in them. */
  readonly probe?: Probe;
}

/**
 * A policy that was parsed and checked. Nothing changes it: it may be evaluated as often as one likes, and evaluations know
 * nothing of each other.
 */
export class Policy {
  readonly #builtins: BuiltinTable;
  readonly #planner: PolicyPlanner;
  readonly #tree: RuleTree;
  readonly #data: Value;
  readonly #source: PolicySource;
  readonly #prepared = new Map<string, PreparedQuery>();

  /** @internal */
  constructor(source: PolicySource, families: readonly BuiltinFamily[]) {
    this.#builtins = tableOf(families);
    const { probe } = source;
    this.#source = probe === undefined ? source : { ...source, note: noteBoth(source, probe) };
    this.#data = freezeDocument(source.data ?? {}, "data");
    this.#tree = guarded(() => checkModules(source.modules, source.version ?? "v1", (name) => this.#builtin(name)).tree);
    this.#planner = new PolicyPlanner(this.#tree, this.#builtins, source);
    probe?.begin(this.#tree);
  }

  /** What `data` holds beside the rules: a copy of what was given, which nobody changes. */
  get data(): Value {
    return this.#data;
  }

  #builtin(name: string): Builtin | undefined {
    return this.#builtins[name];
  }

  /**
   * The value of a query for an input.
   *
   * @param query a ref such as `data.app.allow`, or any other term
   * @param input a document as JSON.parse gives it: it is used as it is, so do not change it meanwhile
   * @returns plain data, sets as sorted arrays; undefined when there is no value
   * @throws PolicyError when the query is not one
   * @throws EvaluationError when rules contradict each other
   * @throws DoterosError `limit-exceeded` when it takes too many steps, or is nested too deep
   *
   * @example
   * ```ts
   * const policy = compilePolicy({ modules: { "a.rego": "package a\ndefault allow := false\nallow if input.user == \"bob\"" } });
   * policy.evaluate("data.a.allow", { user: "bob" }); // true
   * policy.evaluate("data.a.allow", { user: "eve" }); // false
   * policy.evaluate("data.a.deny", {}); // undefined
   * ```
   */
  evaluate(query: string, input?: unknown): Value | undefined {
    let prepared = this.#prepared.get(query);
    if (prepared === undefined) {
      prepared = this.prepare(query);
      if (this.#prepared.size >= REGO_QUERIES_REMEMBERED_MAX) this.#prepared.clear();
      this.#prepared.set(query, prepared);
    }
    return prepared.evaluate(input);
  }

  /** A query that is evaluated often. @throws PolicyError when the query is not one */
  prepare(query: string): PreparedQuery {
    return guarded(() => this.#prepare(this.#check(query)));
  }

  #prepare(body: ReturnType<typeof checkQuery>): PreparedQuery {
    const [expr] = body;
    if (expr === undefined || body.length !== 1 || expr.negated || expr.withs.length > 0 || expr.form.kind !== "term") {
      const message = "the query is no single term";
      throw new PolicyError([issueAt("rego_compile_error", expr?.at, message, ["ask for its variables with query()"])]);
    }
    return new PreparedQuery(planTermQuery(this.#planner, expr), this.#data, this.#source);
  }

  /**
   * All answers to a query: for each the values of its variables.
   *
   * @throws as {@link Policy.evaluate} does
   *
   * @example
   * ```ts
   * const policy = compilePolicy({ modules: {}, data: { ports: [22, 80] } });
   * policy.query("data.ports[i] = port; port > 50"); // [{ i: 1, port: 80 }]
   * ```
   */
  query(query: string, input?: unknown): readonly Fields[] {
    return this.#ask(query, input, planBindings);
  }

  /**
   * All answers to a query, as {@link Policy.query}, with the value of each expression: what `opa eval` reports.
   *
   * @throws as {@link Policy.evaluate} does
   *
   * @example
   * ```ts
   * const policy = compilePolicy({ modules: {} });
   * const [answer] = policy.answers("x := 1; x + 1");
   * answer.bindings; // { x: 1 }
   * answer.expressions.map(({ text, value }) => [text, value]); // [["x := 1", true], ["x + 1", 2]]
   * ```
   */
  answers(query: string, input?: unknown): readonly Answer[] {
    return this.#ask(query, input, planAnswers);
  }

  #ask<T>(query: string, input: unknown, plan: (planner: PolicyPlanner, body: ReturnType<typeof checkQuery>) => (rt: Runtime) => T): T {
    const rt = new Runtime(new Shared(this.#source, undefined), input as Value | undefined, this.#data);
    return guarded(() => plan(this.#planner, this.#check(query))(rt));
  }

  #check(query: string): ReturnType<typeof checkQuery> {
    return checkQuery(parseQuery(query, this.#source.version ?? "v1"), this.#tree, (name) => this.#builtin(name));
  }
}

/** Notes go to whoever takes them and to the probe. */
function noteBoth({ note }: PolicySource, probe: Probe): (text: string) => void {
  return (text) => {
    note?.(text);
    probe.note(text);
  };
}
