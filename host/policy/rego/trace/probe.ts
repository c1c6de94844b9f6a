import type { CheckedRule, RuleTree } from "../check/rule-tree.ts";
import { visibleVars } from "../check/outputs.ts";
import { type Expr, isGenerated } from "../syntax/ast.ts";
import { writtenName } from "../syntax/print.ts";
import { setField } from "../value/object.ts";
import type { Fields, Value } from "../value/value.ts";
import { type Evaluate, type Frame, link, type Place, type Probe, type Step } from "../plan/instruction.ts";

/** Plans what tells of an evaluation around the instructions of expressions and rules, and knows how deep it is in them. */
export abstract class EvaluationProbe implements Probe {
  /** How many rules and expressions are being evaluated, each inside the one before. */
  #depth = 0;

  /** @internal */
  begin(_tree: RuleTree): void {
    // Not everyone needs to know the rules.
  }

  /** @internal */
  rule(rule: CheckedRule, run: Step): Step {
    return (rt, frame) => {
      const before = this.#depth;
      // A rule stands beside the expression that asks for it, and what it evaluates below.
      const own = Math.max(0, before - 1);
      this.enters(rule, own);
      this.#depth = own + 1;
      try {
        return run(rt, frame);
      } finally {
        this.#depth = before;
      }
    };
  }

  /** @internal */
  head(rule: CheckedRule, valueOf: Evaluate): Evaluate {
    return (rt, frame) => {
      const value = valueOf(rt, frame);
      if (value !== undefined) this.exits(rule, this.#depth);
      return value;
    };
  }

  /** @internal */
  expression(expr: Expr, place: Place, plan: () => void): void {
    // What has no text was written by nobody: the `true` of a rule without a body.
    if (expr.end <= expr.at.offset) {
      plan();
      return;
    }
    const locals = localsOf(expr, place);
    const from = place.out.length;
    plan();
    const own = place.out.splice(from);
    const reached = place.fresh();
    place.each((next) => {
      const step = link(own, (rt, frame) => {
        frame[reached] = true;
        this.#depth -= 1;
        const ends = next(rt, frame);
        this.#depth += 1;
        return ends;
      });
      return (rt, frame) => {
        const before = this.#depth;
        this.evaluates(expr, before);
        frame[reached] = false;
        this.#depth = before + 1;
        try {
          const ends = step(rt, frame);
          if (frame[reached] !== true) this.fails(expr, before, locals(frame));
          return ends;
        } finally {
          this.#depth = before;
        }
      };
    });
  }

  /** @internal */
  note(text: string): void {
    this.notes(text, Math.max(0, this.#depth - 1));
  }

  protected enters(_rule: CheckedRule, _depth: number): void {
    // Told to those who listen.
  }

  protected exits(_rule: CheckedRule, _depth: number): void {
    // Told to those who listen.
  }

  protected evaluates(_expr: Expr, _depth: number): void {
    // Told to those who listen.
  }

  protected fails(_expr: Expr, _depth: number, _locals: Fields): void {
    // Told to those who listen.
  }

  protected notes(_text: string, _depth: number): void {
    // Told to those who listen.
  }
}

/** Reads the variables of an expression that have values before it. */
function localsOf(expr: Expr, place: Place): (frame: Frame) => Fields {
  const names = [...visibleVars(expr)].filter((name) => !isGenerated(name) && place.bound.has(name));
  const slots = names.map((name) => [writtenName(name), place.slotOf(name)] as const);
  return (frame) => {
    const locals: Record<string, Value> = {};
    for (const [name, slot] of slots) setField(locals, name, frame[slot] as Value);
    return locals;
  };
}
