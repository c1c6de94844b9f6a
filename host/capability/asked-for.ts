import { DoterosError } from "../contract/error.ts";
import type { Manifest, RequestedCapabilities } from "../contract/manifest.ts";
import type { Grant } from "./grant-shape.ts";
import { type Need, usedInterface } from "./interface.ts";

/** How many digits of the digest name a capsule that has no manifest. */
const NAME_DIGITS = 12;

/** What to write into capsule.yaml to ask for a capability. */
const LINES = {
  state: "state: true",
  publish: 'publish: ["SUBJECTS.>"]',
  request: 'request: ["SUBJECTS.>"]',
  log: "log: true",
  context: "context: true",
  policy: "policy: true",
} satisfies Partial<Record<Need, string>>;

/**
 * The manifest of a component that has none: it asks for what the component imports, and is subscribed to what is granted.
 * Which subjects it means to send to nobody said: it asks for those that are granted, or for all when none is.
 *
 * @param imported what its imports need
 * @param outside what it is granted of what lies outside
 */
export function deriveManifest(imported: ReadonlySet<Need>, digest: string, grants: readonly Grant[], outside?: RequestedCapabilities): Manifest {
  const uses = [...imported].flatMap((need) => usedInterface(need) ?? []);
  const granted = (name: Grant["capability"]): string[] =>
    grants.flatMap(({ capability, pattern }) => (capability === name && pattern !== undefined ? [pattern] : []));
  const subjects = (name: "publish" | "request"): Partial<Record<typeof name, string[]>> => {
    if (!imported.has(name)) return {};
    const own = granted(name);
    return { [name]: own.length === 0 ? [">"] : own };
  };
  return {
    name: digest.slice(0, NAME_DIGITS),
    version: "0.0.0",
    capabilities: {
      ...(imported.has("state") ? { state: true } : {}),
      ...subjects("publish"),
      ...subjects("request"),
      ...(imported.has("log") ? { log: true } : {}),
      ...(imported.has("context") ? { context: true } : {}),
      ...(imported.has("policy") ? { policy: true } : {}),
      ...(uses.length === 0 ? {} : { use: uses }),
      ...outside,
    },
    subscriptions: granted("subscribe"),
  };
}

/**
 * Refuses a component that imports what its manifest does not ask for.
 *
 * @param imported what its imports need, each with the import that does
 * @throws DoterosError `invalid-manifest`, with the lines that are missing
 */
export function checkAskedFor(manifest: Manifest, imported: ReadonlyMap<Need, string>): void {
  const missing = [...imported].flatMap(([need, path]) => {
    const line = missingLine(manifest, need);
    return line === undefined ? [] : [{ path, line }];
  });
  if (missing.length === 0) return;
  const lines = missing.map(({ path, line }) => `\n  ${path} needs  ${line}`);
  throw new DoterosError("invalid-manifest", `${manifest.name} imports what its manifest does not ask for:${lines.join("")}`, {
    where: missing[0]?.path ?? "",
    help: `add to capsule.yaml, under capabilities: ${missing.map(({ line }) => line).join(", ")}`,
  });
}

/** What to write into capsule.yaml to ask for what an import needs; undefined when it is asked for. */
function missingLine({ capabilities }: Manifest, need: Need): string | undefined {
  const name = usedInterface(need);
  if (name !== undefined) return capabilities.use?.includes(name) === true ? undefined : `use: [${JSON.stringify(name)}]`;
  const known = need as keyof typeof LINES | "subscribe";
  return known === "subscribe" || capabilities[known] !== undefined ? undefined : LINES[known];
}
