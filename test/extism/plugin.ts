import { parse } from "@bytecodealliance/jco";
import { ENV, ENV_SIGNATURES } from "../../host/capability/extism/env.ts";
import { PREVIEW1, PREVIEW1_SIGNATURES } from "../../host/capability/extism/preview1/signatures.ts";
import type { Signatures } from "../../host/capability/extism/signature.ts";
import type { Capsule, Host, HostOptions, LoadOptions } from "../../host/contract/host.ts";
import type { LogLine } from "../../host/contract/log.ts";
import type { Manifest } from "../../host/contract/manifest.ts";
import type { Platform } from "../../host/contract/platform.ts";
import { createHost as createNeutralHost } from "../../host/index.ts";
import { createHost } from "../../host/node.ts";
import { headersOf, textOf } from "../fixture/running.ts";

const TYPES: Readonly<Record<string, string>> = { i: "i32", I: "i64" };

/** A plugin in the text format. What it calls of its host by name it imports; functions of the host's user it imports itself. */
export function pluginOf(text: string): Promise<Uint8Array> {
  const imports = [importsOf(text, ENV, ENV_SIGNATURES), importsOf(text, PREVIEW1, PREVIEW1_SIGNATURES)].flat();
  const memory = text.includes("(memory") ? "" : '(memory (export "memory") 1)';
  // The module's own imports have to be before everything else.
  const own = text.split("\n").filter((line) => line.trim().startsWith("(import"));
  const rest = text.split("\n").filter((line) => !line.trim().startsWith("(import"));
  return parse(`(module ${imports.join("\n")} ${own.join("\n")} ${memory} ${rest.join("\n")})`);
}

function importsOf(text: string, module: string, signatures: Signatures): string[] {
  return Object.entries(signatures).flatMap(([name, signature]) => {
    if (!new RegExp(`\\$${name}\\b`).test(text)) return [];
    const [params = "", results = ""] = signature.split(">").map((letters) => Array.from(letters, (letter) => TYPES[letter]).join(" "));
    return [`(import "${module}" "${name}" (func $${name} (param ${params}) (result ${results})))`];
  });
}

/** A function of the name `run`, without a result unless the text ends in a number of 32 bits. */
export const run = (body: string, locals = ""): string => `(func (export "run") ${locals} ${body})`;

/** Puts eight bytes of memory into a block and answers with them. */
export const ANSWER_WORD = `
  (func $answer (param $word i64) (local $at i64)
    (local.set $at (call $alloc (i64.const 8)))
    (call $store_u64 (local.get $at) (local.get $word))
    (call $output_set (local.get $at) (i64.const 8)))`;

/** A block with bytes of memory. */
export const BLOCK_OF = `
  (func $block_of (param $from i32) (param $length i32) (result i64) (local $at i64) (local $i i32)
    (local.set $at (call $alloc (i64.extend_i32_u (local.get $length))))
    (block $end (loop $next
      (br_if $end (i32.eq (local.get $i) (local.get $length)))
      (call $store_u8 (i64.add (local.get $at) (i64.extend_i32_u (local.get $i))) (i32.load8_u (i32.add (local.get $from) (local.get $i))))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br $next)))
    (local.get $at))`;

/** What a plugin may have here. */
export const GRANTS = ["state", "log", "context", "publish=out", "subscribe=in", "use=extism:host/user"];
export const MANIFEST = {
  name: "plugin",
  version: "1.0.0",
  capabilities: { state: true, log: true, context: true, publish: ["out"] },
  subscriptions: ["in"],
  retry: { attempts: 1 },
  plugin: { call: "run", output: "out" },
} as const satisfies Manifest;

/** A plugin in a host of its own. */
export interface RunningPlugin {
  readonly host: Host;
  readonly capsule: Capsule;
  readonly lines: LogLine[];
  /** Calls it. Answers what it answers: bytes, or why there are none, as `code: reason`. */
  readonly call: (input?: string | Uint8Array) => Promise<Uint8Array | string | undefined>;
  /** The same as text. */
  readonly text: (input?: string) => Promise<string | undefined>;
}

/** How a plugin is started. */
interface StartOptions extends HostOptions {
  readonly load?: LoadOptions;
  readonly platform?: Platform;
  readonly manifest?: Partial<Manifest>;
  readonly provide?: Parameters<Host["provide"]>[1];
}

/** Loads a plugin, or the text of one, into a new host. */
export async function startPlugin(plugin: string | Uint8Array, { load = {}, platform, manifest = {}, provide, ...options }: StartOptions = {}): Promise<RunningPlugin> {
  const lines: LogLine[] = [];
  const all: HostOptions = { log: (line) => lines.push(line), ...options };
  const host = await (platform === undefined ? createHost(all) : createNeutralHost({ ...all, platform }));
  if (provide !== undefined) host.provide("extism:host/user", provide);
  const asked = provide === undefined ? MANIFEST : { ...MANIFEST, capabilities: { ...MANIFEST.capabilities, use: ["extism:host/user"] } };
  const capsule = await host.load(typeof plugin === "string" ? await pluginOf(plugin) : plugin, { grants: GRANTS, manifest: { ...asked, ...manifest }, ...load });
  let heard: (Uint8Array | string)[] = [];
  host.subscribe("out", ({ payload }) => heard.push(payload));
  host.subscribe("dlq.>", (message) => {
    const headers = headersOf(message);
    heard.push(`${headers["dead-letter-code"] ?? ""}: ${headers["dead-letter-reason"] ?? ""}`);
  });
  const call = async (input: string | Uint8Array = ""): Promise<Uint8Array | string | undefined> => {
    heard = [];
    await host.publish("in", input);
    await host.idle();
    return heard[0];
  };
  const text = async (input?: string): Promise<string | undefined> => {
    const answer = await call(input);
    return answer instanceof Uint8Array ? textOf(answer) : answer;
  };
  return { host, capsule, lines, call, text };
}

/** A number of 64 bits as a plugin answers it. */
export function wordOf(answer: Uint8Array | string | undefined): bigint | string | undefined {
  return answer instanceof Uint8Array ? new DataView(answer.buffer, answer.byteOffset).getBigUint64(0, true) : answer;
}
