import { createHash } from "node:crypto";
import { dialectsOf } from "../../capability/dialect/index.ts";
import { requestsOf } from "../../capability/grant.ts";
import { grantFlag, grantText } from "../../capability/grant-text.ts";
import type { Need } from "../../capability/interface.ts";
import { capsuleExports, importedCapabilities } from "../../capability/linkage.ts";
import { checkAskedFor, deriveManifest } from "../../capability/asked-for.ts";
import type { Dialect } from "../../capability/dialect/dialect.ts";
import { type Component, compileComponent } from "../../component/index.ts";
import type { Extern } from "../../component/type.ts";
import { DoterosError } from "../../contract/error.ts";
import type { Manifest } from "../../contract/manifest.ts";
import { isModule } from "../../wasm/read-module.ts";
import { explain } from "./explain.ts";
import type { Explanation } from "./explanation.ts";
import { measure, type Sizes } from "./sizes.ts";

/** An import or export: its name, what it is, and the names of what is in it. */
export interface Interface {
  readonly name: string;
  readonly kind: "func" | "instance" | "component" | "module" | "type" | "value";
  readonly functions: readonly string[];
  readonly types: readonly string[];
}

/** Something that a capsule asks for, as it is granted. */
export interface Request {
  /** `publish=alerts.>`. */
  readonly grant: string;
  /** `--grant 'publish=alerts.>'`, quoted for a shell. */
  readonly flag: string;
}

/** What a file is. A program is a core module of WASI preview 1. */
type Kind = "component" | "plugin" | "program";

/** Everything that can be told about a component without running it. */
export interface Inspection {
  readonly kind: Kind;
  /** What its manifest says; undefined when it has none. */
  readonly name: string | undefined;
  readonly version: string | undefined;
  /** The SHA-256 of the file, 64 lower-case hexadecimal digits. */
  readonly digest: string;
  /** What it asks for: what its manifest says, or else what its imports need. */
  readonly requests: readonly Request[];
  /** Why this host could not run it as a capsule, whatever it is granted. */
  readonly problems: readonly DoterosError[];
  readonly imports: readonly Interface[];
  readonly exports: readonly Interface[];
  readonly sizes: Sizes;
  /** Its world in WIT; none of a core module. */
  readonly wit: string;
  /** Which way each import goes. */
  readonly explanations: readonly Explanation[];
  /** The functions of a plugin or a program that may be called; undefined for a component. */
  readonly functions?: readonly string[];
}

/** A component, or a plugin, as far as it is looked at. */
interface Seen {
  readonly kind: Kind;
  readonly component: Pick<Component, "imports" | "exports">;
  readonly dialects: readonly Dialect[];
  readonly wit: string;
  readonly functions: readonly string[] | undefined;
}

async function look(bytes: Uint8Array): Promise<Seen> {
  if (isModule(bytes)) {
    const { DIALECT, PluginComponent } = await import("../../capability/extism/index.ts");
    const component = await PluginComponent.compile(bytes, async (module) => WebAssembly.compile(new Uint8Array(module)));
    const seen = { component, dialects: [DIALECT], wit: "", functions: component.functions };
    if (component.isPlugin) return { ...seen, kind: "plugin" };
    if (component.isProgram) return { ...seen, kind: "program" };
  }
  const component = await compileComponent(bytes);
  return { kind: "component", component, dialects: await dialectsOf(component), wit: component.wit(), functions: undefined };
}

/**
 * Looks at a component.
 *
 * @throws DoterosError when the bytes are no component.
 */
export async function inspectComponent(bytes: Uint8Array, manifest: Manifest | undefined): Promise<Inspection> {
  const { kind, component, dialects, wit, functions } = await look(bytes);
  const digest = createHash("sha256").update(bytes).digest("hex");
  const problems: DoterosError[] = [];
  await noteProblem(problems, () => capsuleExports(component, dialects));
  const imported = (await noteProblem(problems, () => importedCapabilities(component.imports, dialects))) ?? new Map<Need, string>();
  if (manifest !== undefined) await noteProblem(problems, () => checkAskedFor(manifest, imported));
  const asked = manifest ?? deriveManifest(new Set(imported.keys()), digest, []);
  return {
    kind,
    name: manifest?.name,
    version: manifest?.version,
    digest,
    requests: requestsOf(asked).map((request) => ({ grant: grantText(request), flag: grantFlag(request) })),
    problems,
    imports: component.imports.map(interfaceOf),
    exports: functions?.map((called) => ({ name: called, kind: "func", functions: [], types: [] })) ?? component.exports.map(interfaceOf),
    sizes: measure(bytes),
    wit,
    explanations: explain(component.imports, dialects),
    ...(functions === undefined ? {} : { functions }),
  };
}

/** Does a check, and keeps what it throws for later. */
async function noteProblem<T>(problems: DoterosError[], check: () => T | Promise<T>): Promise<T | undefined> {
  try {
    return await check();
  } catch (error) {
    if (!(error instanceof DoterosError)) throw error;
    problems.push(error);
    return undefined;
  }
}

function interfaceOf({ name, type }: Extern): Interface {
  const parts = type.kind === "instance" ? type.exports : [];
  const named = (kind: string): string[] => parts.filter((part) => part.type.kind === kind).map((part) => part.name);
  return { name, kind: type.kind, functions: named("func"), types: named("type") };
}
