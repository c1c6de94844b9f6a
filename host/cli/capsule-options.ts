import { parseLimits } from "../capability/read-limits.ts";
import { DoterosError } from "../contract/error.ts";
import type { ResourceLimits } from "../contract/manifest.ts";
import type { Arguments, OptionTable } from "./arguments.ts";

/** Where the capsule may be. */
const ISOLATIONS = ["none", "thread"] as const;

/** Which capsule it is, and what holds for it, whatever is done with it. */
export interface CapsuleOptions {
  readonly component: string;
  /** The file of its manifest; undefined for the one beside it. */
  readonly manifest: string | undefined;
  readonly grants: readonly string[];
  readonly config: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly limits: Partial<ResourceLimits>;
  /** Where the capsule is; undefined when nobody said. */
  readonly isolation: (typeof ISOLATIONS)[number] | undefined;
  /** The files of the components that are linked, by the interfaces. */
  readonly links: Readonly<Record<string, string>>;
  /** The files of the policy; none when everything that is granted is allowed. */
  readonly policy: readonly string[];
  /** The file of the data that the policy has. */
  readonly data: string | undefined;
  /** The file that decisions go to; undefined when nobody wants to know. */
  readonly decisions: string | undefined;
  /** The folder of the store; undefined when nothing is to be kept. */
  readonly store: string | undefined;
  /** The file of the key that the ledger is signed with; undefined for the one beside the store. */
  readonly key: string | undefined;
  readonly json: boolean;
  readonly quiet: boolean;
}

/** They, as they are typed. */
export const CAPSULE_OPTIONS = {
  manifest: { type: "string" },
  grant: { type: "string", multiple: true },
  config: { type: "string", multiple: true },
  label: { type: "string", multiple: true },
  limit: { type: "string", multiple: true },
  isolation: { type: "string" },
  link: { type: "string", multiple: true },
  policy: { type: "string", multiple: true },
  data: { type: "string" },
  "watch-policy": { type: "boolean" },
  decisions: { type: "string" },
  store: { type: "string" },
  key: { type: "string" },
  quiet: { type: "boolean" },
} as const satisfies OptionTable;

/** Options that mean nothing without a policy, and what they are for. */
const NEEDS_POLICY: readonly (readonly [name: string, what: string])[] = [
  ["data", "is what a policy decides with"],
  ["watch-policy", "reads a policy again when it changes"],
  ["decisions", "is where the decisions of a policy go"],
];

/** Makes sense of what was typed about a capsule. @throws DoterosError `usage` */
export function readCapsuleOptions(given: Arguments, component: string): CapsuleOptions {
  const store = given.text("store");
  const policy = given.texts("policy");
  for (const [name, what] of NEEDS_POLICY) {
    if (given.has(name) && policy.length === 0) throw usage(`--${name} ${what}, and none is given`, "add --policy FILE.rego");
  }
  const key = given.text("key");
  if (key !== undefined && store === undefined) throw usage("--key signs the ledger of a store, and none is given", "add --store FOLDER");
  return {
    component,
    manifest: given.text("manifest"),
    grants: given.texts("grant"),
    config: readPairs("config", given.texts("config")),
    labels: readPairs("label", given.texts("label")),
    limits: parseLimits(given.texts("limit")),
    isolation: given.choice("isolation", ISOLATIONS),
    links: readPairs("link", given.texts("link")),
    policy,
    data: given.text("data"),
    decisions: given.text("decisions"),
    store,
    key,
    json: given.has("json"),
    quiet: given.has("quiet"),
  };
}

/** What was typed as KEY=VALUE. @throws DoterosError `usage` */
export function readPairs(option: string, settings: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    settings.map((setting) => {
      const equals = setting.indexOf("=");
      if (equals > 0) return [setting.slice(0, equals), setting.slice(equals + 1)];
      throw usage(`--${option} ${JSON.stringify(setting)} has no value`, "write it as KEY=VALUE");
    }),
  );
}

/** Wrong usage, and what would be right. */
export function usage(message: string, help: string): DoterosError {
  return new DoterosError("usage", message, { help });
}
