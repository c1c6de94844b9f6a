import type { RuleNode, RuleTree } from "../check/rule-tree.ts";
import type { BuiltinTable } from "../builtin/table.ts";
import type { Expr, Term } from "../syntax/ast.ts";
import { RegoSet, sameValue, type Value } from "../value/value.ts";
import { DoterosError } from "../../../contract/error.ts";
import { planCall } from "./call.ts";
import { planComprehension, planList, planObject, planTemplate } from "./composite.ts";
import { type Definition, evaluate, evaluatePartial, outputConflict, planDefinition, planPartial } from "./definition.ts";
import { planBody } from "./expression.ts";
import { Extent } from "./extent.ts";
import type { Evaluate, Place, Planner, Probe, Step } from "./instruction.ts";
import { planRef } from "./ref.ts";
import { type Candidates, planCandidates } from "./rule-index.ts";
import { NOTHING, type Runtime } from "./runtime.ts";
import { planUnify } from "./unify.ts";

/** The rules of one node, ready to be evaluated. */
interface NodePlan {
  readonly candidates: Candidates;
  readonly fallback: Definition | undefined;
  readonly isPartial: boolean;
  /** The value that every rule has, when they all have the same one: then the first answer is the answer. */
  readonly isConstant: boolean;
}

/** Plans terms and bodies of one policy, and evaluates its rules: each node is planned when it is first asked for. */
export class PolicyPlanner implements Planner {
  readonly tree: RuleTree;
  readonly builtins: BuiltinTable;
  readonly probe: Probe | undefined;
  readonly print: ((line: string) => void) | undefined;

  constructor(tree: RuleTree, builtins: BuiltinTable, { probe, print }: Partial<Pick<Planner, "probe" | "print">> = {}) {
    this.tree = tree;
    this.builtins = builtins;
    this.probe = probe;
    this.print = print;
  }

  term(term: Term, place: Place): Evaluate {
    switch (term.kind) {
      case "scalar": {
        const { value } = term;
        return () => value;
      }
      case "var":
        return variable(term.name, place);
      case "ref":
        return planRef(this, term, place);
      case "array":
      case "set":
        return planList(this, term, place);
      case "object":
        return planObject(this, term, place);
      case "comprehension":
        return planComprehension(this, term, place);
      case "call":
        return planCall(this, term, place);
      case "template":
        return planTemplate(this, term, place);
    }
  }

  unify(left: Term, right: Term, place: Place): void {
    planUnify(this, left, right, place);
  }

  body(body: readonly Expr[], place: Place, end: (place: Place) => Step): Step {
    return planBody(this, body, place, end);
  }

  valueOf(rt: Runtime, node: RuleNode): Value | undefined {
    const known = rt.memo[node.id];
    if (known !== undefined) return known === NOTHING ? undefined : known;
    const value = this.#evaluate(rt, node, []);
    rt.memo[node.id] = value === undefined ? NOTHING : value;
    return value;
  }

  callNode(rt: Runtime, node: RuleNode, args: readonly Value[]): Value | undefined {
    return this.#evaluate(rt, node, args);
  }

  extentOf(rt: Runtime, node: RuleNode): Extent {
    const known = rt.extents.get(node.id);
    if (known !== undefined) return known as Extent;
    const extent = this.#enter(rt, node, ({ candidates }) => evaluatePartial(rt, candidates(rt, []), new Extent()));
    rt.extents.set(node.id, extent);
    return extent;
  }

  #evaluate(rt: Runtime, node: RuleNode, args: readonly Value[]): Value | undefined {
    if (node.isPartial && node.rules[0]?.dynamic.length !== 0) return this.extentOf(rt, node).value();
    return this.#enter(rt, node, ({ candidates, fallback, isPartial, isConstant }) => {
      if (isPartial) return evaluatePartial(rt, candidates(rt, args), new RegoSet());
      const value = first(rt, candidates(rt, args), args, isConstant);
      return value === undefined && fallback !== undefined ? evaluate(rt, fallback, args) : value;
    });
  }

  #enter<T>(rt: Runtime, node: RuleNode, work: (plan: NodePlan) => T): T {
    const plan = (node.plan ??= this.#plan(node)) as NodePlan;
    rt.shared.enter();
    rt.shared.charge(1);
    const result = work(plan);
    rt.shared.depth += 1;
    return result;
  }

  #plan(node: RuleNode): NodePlan {
    const rules = node.rules.filter(({ isDefault }) => !isDefault);
    const fallback = node.rules.find(({ isDefault }) => isDefault);
    const { isPartial } = node;
    const definitions = rules.map((rule) => (isPartial ? planPartial(this, rule) : planDefinition(this, rule)));
    return {
      // Who watches wants to see why a rule had no value, so each is tried.
      candidates: this.probe === undefined ? planCandidates(this, definitions) : () => definitions,
      fallback: fallback === undefined ? undefined : planDefinition(this, fallback),
      isPartial,
      isConstant: isSameConstant(definitions),
    };
  }
}

function variable(name: string, place: Place): Evaluate {
  if (!place.bound.has(name)) throw new DoterosError("internal", `the variable ${name} was found safe but has no value`);
  const slot = place.slotOf(name);
  return (_rt, frame) => frame[slot] as Value;
}

/** The one value of rules; two that differ are a conflict. */
function first(rt: Runtime, definitions: readonly Definition[], args: readonly Value[], isConstant: boolean): Value | undefined {
  let value: Value | undefined;
  for (const definition of definitions) {
    const found = evaluate(rt, definition, args);
    if (found === undefined) continue;
    if (isConstant) return found;
    if (value !== undefined && !sameValue(value, found)) throw outputConflict(definition.at, definition.rule.head.args !== undefined);
    value = found;
  }
  return value;
}

function isSameConstant(definitions: readonly Definition[]): boolean {
  const [one] = definitions;
  const value = one?.rule.head.value;
  if (value?.kind !== "scalar") return false;
  return definitions.every(({ isConstant, otherwise, rule: { head } }) => {
    return isConstant && otherwise === undefined && head.value?.kind === "scalar" && head.value.value === value.value;
  });
}
