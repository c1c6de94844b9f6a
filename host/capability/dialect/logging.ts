import { OFFERED } from "../interface.ts";
import { logging } from "../logging.ts";
import type { Dialect } from "./dialect.ts";

const NAME = "wasi:logging/logging";

/** wasi:logging by the name without a version, under which it is imported as well. */
export const DIALECT: Dialect = {
  interfaces: { [NAME]: OFFERED.get("wasi:logging/logging@0.1.0-draft") ?? {} },
  make: ({ transition }) => ({ [NAME]: logging(transition) }),
};
