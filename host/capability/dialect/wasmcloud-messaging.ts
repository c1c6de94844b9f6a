import type { Handler } from "../../contract/capsule-world.ts";
import { ComponentError } from "../../contract/error.ts";
import { fault } from "../fault.ts";
import { as } from "../interface.ts";
import { CALL_FUEL } from "../transition.ts";
import { type Dialect, faultText, inTerms, refuse } from "./dialect.ts";

// wasmcloud:messaging. What its messages have no place for, headers and types, is left out of those that a component gets.

const MESSAGE = "record { subject: string, body: list<u8>, reply-to: option<string> }";
const CONSUMER = "wasmcloud:messaging/consumer@0.2.0";

interface BrokerMessage {
  readonly subject: string;
  readonly body: Uint8Array;
  readonly replyTo?: string | undefined;
}

/** wasmcloud:messaging. */
export const DIALECT: Dialect = {
  interfaces: {
    [CONSUMER]: as("publish", {
      publish: `func(msg: ${MESSAGE}) -> result<_, string>`,
      request: `func(subject: string, body: list<u8>, timeout-ms: u32) -> result<${MESSAGE}, string>`,
    }),
  },
  make: ({ transition, messaging }) => ({
    [CONSUMER]: {
      publish({ subject, body, replyTo }: BrokerMessage) {
        inTerms(faultText, () => messaging.publish({ subject, replyTo, headers: [], payload: body }));
      },
      request() {
        transition.charge(CALL_FUEL);
        refuse("nothing waits for an answer while it handles a message: publish with a reply-to, and the answer comes as a message");
      },
    },
  }),
  handlers: {
    "wasmcloud:messaging/handler@0.2.0": { functions: { "handle-message": `func(msg: ${MESSAGE}) -> result<_, string>` }, adapt },
  },
};

function adapt(exported: unknown): Handler {
  const { handleMessage } = exported as { readonly handleMessage: (message: BrokerMessage) => void };
  return {
    handle({ subject, payload, replyTo }) {
      try {
        handleMessage({ subject, body: payload, replyTo });
      } catch (error) {
        if (error instanceof ComponentError) fault("failed", String(error.payload));
        throw error;
      }
    },
  };
}
