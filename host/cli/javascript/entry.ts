const CONTEXT = "doteros:capsule/context@0.1.0";
const LOGGING = "wasi:logging/logging@0.1.0-draft";

/** What a capsule is known to want before the module that starts it is written. */
export interface Wants {
  /** The interfaces that its own files use. */
  readonly imports: { has(name: string): boolean };
  /** What its own file exports. */
  readonly exports: readonly string[];
  /** The capabilities that its manifest asks for. */
  readonly context: boolean;
  readonly log: boolean;
}

/** The module that only re-exports a capsule's file, to see what that imports and exports. */
export function bareEntry(file: string): string {
  return `export * from ${JSON.stringify(file)};`;
}

/**
 * The module that starts a capsule: what its engine lacks comes first, because the capsule's own modules may use it when
 * they are loaded; then the exports of its world.
 */
export function capsuleEntry(file: string, { imports, exports, context, log }: Wants): string {
  const chance = context || imports.has(CONTEXT) ? "fixed-chance" : "refuse-chance";
  const speech = log || imports.has(LOGGING) ? "logging-console" : "silent-console";
  const starts = exports.includes("start");
  return [
    ...surroundings(chance, speech),
    'import { handlerOf, starterOf } from "doteros-wasm/sdk/engine/handler";',
    `import { handle${starts ? ", start" : ""} } from ${JSON.stringify(file)};`,
    "export const handler = handlerOf(handle);",
    ...(starts ? ["export const starter = starterOf(start);"] : []),
  ].join("\n");
}

/** The module that starts a component of another world, whose file exports what that world does. */
export function worldEntry(file: string): string {
  return [...surroundings("refuse-chance", "silent-console"), bareEntry(file)].join("\n");
}

function surroundings(...more: readonly string[]): string[] {
  return ["text-coding", ...more].map((name) => `import "doteros-wasm/sdk/engine/${name}";`);
}
