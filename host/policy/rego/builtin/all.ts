import { coreBuiltins } from "./core.ts";
import { crypto } from "./crypto.ts";
import { encoding } from "./encoding.ts";
import { glob } from "./glob.ts";
import { metadata } from "./metadata.ts";
import { network } from "./network.ts";
import { regex } from "./regex.ts";
import { schema } from "./schema.ts";
import type { BuiltinFamily } from "./table.ts";
import { template } from "./template.ts";
import { time } from "./time.ts";
import { token } from "./token.ts";
import { units } from "./units.ts";
import { uri } from "./uri.ts";
import { uuid } from "./uuid.ts";
import { version } from "./version.ts";
import { yaml } from "./yaml.ts";

/** All builtins there are, those that need libraries included. */
export const allBuiltins: readonly BuiltinFamily[] = [
  ...coreBuiltins,
  crypto,
  encoding,
  glob,
  metadata,
  network,
  regex,
  schema,
  template,
  time,
  token,
  units,
  uri,
  uuid,
  version,
  yaml,
];
