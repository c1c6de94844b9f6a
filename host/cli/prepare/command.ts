import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { parseLimits } from "../../capability/read-limits.ts";
import { DoterosError } from "../../contract/error.ts";
import { COMPONENT_BYTES_MAX } from "../../contract/limits.ts";
import { hostModules, prepareCapsule } from "../../edge.ts";
import { createHost, nodePlatform } from "../../node.ts";
import type { Arguments } from "../arguments.ts";
import type { Command } from "../command.ts";
import { errorAt } from "../error-text.ts";
import { readBytes } from "../file.ts";
import { readManifest } from "../manifest-file.ts";
import { writeProject } from "../new/write.ts";
import { readPairs } from "../capsule-options.ts";
import type { Screen } from "../screen.ts";
import { workerFiles, type WorkerSettings } from "./files.ts";

/** The host in one file, which the build of this package makes. */
const HOST = fileURLToPath(new URL("../../door/edge-host.mjs", import.meta.url));

/** What the name of a header may be, in lower case. */
const HEADER_NAME = /^[!#-'*+\-.0-9^-z|~]+$/;

const HELP = `Prepares a capsule for runtimes that compile no WebAssembly while they run, as workerd and Cloudflare are: its core modules,
rewritten so that limits hold, the plan of how they are put together, its manifest, and a worker that serves it over HTTP.

usage: doteros-wasm prepare COMPONENT.wasm --out DIR [options]

  --out DIR            the folder to write, which must not be there
  --manifest FILE      the capsule's manifest; default: what it carries, or capsule.yaml beside it
  --grant NAME[=PATTERN]
                       allow what the manifest asks for, as for run; may be repeated
  --limit NAME=NUMBER  allow it to use more, or less, as for run; may be repeated
  --config KEY=VALUE   a setting that it may read; may be repeated
  --label KEY=VALUE    a label of it, for policies; may be repeated
  --header NAME        a header of requests that it sees; default: none. May be repeated
  --json               one JSON object on one line, with "type" prepared

It is loaded here first, as run does, so that what is wrong is told now. It cannot be linked to other components.

The worker: POST /SUBJECT with the payload as the body. 200 with what was published, in JSON; 422 with the reason when the capsule
failed or a limit ended it; 404 for a subject that it has not subscribed to; 413 for a payload that is too long.

exit codes: 0 done, 1 it cannot be prepared, 2 wrong usage

examples
  doteros-wasm prepare counter.wasm --out edge --grant state --grant 'publish=counted.>' --grant 'subscribe=readings.>'
  workerd serve edge/workerd.capnp && curl --data 12.5 http://127.0.0.1:8080/readings.oslo`;

/** `doteros-wasm prepare`. */
export const prepareCommand: Command = {
  name: "prepare",
  summary: "prepare a capsule for runtimes that compile nothing, such as workerd",
  help: HELP,
  options: {
    out: { type: "string" },
    manifest: { type: "string" },
    grant: { type: "string", multiple: true },
    limit: { type: "string", multiple: true },
    config: { type: "string", multiple: true },
    label: { type: "string", multiple: true },
    header: { type: "string", multiple: true },
  },
  run,
};

async function run(given: Arguments, screen: Screen): Promise<number> {
  const [file, ...more] = given.positionals;
  const out = given.text("out");
  if (file === undefined || more.length > 0) {
    throw new DoterosError("usage", file === undefined ? "prepare needs the file of a component" : "prepare takes one component", { help: "doteros-wasm prepare capsule.wasm --out edge" });
  }
  if (out === undefined) throw new DoterosError("usage", "prepare needs the folder to write", { help: "add --out DIR" });
  const bytes = await readBytes(file, "the component", COMPONENT_BYTES_MAX);
  const settings = await readSettings(file, given);
  const { name, version } = await tryOut(file, bytes, settings);
  const capsule = await prepareCapsule(bytes, nodePlatform);
  const files = workerFiles({ capsule, hostModules: hostModules(), host: await readFile(HOST), settings });
  await writeProject(out, files);
  const { digest } = capsule;
  const sizes = Object.fromEntries([...files].map(([path, content]) => [path, Buffer.byteLength(content)]));
  screen.print(given.has("json") ? JSON.stringify({ type: "prepared", folder: out, name, version, digest, files: sizes }) : textOf(out, `${name} ${version}`, digest, sizes));
  return 0;
}

async function readSettings(file: string, given: Arguments): Promise<WorkerSettings> {
  return {
    manifest: await readManifest(file, given.text("manifest")),
    grants: given.texts("grant"),
    config: readPairs("config", given.texts("config")),
    labels: readPairs("label", given.texts("label")),
    limits: parseLimits(given.texts("limit")),
    headers: given.texts("header").map(checkHeader),
  };
}

function checkHeader(name: string): string {
  const lower = name.toLowerCase();
  if (HEADER_NAME.test(lower)) return lower;
  throw new DoterosError("usage", `--header ${JSON.stringify(name)} cannot be the name of a header`, { help: "a name has letters, digits and -: x-request-id" });
}

/** Loads the capsule here as the worker will there. @throws DoterosError as `Host.load` does */
async function tryOut(file: string, bytes: Uint8Array, { manifest, headers: _headers, ...settings }: WorkerSettings): Promise<{ name: string; version: string }> {
  const host = await createHost();
  try {
    const { name, version } = await host.load(bytes, { ...settings, ...(manifest === undefined ? {} : { manifest }) });
    return { name, version };
  } catch (error) {
    // What is wrong with a grant is not wrong with the component.
    throw error instanceof DoterosError && error.code !== "invalid-grant" ? errorAt(error, file) : error;
  } finally {
    await host.close();
  }
}

function textOf(folder: string, capsule: string, digest: string, sizes: Readonly<Record<string, number>>): string {
  const width = Math.max(...Object.keys(sizes).map((path) => path.length));
  const rows = Object.entries(sizes).map(([path, size]) => `  ${path.padEnd(width)}  ${size.toLocaleString("en")} bytes`);
  return [`${folder}: ${capsule}`, `  ${"sha-256".padEnd(width)}  ${digest}`, ...rows].join("\n");
}
