// Globs with delimiters, matched by going through all their states at once: time grows with the text's length only.

import { isArray, type Value } from "../value/value.ts";
import { asString, type BuiltinFamily, type Context, Failure, wrongElement, wrongKind } from "./table.ts";

/** Globs. */
export const glob: BuiltinFamily = {
  "glob.match": [3, match],
  "glob.quote_meta": [1, (pattern: Value) => asString(pattern, 1).replaceAll(/[*?\\[\]{}]/g, String.raw`\$&`)],
};

type Accepts = (char: string) => boolean;

/** A state: it takes one character and goes on, or goes on at once in several ways. */
interface State {
  readonly accepts: Accepts | undefined;
  readonly next: State[];
}

function delimitersOf(value: Value): ReadonlySet<string> {
  if (value === null) return new Set();
  if (!isArray(value)) throw wrongKind(2, value, "array", "null");
  if (value.length === 0) return new Set(["."]);
  return new Set(
    value.map((item) => {
      if (typeof item === "string" && Array.from(item).length === 1) return item;
      throw wrongElement(2, value, item, typeof item === "string" ? "rune" : "string");
    }),
  );
}

function match(pattern: Value, delimiters: Value, text: Value, context: Context): boolean {
  const source = asString(pattern, 1);
  const stops = delimitersOf(delimiters);
  const chars = Array.from(asString(text, 3));
  const key = `glob ${[...stops].join("")} ${source}`;
  const known = context.kept.get(key) as State | undefined;
  const start = known ?? new Compiler(source, stops).compile();
  context.kept.set(key, start);
  let states = reach([start]);
  for (const char of chars) {
    context.charge(1 + (states.size >> 3));
    const taken: State[] = [];
    for (const { accepts, next } of states) if (accepts?.(char) === true) taken.push(...next);
    states = reach(taken);
    if (states.size === 0) return false;
  }
  return [...states].some((state) => state === END);
}

const END: State = { accepts: undefined, next: [] };

/** All states that are reached without taking a character. */
function reach(from: readonly State[]): Set<State> {
  const found = new Set(from);
  for (const state of found) if (state.accepts === undefined) for (const next of state.next) found.add(next);
  return found;
}

class Compiler {
  readonly #chars: readonly string[];
  readonly #stops: ReadonlySet<string>;
  #at = 0;

  constructor(pattern: string, stops: ReadonlySet<string>) {
    this.#chars = Array.from(pattern);
    this.#stops = stops;
  }

  compile(): State {
    const items = this.#sequence(false);
    if (this.#at < this.#chars.length) throw new Failure(`unexpected character: ${this.#chars[this.#at]}`);
    return items(END);
  }

  /** What leads through a sequence to a state. */
  #sequence(inner: boolean): (end: State) => State {
    const items: ((end: State) => State)[] = [];
    for (let char = this.#chars[this.#at]; char !== undefined; char = this.#chars[this.#at]) {
      if (inner && (char === "," || char === "}")) break;
      this.#at += 1;
      items.push(this.#item(char));
    }
    return (end) => items.reduceRight((next, item) => item(next), end);
  }

  #item(char: string): (end: State) => State {
    switch (char) {
      case "*": {
        const isSuper = this.#chars[this.#at] === "*";
        while (this.#chars[this.#at] === "*") this.#at += 1;
        return repeat(isSuper ? () => true : (taken) => !this.#stops.has(taken));
      }
      case "?":
        return one((taken) => !this.#stops.has(taken));
      case "[":
        return one(this.#list());
      case "{":
        return this.#alternatives();
      case "\\": {
        const escaped = this.#chars[this.#at];
        if (escaped === undefined) throw new Failure("unexpected end of input");
        this.#at += 1;
        return one((taken) => taken === escaped);
      }
      default:
        return one((taken) => taken === char);
    }
  }

  #alternatives(): (end: State) => State {
    const ways: ((end: State) => State)[] = [];
    do {
      ways.push(this.#sequence(true));
      this.#at += 1;
    } while (this.#chars[this.#at - 1] === ",");
    if (this.#chars[this.#at - 1] !== "}") throw new Failure("unexpected end of input");
    return (end) => ({ accepts: undefined, next: ways.map((way) => way(end)) });
  }

  /** What stands in brackets: characters, or one range; `!` before it means all others. */
  #list(): Accepts {
    const close = this.#chars.indexOf("]", this.#at);
    if (close < 0) throw new Failure("unexpected end of input");
    const inside = this.#chars.slice(this.#at, close);
    this.#at = close + 1;
    const isNegated = inside[0] === "!";
    const items = isNegated ? inside.slice(1) : inside;
    const [low, dash, high] = items;
    if (items.length === 3 && dash === "-" && low !== undefined && high !== undefined) {
      if (low > high) throw new Failure(`hi character '${high}' should be greater than lo '${low}'`);
      return (taken) => (taken >= low && taken <= high) !== isNegated;
    }
    const set = new Set(items);
    return (taken) => set.has(taken) !== isNegated;
  }
}

const one =
  (accepts: Accepts) =>
  (end: State): State => ({ accepts, next: [end] });

const repeat =
  (accepts: Accepts) =>
  (end: State): State => {
    const again: State = { accepts, next: [] };
    const start: State = { accepts: undefined, next: [again, end] };
    again.next.push(start);
    return start;
  };
