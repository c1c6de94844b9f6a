import { subjectProblem } from "../bus/subject.ts";
import { DoterosError } from "../contract/error.ts";
import { CAPSULE_NAME_LENGTH_MAX, RETRY_ATTEMPTS_MAX, RETRY_BACKOFF_MILLISECONDS_MAX } from "../contract/limits.ts";
import type { HttpRule, Manifest, PluginRule, RequestedCapabilities, RetryPolicy } from "../contract/manifest.ts";
import { OUTSIDE_SHAPES } from "./grant-shape.ts";
import { INTERFACE_NAME_RULE, isInterfaceName } from "./interface-name.ts";
import { readLimits, readPattern } from "./manifest-limits.ts";
import { ManifestReader } from "./manifest-reader.ts";

const KEYS = ["name", "version", "capabilities", "subscriptions", "retry", "limits", "http", "config", "labels", "plugin"];
const CAPABILITIES = ["state", "publish", "request", "log", "context", "policy", "use", "files", "net", "env", "stdio", "clock"];
const NAME = new RegExp(`^[A-Za-z0-9_-]{1,${CAPSULE_NAME_LENGTH_MAX}}$`);
const VERSION = /^\d{1,9}\.\d{1,9}\.\d{1,9}(?:[-+][0-9A-Za-z.+-]{1,128})?$/;

/**
 * Reads a manifest from plain data: `capsule.yaml`, parsed.
 *
 * @throws DoterosError `invalid-manifest`, with everything that is wrong with it and the path to each
 * @example
 * ```ts
 * parseManifest({ name: "counter", version: "0.1.0", capabilities: { state: true }, subscriptions: ["readings.>"] });
 * ```
 */
export function parseManifest(value: unknown): Manifest {
  const reader = new ManifestReader();
  const manifest = readManifest(reader, value);
  const { problems } = reader;
  if (problems.length === 0) return manifest;
  const message = problems.length === 1 ? `the manifest is wrong: ${problems.join("")}` : `the manifest has ${problems.length} problems:\n  ${problems.join("\n  ")}`;
  throw new DoterosError("invalid-manifest", message, { help: "correct capsule.yaml" });
}

function readManifest(reader: ManifestReader, value: unknown): Manifest {
  const record = reader.record(value, "", KEYS);
  const { name, version, capabilities = {}, subscriptions = [], retry, limits, http, config, labels, plugin } = record;
  return {
    name: matching(reader, name, "name", NAME, `must be 1 to ${CAPSULE_NAME_LENGTH_MAX} letters, digits, - or _`),
    version: matching(reader, version, "version", VERSION, "must be three numbers, such as 0.1.0"),
    capabilities: readCapabilities(reader, capabilities),
    subscriptions: patterns(reader, subscriptions, "subscriptions"),
    ...(retry === undefined ? {} : { retry: readRetry(reader, retry) }),
    ...(limits === undefined ? {} : { limits: readLimits(reader, limits) }),
    ...(http === undefined ? {} : { http: readHttp(reader, http) }),
    ...(config === undefined ? {} : { config: reader.texts(config, "config") }),
    ...(labels === undefined ? {} : { labels: reader.texts(labels, "labels") }),
    ...(plugin === undefined ? {} : { plugin: readPlugin(reader, plugin) }),
  };
}

function matching(reader: ManifestReader, value: unknown, path: string, shape: RegExp, rule: string): string {
  const text = reader.text(value, path);
  if (text !== undefined && !shape.test(text)) reader.note(path, `${rule}, not ${JSON.stringify(text.slice(0, 80))}`);
  return text ?? "";
}

function patterns(reader: ManifestReader, value: unknown, path: string): string[] {
  // A copy has room for what is in it, and not for more.
  return reader.list(value, path, (item, at) => readPattern(reader, item, at)).slice();
}

function readCapabilities(reader: ManifestReader, value: unknown): RequestedCapabilities {
  const { publish, request, use, files, net, env, ...flags } = reader.record(value, "capabilities", CAPABILITIES);
  const flag = (name: string): boolean => flags[name] !== undefined && reader.flag(flags[name], `capabilities.${name}`) === true;
  // One by one, and always in this order: so the objects of all manifests have few shapes, and there may be 100,000 of them.
  const capabilities: { -readonly [name in keyof RequestedCapabilities]: RequestedCapabilities[name] } = {};
  if (flag("state")) capabilities.state = true;
  if (publish !== undefined) capabilities.publish = patterns(reader, publish, "capabilities.publish");
  if (request !== undefined) capabilities.request = patterns(reader, request, "capabilities.request");
  if (flag("log")) capabilities.log = true;
  if (flag("context")) capabilities.context = true;
  if (flag("policy")) capabilities.policy = true;
  if (use !== undefined) capabilities.use = reader.list(use, "capabilities.use", (item, at) => readInterface(reader, item, at));
  const outside = { files, net, env };
  for (const name of ["files", "net", "env"] as const) {
    if (outside[name] === undefined) continue;
    const path = `capabilities.${name}`;
    capabilities[name] = reader.list(outside[name], path, (item, at) => {
      matching(reader, item, at, OUTSIDE_SHAPES[name], `must be such as ${{ files: "/data:ro", net: "example.com:443", env: "HOME" }[name]}`);
      return item as string;
    });
  }
  if (flag("stdio")) capabilities.stdio = true;
  if (flag("clock")) capabilities.clock = true;
  return capabilities;
}

function readInterface(reader: ManifestReader, value: unknown, path: string): string | undefined {
  const text = reader.text(value, path);
  return text === undefined || isInterfaceName(text) ? text : reader.note(path, `names no interface; ${INTERFACE_NAME_RULE}`);
}

function readRetry(reader: ManifestReader, value: unknown): RetryPolicy {
  const { attempts, backoffMilliseconds } = reader.record(value, "retry", ["attempts", "backoffMilliseconds"]);
  const wait =
    backoffMilliseconds === undefined
      ? undefined
      : reader.count(backoffMilliseconds, "retry.backoffMilliseconds", 0, RETRY_BACKOFF_MILLISECONDS_MAX);
  return {
    attempts: reader.count(attempts, "retry.attempts", 1, RETRY_ATTEMPTS_MAX) ?? 1,
    ...(wait === undefined ? {} : { backoffMilliseconds: wait }),
  };
}

function readHttp(reader: ManifestReader, value: unknown): HttpRule {
  const { instance } = reader.record(value, "http", ["instance"]);
  if (instance === undefined) return {};
  if (instance === "reused" || instance === "fresh") return { instance };
  reader.note("http.instance", "must be reused or fresh");
  return {};
}

function readPlugin(reader: ManifestReader, value: unknown): PluginRule {
  const { call, output } = reader.record(value, "plugin", ["call", "output"]);
  const name = reader.text(call, "plugin.call") ?? "";
  if (output === undefined) return { call: name };
  const subject = reader.text(output, "plugin.output") ?? "";
  const problem = subject === "" ? undefined : subjectProblem(subject);
  if (problem !== undefined) reader.note("plugin.output", problem);
  return { call: name, output: subject };
}
