import type { Capsule, Host, HostOptions, LoadOptions } from "../../host/contract/host.ts";
import type { LogLine } from "../../host/contract/log.ts";
import type { Manifest } from "../../host/contract/manifest.ts";
import type { Message } from "../../host/contract/message.ts";
import { fileOf, type Kit, textOf } from "./kit.ts";

/** Everything that can be granted. */
export const ALL_GRANTS = ["state", "publish=>", "request=>", "subscribe=>", "log", "context", "policy"];

/** A manifest that asks for everything that a script can do, and listens on `do`. One attempt for each message. */
export const SCRIPT: Manifest = {
  name: "script",
  version: "0.1.0",
  capabilities: { state: true, publish: [">"], request: [">"], log: true, context: true },
  subscriptions: ["do"],
  retry: { attempts: 1 },
};

/** What is different from a script with all grants. */
export interface StartOptions extends HostOptions {
  readonly file?: string;
  readonly manifest?: Partial<Manifest>;
  readonly load?: LoadOptions;
  /** What makes the host; default: the door. */
  readonly make?: (options: HostOptions) => Promise<Host>;
}

/** A capsule in a host of its own, with all that is said on the bus written down. */
export interface Running {
  readonly host: Host;
  readonly capsule: Capsule;
  /** Every message but those on the subjects that the capsule listens on. */
  readonly heard: Message[];
  readonly lines: LogLine[];
  /** Publishes on `do` and waits until everything is quiet. */
  readonly send: (payload: string | Uint8Array) => Promise<void>;
  /** What was heard so far, as `subject text`. */
  readonly texts: () => string[];
  /** What the state holds, as text. */
  readonly entries: () => Record<string, string>;
}

/** Loads a capsule into a new host of the kit's door. */
export async function start(kit: Kit, { file = "script.wasm", manifest = {}, load = {}, make = kit.door.createHost, ...options }: StartOptions = {}): Promise<Running> {
  const heard: Message[] = [];
  const lines: LogLine[] = [];
  const host = await make({ log: (line) => lines.push(line), ...options });
  const capsule = await host.load(fileOf(kit, file), { grants: ALL_GRANTS, manifest: { ...SCRIPT, ...manifest }, ...load });
  const inputs = new Set(capsule.manifest.subscriptions);
  host.subscribe(">", (message) => {
    if (!inputs.has(message.subject)) heard.push(message);
  });
  return {
    host,
    capsule,
    heard,
    lines,
    async send(payload) {
      await host.publish("do", payload);
      await host.idle();
    },
    texts: () => heard.map(({ subject, payload }) => `${subject} ${textOf(payload)}`),
    entries: () => Object.fromEntries(Array.from(capsule.state.entries(), ([key, value]) => [key, textOf(value)])),
  };
}

/** The headers of a message as an object. */
export function headersOf(message: Message | undefined): Record<string, string> {
  return Object.fromEntries(message?.headers ?? []);
}
