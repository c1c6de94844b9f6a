// `with`: an expression among other documents, and with other functions.

import { constantsOf } from "../check/rule-tree.ts";
import { dottedName, rootedAt, type Term, type With } from "../syntax/ast.ts";
import { lookup, objectOf } from "../value/object.ts";
import { isObject, sortedEntries, type Value } from "../value/value.ts";
import { callBuiltin } from "./call.ts";
import { type Evaluate, link, Place, type Planner, type Step } from "./instruction.ts";
import { type Mock, Overlay, Runtime } from "./runtime.ts";

/** What one modifier changes, when its value is defined. */
type Change = (state: Changes, rt: Runtime, frame: unknown[]) => boolean;

interface Changes {
  input: Value | undefined;
  overlay: Overlay | undefined;
  mocks: ReadonlyMap<string, Mock> | undefined;
  isInput: boolean;
}

/** Plans an expression with modifiers: `form` plans it without. */
export function planWith(planner: Planner, withs: readonly With[], place: Place, form: (inner: Place) => void): void {
  const changes = withs.map((item) => planChange(planner, item, place));
  const inner = new Place(place);
  form(inner);
  for (const name of inner.bound) place.bound.add(name);
  place.each((next) => {
    // What follows goes on with the documents from before.
    const back: Step = (rt, frame) => next(rt.outer as Runtime, frame);
    const step = link(inner.out, back);
    return (rt, frame) => {
      const state: Changes = { input: rt.input, overlay: rt.overlay, mocks: rt.mocks, isInput: rt.isInput };
      for (const change of changes) if (!change(state, rt, frame)) return false;
      return step(new Runtime(rt.shared, state.input, rt.data, { ...state, outer: rt }), frame);
    };
  });
}

function planChange(planner: Planner, item: With, place: Place): Change {
  const { target, value } = item;
  const name = dottedName(target.kind === "ref" ? target.parts : [target]) ?? "";
  const mock = planMock(planner, item, name);
  if (mock !== undefined) return mocks(name, () => mock);
  const found = planner.term(value, place);
  const input = rootedAt(target, "input");
  const data = rootedAt(target, "data");
  if (input === undefined && data === undefined) return mocks(name, (rt, frame) => valueMock(found(rt, frame)));
  const node = data === undefined ? undefined : planner.tree.find(constantsOf(data.parts));
  if (node?.isFunction === true) return mocks(name, (rt, frame) => valueMock(found(rt, frame)));
  const steps = (input ?? data ?? { parts: [] }).parts.slice(1).map((part: Term) => planner.term(part, place));
  return input === undefined ? replaceData(steps, found) : replaceInput(steps, found);
}

const valueMock = (value: Value | undefined): Mock | undefined => (value === undefined ? undefined : { value });

function mocks(name: string, mockOf: (rt: Runtime, frame: unknown[]) => Mock | undefined): Change {
  return (state, rt, frame) => {
    const mock = mockOf(rt, frame);
    if (mock === undefined) return false;
    state.mocks = new Map([...(state.mocks ?? []), [name, mock]]);
    return true;
  };
}

/** The function that takes the place of another; in it, nothing is replaced. */
function planMock(planner: Planner, { builtin, value, at }: With, target: string): Mock | undefined {
  const plain = (rt: Runtime): Runtime => new Runtime(rt.shared, rt.input, rt.data, { overlay: rt.overlay, outer: rt, isInput: rt.isInput });
  if (builtin !== undefined) {
    const found = planner.builtins[builtin];
    return found === undefined ? undefined : { call: (rt, args) => callBuiltin(rt, builtin, found, args, at) };
  }
  const ref = rootedAt(value, "data");
  const path = ref === undefined ? [] : constantsOf(ref.parts);
  const node = ref !== undefined && path.length === ref.parts.length - 1 ? planner.tree.find(path) : undefined;
  if (node?.isFunction !== true || target === "") return undefined;
  return { call: (rt, args) => planner.callNode(plain(rt), node, args) };
}

function pathOf(steps: readonly Evaluate[], rt: Runtime, frame: unknown[]): Value[] | undefined {
  const path: Value[] = [];
  for (const step of steps) {
    const key = step(rt, frame);
    if (key === undefined) return undefined;
    path.push(key);
  }
  return path;
}

function replaceInput(steps: readonly Evaluate[], found: Evaluate): Change {
  return (state, rt, frame) => {
    const value = found(rt, frame);
    const path = pathOf(steps, rt, frame);
    if (value === undefined || path === undefined) return false;
    if (path.length === 0) state.isInput = false;
    state.input = insert(state.input, path, value);
    return true;
  };
}

function replaceData(steps: readonly Evaluate[], found: Evaluate): Change {
  return (state, rt, frame) => {
    const value = found(rt, frame);
    const path = pathOf(steps, rt, frame);
    if (value === undefined || path === undefined) return false;
    state.overlay = (state.overlay ?? new Overlay()).replace(path, value, insert);
    return true;
  };
}

/** A document with another value at a path; what is in the way and no object gives way. */
function insert(document: Value | undefined, path: readonly Value[], value: Value): Value {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  const object = isObject(document) ? document : {};
  return objectOf([...sortedEntries(object), [key, insert(lookup(object, key), rest, value)]]);
}
