/** What the name of an import or export says (Explainer, "import and export definitions"). */
export type ExternName =
  | { readonly kind: "label"; readonly label: string }
  | { readonly kind: "interface"; readonly base: string; readonly version: string | undefined }
  | { readonly kind: "constructor"; readonly resource: string }
  | { readonly kind: "method" | "static"; readonly resource: string; readonly label: string };

/** Words of small letters and digits or acronyms of capitals and digits, joined by `-`; the first begins with a letter. */
const LABEL = /^(?:[a-z][0-9a-z]*|[A-Z][0-9A-Z]*)(?:-(?:[0-9a-z]+|[0-9A-Z]+))*$/;
const WORDS = /^[a-z][0-9a-z]*(?:-[0-9a-z]+)*$/;
const IDENTIFIERS = /^[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*$/;
const ANNOTATION = /^\[(constructor|method|static)\](.*)$/s;

/** Why `label` is not a label, or undefined when it is one. */
export function labelProblem(label: string): string | undefined {
  return LABEL.test(label) ? undefined : `\`${label}\` is not in kebab case`;
}

const parsedNames = new Map<string, ExternName | string>();
const camelNames = new Map<string, string>();
/** How many names are kept of each kind, and how long they may be: the same ones come with each component and each instance. */
const KEPT_NAMES = 1024;
const KEPT_LENGTH = 128;

/** Takes the name of an import or export apart; a text says why it is none. */
export function parseName(name: string): ExternName | string {
  return kept(parsedNames, name, parse);
}

function kept<T>(names: Map<string, T>, name: string, make: (name: string) => T): T {
  const known = names.get(name);
  if (known !== undefined) return known;
  const made = make(name);
  if (names.size >= KEPT_NAMES) names.clear();
  if (name.length <= KEPT_LENGTH) names.set(name, made);
  return made;
}

function parse(name: string): ExternName | string {
  const annotation = ANNOTATION.exec(name);
  if (annotation !== null) return parseAnnotated(annotation[1] as string, annotation[2] as string);
  if (name.includes(":")) return parseInterface(name);
  return labelProblem(name) ?? { kind: "label", label: name };
}

function parseAnnotated(kind: string, rest: string): ExternName | string {
  if (kind === "constructor") return labelProblem(rest) ?? { kind, resource: rest };
  const dot = rest.indexOf(".");
  if (dot < 0) return "failed to find `.` character";
  const resource = rest.slice(0, dot);
  const label = rest.slice(dot + 1);
  return labelProblem(resource) ?? labelProblem(label) ?? { kind: kind as "method" | "static", resource, label };
}

/** `namespace:package/interface` with an optional `@version`. */
function parseInterface(name: string): ExternName | string {
  const at = name.indexOf("@");
  const base = at < 0 ? name : name.slice(0, at);
  const colon = base.indexOf(":");
  const slash = base.indexOf("/", colon);
  const namespace = base.slice(0, colon);
  const pack = slash < 0 ? base.slice(colon + 1) : base.slice(colon + 1, slash);
  if (!WORDS.test(namespace)) return `\`${namespace}\` is not in kebab case`;
  if (slash < 0 || pack.includes(":")) return "expected `/` after package name";
  if (!WORDS.test(pack)) return `\`${pack}\` is not in kebab case`;
  const projection = base.slice(slash + 1);
  const next = projection.indexOf("/");
  if (next >= 0) return `trailing characters found: \`${projection.slice(next)}\``;
  const problem = labelProblem(projection);
  if (problem !== undefined) return problem;
  if (at < 0) return { kind: "interface", base, version: undefined };
  const version = name.slice(at + 1);
  return versionProblem(version) ?? { kind: "interface", base, version };
}

/** Why `version` is not a version by semver 2.0, or undefined when it is one. */
export function versionProblem(version: string): string | undefined {
  if (version === "") return "empty string, expected a semver version";
  const plus = version.indexOf("+");
  const build = plus < 0 ? undefined : version.slice(plus + 1);
  const front = plus < 0 ? version : version.slice(0, plus);
  const dash = front.indexOf("-");
  const tag = dash < 0 ? undefined : front.slice(dash + 1);
  const numbers = (dash < 0 ? front : front.slice(0, dash)).split(".");
  for (const number of numbers) {
    if (!/^(?:0|[1-9][0-9]*)$/.test(number)) {
      const stray = /[^0-9]/.exec(number)?.[0];
      if (stray !== undefined) return `unexpected character '${stray}' in the version`;
      return number === "" ? unexpectedIn(version) : "invalid leading zero in the version";
    }
  }
  if (numbers.length !== 3) return "unexpected end of input while parsing the version";
  for (const identifiers of [tag, build]) {
    if (identifiers !== undefined && !IDENTIFIERS.test(identifiers)) return "empty identifier segment in the version";
  }
  if (tag?.split(".").some((part) => /^0[0-9]+$/.test(part)) === true) return "invalid leading zero in the version";
  return undefined;
}

function unexpectedIn(version: string): string {
  return version.startsWith(".")
    ? "unexpected character '.' in the version"
    : "unexpected end of input while parsing the version";
}

/**
 * The string that must differ between two names of one scope: capitals do not count, `[method]` and `[static]` do not,
 * and a method named like its resource is the resource (Explainer, "name uniqueness").
 */
export function uniqueKey(name: string): string {
  const lower = name.toLowerCase();
  const annotation = ANNOTATION.exec(lower);
  if (annotation === null || annotation[1] === "constructor") return lower;
  const rest = annotation[2] as string;
  const [resource, label] = rest.split(".");
  return resource === label ? (resource as string) : rest;
}

/** The JavaScript name of a label: `set-name` is `setName`, as jco has it. */
export function camelCase(label: string): string {
  return kept(camelNames, label, (written) => written.toLowerCase().replaceAll(/-./g, (word) => word.slice(1).toUpperCase()));
}

/** The JavaScript name of a resource's class: `output-stream` is `OutputStream`. */
export function pascalCase(label: string): string {
  return camelCase(`-${label}`);
}
