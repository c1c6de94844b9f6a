import { dirname, join } from "node:path";
import { LineCounter, parseDocument } from "yaml";
import { manifestIn } from "../capability/embedded-manifest.ts";
import { parseManifest } from "../capability/manifest.ts";
import { DoterosError } from "../contract/error.ts";
import type { Manifest } from "../contract/manifest.ts";
import { COMPONENT_BYTES_MAX } from "../contract/limits.ts";
import { errorAt } from "./error-text.ts";
import { fileExists, readBytes } from "./file.ts";

/** A manifest is a page of text. */
const MANIFEST_BYTES_MAX = 1_048_576;

/**
 * The manifest of a component: the file given, or else what the component carries, or else `capsule.yaml` beside it, or
 * undefined when there is none.
 *
 * @throws DoterosError `unreadable-input` or `invalid-manifest`, with the place.
 */
export async function readManifest(component: string, given: string | undefined): Promise<Manifest | undefined> {
  const inside = given === undefined ? manifestIn(await readBytes(component, "the component", COMPONENT_BYTES_MAX)) : undefined;
  if (inside !== undefined) return manifestOf(inside, `${component}, its manifest`);
  const path = given ?? join(dirname(component), "capsule.yaml");
  if (given === undefined && !(await fileExists(path))) return undefined;
  return manifestOf(await textOf(path), path);
}

/**
 * The text of a manifest that is found to be one; undefined when there is no such file.
 *
 * @throws DoterosError `unreadable-input` or `invalid-manifest`, with the place.
 */
export async function readManifestText(path: string): Promise<string | undefined> {
  if (!(await fileExists(path))) return undefined;
  const text = await textOf(path);
  manifestOf(text, path);
  return text;
}

async function textOf(path: string): Promise<string> {
  return Buffer.from(await readBytes(path, "the manifest", MANIFEST_BYTES_MAX)).toString("utf8");
}

function manifestOf(text: string, path: string): Manifest {
  const value = parseYaml(text, path);
  try {
    return parseManifest(value);
  } catch (error) {
    throw error instanceof DoterosError ? errorAt(error, path) : error;
  }
}

function parseYaml(text: string, path: string): unknown {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false });
  const [error] = document.errors;
  if (error === undefined) return toPlain(() => document.toJS(), path);
  const { line, col } = lineCounter.linePos(error.pos[0]);
  throw new DoterosError("invalid-manifest", `the manifest is not YAML: ${error.message}`, {
    where: `${path}:${line}:${col}`,
    cause: error,
  });
}

/** An alias that leads to nothing, or to too much, shows only here. */
function toPlain(read: () => unknown, path: string): unknown {
  try {
    return read();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new DoterosError("invalid-manifest", `the manifest is not YAML: ${reason}`, { where: path, cause });
  }
}
