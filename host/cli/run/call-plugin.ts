import { basename, extname } from "node:path";
import { DEAD_LETTER_HEADERS, deadLetterSubject } from "../../contract/dead-letter.ts";
import { DoterosError, type ErrorCode } from "../../contract/error.ts";
import { CAPSULE_NAME_LENGTH_MAX, COMPONENT_BYTES_MAX } from "../../contract/limits.ts";
import { parseGrants } from "../../capability/grant.ts";
import { outsideRequests } from "../../capability/outside-grant.ts";
import { parseLimits } from "../../capability/read-limits.ts";
import type { Capsule } from "../../contract/host.ts";
import type { Manifest } from "../../contract/manifest.ts";
import type { Message } from "../../contract/message.ts";
import { createHost, moduleCacheIn, openDotstore } from "../../node.ts";
import type { Arguments } from "../arguments.ts";
import { readPairs } from "../capsule-options.ts";
import { errorAt } from "../error-text.ts";
import { readBytes } from "../file.ts";
import { readManifest } from "../manifest-file.ts";
import { payloadText } from "../payload.ts";
import { readPolicy } from "../policy-file.ts";
import { printable } from "../printable.ts";
import type { Screen } from "../screen.ts";
import { readCallInput } from "./call-input.ts";
import { JsonReport } from "./json-report.ts";
import { readLinks } from "../links.ts";
import { TextReport } from "./text-report.ts";

/** The options of `run` that mean something where one function is called once. */
const OPTIONS: ReadonlySet<string> = new Set(["call", "input", "manifest", "grant", "config", "label", "limit", "link", "policy", "data", "store", "quiet", "json"]);

/** What goes in and out: subjects of the call alone. */
const INPUT = "call";
const ANSWER = "answer";
/** What a plugin may do that reaches nobody else. */
const HARMLESS = ["state", "log", "context"];

/**
 * `doteros-wasm run --call`: calls a function of a plugin once, and prints what it answers. Answers with the exit code.
 *
 * @param options the names of all options that `run` has
 * @throws DoterosError why it could not be called, or what came of it
 */
export async function callPlugin(given: Arguments, screen: Screen, options: readonly string[]): Promise<number> {
  const [file, ...more] = given.positionals;
  if (file === undefined || more.length > 0) throw usage("--call needs the file of one plugin", "doteros-wasm run plugin.wasm --call FUNCTION --input TEXT");
  const useless = options.find((name) => given.has(name) && !OPTIONS.has(name));
  if (useless !== undefined) throw usage(`--${useless} means nothing where one function is called once`, `with --call there is ${[...OPTIONS].map((name) => `--${name}`).join(", ")}`);
  const call = given.text("call") ?? "";
  const bytes = await readBytes(file, "the plugin", COMPONENT_BYTES_MAX);
  const input = await readCallInput(given.text("input"));
  const link = await readLinks(readPairs("link", given.texts("link")));
  const policyFiles = given.texts("policy");
  const policy = policyFiles.length === 0 ? undefined : await readPolicy(policyFiles, given.text("data"));
  const report = given.has("json") ? new JsonReport(screen) : new TextReport(screen, given.has("quiet"));
  const folder = given.text("store");
  const store = folder === undefined ? undefined : await openDotstore(folder);
  const host = await createHost({ store: store ?? "memory", modules: moduleCacheIn(), log: (line) => report.log(line), ...(policy === undefined ? {} : { policy }) });
  try {
    const asked = { call, link, grants: [...given.texts("grant"), ...HARMLESS, `publish=${ANSWER}`, `subscribe=${INPUT}`], config: readPairs("config", given.texts("config")), labels: readPairs("label", given.texts("label")), limits: parseLimits(given.texts("limit")) };
    const capsule = await host.load(bytes, { ...asked, manifest: await manifestFor(file, await readManifest(file, given.text("manifest")), given.texts("grant")) });
    const heard: Message[] = [];
    for (const subject of [ANSWER, deadLetterSubject(capsule.name)]) host.subscribe(subject, (message) => heard.push(message));
    await host.publish(INPUT, input, { replyTo: ANSWER });
    await host.idle();
    const failed = heard.find(({ subject }) => subject !== ANSWER);
    if (failed !== undefined) throw failure(failed);
    tell(heard[0]?.payload ?? new Uint8Array(), capsule, { call, screen, isJson: given.has("json") });
    return 0;
  } catch (error) {
    throw error instanceof DoterosError && error.code !== "invalid-grant" ? errorAt(error, file) : error;
  } finally {
    await host.close();
    await store?.close();
  }
}

/** The manifest of one call: what fails is not tried again, and what is answered comes back. Who brings none has what lies outside as it was granted. */
async function manifestFor(file: string, given: Manifest | undefined, grants: readonly string[]): Promise<Manifest> {
  const { capabilities, ...others } = given ?? { name: nameOf(file), version: "0.0.0", capabilities: { state: true, log: true, context: true, ...outsideRequests(await parseGrants(grants)) } };
  return { ...others, capabilities: { ...capabilities, publish: [...(capabilities.publish ?? []), ANSWER] }, subscriptions: [INPUT], retry: { attempts: 1 } };
}

/** A name for a plugin without a manifest. */
function nameOf(file: string): string {
  return basename(file, extname(file)).replaceAll(/[^\w-]/g, "-").slice(0, CAPSULE_NAME_LENGTH_MAX) || "plugin";
}

function failure({ headers }: Message): DoterosError {
  const said = new Map(headers);
  return new DoterosError((said.get(DEAD_LETTER_HEADERS.code) ?? "internal") as ErrorCode, said.get(DEAD_LETTER_HEADERS.reason) ?? "");
}

function tell(output: Uint8Array, { counters }: Capsule, { call, screen, isJson }: { readonly call: string; readonly screen: Screen; readonly isJson: boolean }): void {
  if (isJson) {
    const { encoding, text } = payloadText({ contentType: undefined, payload: output });
    screen.print(printable(JSON.stringify({ type: "answer", call, encoding, answer: text, fuel: counters.fuel })));
  } else screen.write(output);
}

function usage(message: string, help: string): DoterosError {
  return new DoterosError("usage", message, { help });
}
