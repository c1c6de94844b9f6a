import { compileComponent } from "../../host/component/index.ts";
import { ComponentError } from "../../host/contract/error.ts";
import type { Fault, Message } from "../../host/contract/message.ts";
import { builtCapsule } from "./built.ts";

/** A capsule alone on a desk: linked by our linker to imports that only remember what was asked of them. */
export interface Desk {
  readonly state: Map<string, Uint8Array>;
  readonly sent: Message[];
  readonly lines: string[];
  /** Hands over one message; returns the fault, or undefined when it was handled. */
  send(subject: string, payload: string | Uint8Array): Fault | undefined;
}

interface DeskOptions {
  readonly config?: Record<string, string>;
  /** True for the subjects that `publish` is to deny. */
  readonly refuse?: (subject: string) => boolean;
}

/** Links a built capsule to what lies on its desk. */
export async function openCapsule(
  name: string,
  { config = {}, refuse = () => false }: DeskOptions = {},
): Promise<Desk> {
  const state = new Map<string, Uint8Array>();
  const sent: Message[] = [];
  const lines: string[] = [];
  const component = await compileComponent(builtCapsule(name));
  const { exports } = await component.instantiate({
    "doteros:capsule/state@0.1.0": {
      get: (key: string) => state.get(key),
      put: (key: string, value: Uint8Array) => void state.set(key, value.slice()),
    },
    "doteros:capsule/messaging@0.1.0": {
      publish: (message: Message) => {
        if (refuse(message.subject)) throw new ComponentError({ tag: "denied", val: `not to ${message.subject}` });
        sent.push(message);
      },
    },
    "doteros:capsule/context@0.1.0": { config: (key: string) => config[key] },
    "wasi:logging/logging@0.1.0-draft": {
      log: (level: string, context: string, message: string) => void lines.push(`${level} ${context} ${message}`),
    },
  });
  const handler = exports["doteros:capsule/handler@0.1.0"] as { handle(message: Message): void };
  const send = (subject: string, payload: string | Uint8Array): Fault | undefined => {
    const bytes = typeof payload === "string" ? new TextEncoder().encode(payload) : payload;
    return faultOf(() => handler.handle({ subject, headers: [], payload: bytes }));
  };
  return { state, sent, lines, send };
}

function faultOf(call: () => void): Fault | undefined {
  try {
    call();
    return undefined;
  } catch (error) {
    if (error instanceof ComponentError) return error.payload as Fault;
    throw error;
  }
}
