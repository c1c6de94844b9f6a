import { EvaluationError } from "../issue.ts";
import type { Location } from "../source.ts";
import { ObjectBuilder } from "../value/object.ts";
import { type Key, keyOf, RegoSet, sameValue, type Value } from "../value/value.ts";

type Inner = { readonly kind: "leaf"; readonly value: Value } | { readonly kind: "set"; readonly set: RegoSet } | { readonly kind: "object"; readonly object: Extent };

/** What rules with variables in their heads make together: an object whose keys are found one by one. */
export class Extent {
  readonly #entries = new Map<Key, { readonly key: Value; readonly inner: Inner }>();

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

  value(): Value {
    const builder = new ObjectBuilder();
    for (const { key, inner } of this.#entries.values()) {
      builder.set(key, inner.kind === "leaf" ? inner.value : inner.kind === "set" ? inner.set : inner.object.value());
    }
    return builder.value();
  }
}

function conflict(at: Location): EvaluationError {
  return new EvaluationError("eval_conflict_error", at, "object keys must be unique");
}
