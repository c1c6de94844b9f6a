import type { DecisionEvent } from "../contract/decision.ts";
import { DoterosError } from "../contract/error.ts";
import { setField } from "./rego/value/object.ts";
import { type Fields, isArray, isObject, type Value } from "./rego/value/value.ts";

/** What is hidden of an event. */
interface Mask {
  /** As the rule has it. */
  readonly pointer: string;
  readonly path: readonly string[];
  readonly isRemoved: boolean;
  /** What takes its place. */
  readonly value: Value;
}

/** The parts of an event that may be masked; OPA has the third one, too, and events of this host never do. */
const PARTS = new Set(["input", "result", "nd_builtin_cache"]);

/**
 * An event without what the masks of a policy hide. Masks are OPA's: a set of JSON pointers to what is removed, and of
 * objects `{"op": "remove" | "upsert", "path": …, "value": …}`. All of them go by the event as it was: what one removes
 * from a list does not move what another one means. A removal comes before what else is said about the same place.
 *
 * @param rules the value of `data.system.log.mask`
 * @throws DoterosError `policy-failed` when it has something that is no mask; the text has nothing of the event in it
 */
export function maskEvent(event: DecisionEvent, rules: Value | undefined): DecisionEvent {
  if (rules === undefined) return event;
  if (!isArray(rules)) throw noMask("is no set");
  const masks = rules.map(maskOf);
  const [erased, masked] = [new Set<string>(), new Set<string>()];
  const { input, result, ...rest } = event;
  const parts = { ...(input === undefined ? {} : { input }), ...(result === undefined ? {} : { result }) } as Fields;
  const left = edit(parts, masks, 0, (mask) => (mask.isRemoved ? erased : masked).add(mask.pointer)) as Fields;
  return { ...rest, ...left, ...(erased.size === 0 ? {} : { erased: [...erased] }), ...(masked.size === 0 ? {} : { masked: [...masked] }) };
}

function maskOf(rule: Value): Mask {
  if (typeof rule === "string") return maskAt(rule, true, null);
  if (!isObject(rule)) throw noMask("has a rule that is neither a JSON pointer nor an object");
  const { op, path, value = null } = rule as Fields;
  if (op !== "remove" && op !== "upsert") throw noMask("has a rule whose op is neither remove nor upsert");
  if (typeof path !== "string") throw noMask("has a rule without a path");
  return maskAt(path, op === "remove", value);
}

function maskAt(pointer: string, isRemoved: boolean, value: Value): Mask {
  const [before, ...path] = pointer.split("/").map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
  if (before !== "" || !PARTS.has(path[0] ?? "")) throw noMask("has a path that begins with none of /input, /result and /nd_builtin_cache");
  return { pointer, path, isRemoved, value };
}

function noMask(what: string): DoterosError {
  return new DoterosError("policy-failed", `data.system.log.mask ${what}`);
}

type Done = (mask: Mask) => void;

/** A value with its masks applied, all of which lead to it or into it; undefined when nothing is left. */
function edit(value: Value | undefined, masks: readonly Mask[], depth: number, done: Done): Value | undefined {
  const whole = masks.filter(({ path }) => path.length === depth);
  const mask = whole.find(({ isRemoved }) => isRemoved) ?? whole[0];
  if (mask === undefined) return editInside(value, masks, depth, done);
  if (value !== undefined || !mask.isRemoved) done(mask);
  return mask.isRemoved ? undefined : mask.value;
}

function editInside(value: Value | undefined, masks: readonly Mask[], depth: number, done: Done): Value | undefined {
  if (isArray(value)) {
    return value.flatMap((item, at) => {
      const into = masks.filter(({ path }) => path[depth] === String(at));
      const left = into.length === 0 ? item : edit(item, into, depth + 1, done);
      return left === undefined ? [] : [left];
    });
  }
  // What is put into what is not there makes the way to it, but not inside of what is no object.
  const isMade = value === undefined && masks.some(({ isRemoved }) => !isRemoved);
  if (!isMade && !isObject(value)) return value;
  const fields: Record<string, Value> = {};
  const old = (value ?? {}) as Fields;
  for (const key of new Set([...Object.keys(old), ...masks.map(({ path }) => path[depth] as string)])) {
    const into = masks.filter(({ path }) => path[depth] === key);
    const item = Object.hasOwn(old, key) ? old[key] : undefined;
    const left = into.length === 0 ? item : edit(item, into, depth + 1, done);
    if (left !== undefined) setField(fields, key, left);
  }
  return fields;
}
