import { as, type Offered } from "../interface.ts";
import { CALL_FUEL, type Transition } from "../transition.ts";
import { type Dialect, refuse } from "./dialect.ts";

// wasi:config under the four names that it has had, and the variables of Spin: the settings that the capsule was given.

const ERROR = "variant { upstream(string), io(string) }";
const STORE: Offered = as("context", {
  get: `func(key: string) -> result<option<string>, ${ERROR}>`,
  "get-all": `func() -> result<list<tuple<string, string>>, ${ERROR}>`,
});
const NAMES = ["wasi:config/runtime@0.2.0-draft", "wasi:config/store@0.2.0-draft", "wasi:config/store@0.2.0-draft-2024-09-27", "wasi:config/store@0.2.0-rc.1"];
const VARIABLES = "fermyon:spin/variables@2.0.0";

/** wasi:config, and the variables of Spin. */
export const DIALECT: Dialect = {
  interfaces: {
    ...Object.fromEntries(NAMES.map((name) => [name, STORE])),
    [VARIABLES]: as("context", { get: "func(name: string) -> result<string, variant { invalid-name(string), undefined(string), provider(string), other(string) }>" }),
  },
  make: ({ transition }) => {
    const made = settings(transition);
    const get = (name: string): string => made.get(name) ?? refuse({ tag: "undefined", val: `${name} was not given` });
    return { ...Object.fromEntries(NAMES.map((name) => [name, made])), [VARIABLES]: { get } };
  },
};

function settings(transition: Transition): { get(key: string): string | undefined; getAll(): (readonly [string, string])[] } {
  return {
    get(key) {
      transition.charge(CALL_FUEL);
      return transition.config.get(key);
    },
    getAll() {
      transition.charge(CALL_FUEL * (1 + transition.config.size));
      return [...transition.config];
    },
  };
}
