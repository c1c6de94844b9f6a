// Some guests check what they are given, and trap when it is not what their authors wrote down. What those want is here, by
// the full name of the function; all others get values made from their types.

/** Answers of imported functions. Methods and constructors get their object first. */
export type Answers = Readonly<Record<string, (...args: never[]) => unknown>>;

/** New answers for one instance: some of them remember. */
export function expectedAnswers(): Answers {
  return { ...flavorful(), ...numbers(), ...resources(), ...LISTS, ...VARIANTS, ...OTHERS };
}

function flavorful(): Answers {
  let failed = false;
  return {
    "test:flavorful/test#f-list-in-record2": () => ({ a: "list_in_record2" }),
    "test:flavorful/test#f-list-in-record3": () => ({ a: "list_in_record3 output" }),
    "test:flavorful/test#f-list-in-record4": () => ({ a: "result4" }),
    "test:flavorful/test#f-list-in-variant2": () => "list_in_variant2",
    "test:flavorful/test#f-list-in-variant3": () => "output3",
    "test:flavorful/test#errno-result": () => {
      failed = !failed;
      if (failed) throw Object.assign(new Error("the first call fails"), { payload: "b" });
    },
    "test:flavorful/test#list-typedefs": () => [new TextEncoder().encode("typedef3"), ["typedef4"]],
    "test:flavorful/test#list-of-variants": () => [[false, true], [{ tag: "err" }, { tag: "ok" }], ["a", "b"]],
  };
}

function numbers(): Answers {
  let scalar = 0;
  return {
    "test:numbers/test#set-scalar": (value: number) => void (scalar = value),
    "test:numbers/test#get-scalar": () => scalar,
  };
}

function resources(): Answers {
  const held = new WeakMap<object, number>();
  const valueOf = (self: object): number => held.get(self) ?? 0;
  return {
    "imports#[constructor]y": (self: object, value: number) => held.set(self, value),
    "imports#[method]y.get-a": valueOf,
    "imports#[method]y.set-a": (self: object, value: number) => void held.set(self, value),
    "imports#[static]y.add": (self: object, value: number): unknown =>
      Reflect.construct(self.constructor, [valueOf(self) + value]),
  };
}

const LISTS: Answers = {
  "test:lists/test#empty-list-result": () => new Uint8Array(),
  "test:lists/test#empty-string-result": () => "",
  "test:lists/test#list-result": () => Uint8Array.of(1, 2, 3, 4, 5),
  "test:lists/test#list-result2": () => "hello!",
  "test:lists/test#list-result3": () => ["hello,", "world!"],
  "test:lists/test#list-minmax8": (...lists) => lists,
  "test:lists/test#list-minmax16": (...lists) => lists,
  "test:lists/test#list-minmax32": (...lists) => lists,
  "test:lists/test#list-minmax64": (...lists) => lists,
  "test:lists/test#list-minmax-float": (...lists) => lists,
};

const VARIANTS: Answers = {
  "test:variants/test#roundtrip-option": (value) => value,
  "test:variants/test#roundtrip-result": ({ tag, val }: { tag: string; val: number }) => {
    if (tag === "ok") return val;
    throw Object.assign(new Error("the error case"), { payload: Math.round(val) });
  },
  "test:variants/test#invert-bool": (value: boolean) => !value,
  "test:variants/test#variant-enums": () => [false, { tag: "err" }, "a"],
};

const OTHERS: Answers = {
  "test:dep/test@0.1.0#x": () => 1,
  "test:dep/test@0.1.0#y": (value: number) => value + 1,
  "test:dep/test@0.2.0#x": () => 2,
  "test:dep/test@0.2.0#z": (a: number, b: number) => a + b + 2,
  "test:options/test#option-none-result": () => undefined,
  "test:options/test#option-some-result": () => "foo",
  "test:records/test#multiple-results": () => [4, 5],
  "test:records/test#swap-tuple": ([a, b]: [number, number]) => [b, a],
  "test:records/test#roundtrip-flags3": (...flags) => flags,
  "test:strings/imports#return-unicode": () => "\u{1F680}\u{1F680}\u{1F680} \u{20204}\u{13000}",
};

const U64S = Array.from({ length: 16 }, (_, index) => BigInt(index + 1));

/** Arguments that exported functions are called with, one list for each call. */
export const ARGUMENTS: Readonly<Record<string, readonly (readonly unknown[])[]>> = {
  "many-arguments": [U64S],
  roundtrip: [["str"], ["\u{1F680}\u{1F680}\u{1F680} \u{20204}\u{13000}"]],
  "test:flavorful/test#f-list-in-record1": [[{ a: "list_in_record1" }]],
  "test:flavorful/test#f-list-in-record3": [[{ a: "list_in_record3 input" }]],
  "test:flavorful/test#f-list-in-record4": [[{ a: "input4" }]],
  "test:flavorful/test#f-list-in-variant1": [["foo", { tag: "err", val: "bar" }]],
  "test:flavorful/test#f-list-in-variant3": [["input3"]],
  "test:flavorful/test#list-typedefs": [["typedef1", ["typedef2"]]],
  "test:lists/test#empty-list-param": [[new Uint8Array()]],
  "test:lists/test#empty-string-param": [[""]],
  "test:lists/test#list-param": [[Uint8Array.of(1, 2, 3, 4)]],
  "test:lists/test#list-param2": [["foo"]],
  "test:lists/test#list-param3": [[["foo", "bar", "baz"]]],
  "test:lists/test#list-param4": [[[["foo", "bar"], ["baz"]]]],
  "test:lists/test#list-param5": [[[[1, 2, 3], [4, 5, 6]]]],
  "test:lists/test#list-param-large": [[Array.from({ length: 1000 }, () => "string")]],
  "test:options/test#option-none-param": [[undefined]],
  "test:options/test#option-some-param": [["foo"]],
  "wasi:random/random@0.2.11#get-random-bytes": [[0n], [5n]],
  "wasi:clocks/monotonic-clock@0.2.11#subscribe-instant": [[0n]],
  "wasi:clocks/monotonic-clock@0.2.11#subscribe-duration": [[0n]],
};
