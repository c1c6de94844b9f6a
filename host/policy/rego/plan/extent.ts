import { EvaluationError } from "../issue.ts";
import type { Location } from "../source.ts";
import { ObjectBuilder } from "../value/object.ts";
import { type Key, keyOf, RegoSet, sameValue, type Value } from "../value/value.ts";

/** What stands under a key: the value of a rule, which is whole, a set that rules add to, or more keys. */
export type Made = { readonly kind: "leaf"; readonly value: Value } | { readonly kind: "set"; readonly set: RegoSet } | { readonly kind: "object"; readonly object: Extent };

/** What was made as a value. */
export function madeValue(made: Made): Value {
  return made.kind === "leaf" ? made.value : made.kind === "set" ? made.set : made.object.value();
}

/** What rules of two places make under the same key. @throws EvaluationError when both say what it is, and differ */
export function combine(a: Made | undefined, b: Made | undefined, at: Location | undefined): Made | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  if (a.kind === "set" && b.kind === "set") return { kind: "set", set: new RegoSet([...a.set.members(), ...b.set.members()]) };
  if (a.kind === "object" && b.kind === "object") return { kind: "object", object: a.object.with(b.object, at) };
  if (a.kind === "leaf" && b.kind === "leaf" && sameValue(a.value, b.value)) return a;
  throw conflict(at);
}

/** What rules with variables in their heads make together: an object whose keys are found one by one. */
export class Extent {
  readonly #entries = new Map<Key, { readonly key: Value; readonly inner: Made }>();

  /** Adds a value under a path; or, `contains`, to the set that is there. */
  insert(path: readonly Value[], value: Value, contains: boolean, at: Location): void {
    const [key, ...rest] = path as readonly [Value, ...Value[]];
    const id = keyOf(key);
    const known = this.#entries.get(id)?.inner;
    if (rest.length > 0) {
      const object = known?.kind === "object" ? known.object : new Extent();
      if (known === undefined) this.#entries.set(id, { key, inner: { kind: "object", object } });
      else if (known.kind !== "object") throw conflict(at);
      object.insert(rest, value, contains, at);
    } else if (contains) {
      if (known !== undefined && known.kind !== "set") throw conflict(at);
      if (known === undefined) this.#entries.set(id, { key, inner: { kind: "set", set: new RegoSet([value]) } });
      else known.set.add(value);
    } else if (known === undefined) this.#entries.set(id, { key, inner: { kind: "leaf", value } });
    else if (known.kind !== "leaf" || !sameValue(known.value, value)) throw conflict(at);
  }

  get(key: Value): Made | undefined {
    return this.#entries.get(keyOf(key))?.inner;
  }

  keys(): Value[] {
    return [...this.#entries.values()].map(({ key }) => key);
  }

  /** This and another one together. */
  with(other: Extent, at: Location | undefined): Extent {
    const both = new Extent();
    for (const [id, entry] of this.#entries) both.#entries.set(id, entry);
    for (const [id, { key, inner }] of other.#entries) both.#entries.set(id, { key, inner: combine(this.get(key), inner, at) as Made });
    return both;
  }

  value(): Value {
    const builder = new ObjectBuilder();
    for (const { key, inner } of this.#entries.values()) {
      builder.set(key, madeValue(inner));
    }
    return builder.value();
  }
}

/** The error of two values for one key. */
export function conflict(at: Location | undefined): EvaluationError {
  return new EvaluationError("eval_conflict_error", at, "object keys must be unique");
}
