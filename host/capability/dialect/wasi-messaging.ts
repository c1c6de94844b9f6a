import type { Handler } from "../../contract/capsule-world.ts";
import { ComponentError } from "../../contract/error.ts";
import type { Fault } from "../../contract/message.ts";
import { fault } from "../fault.ts";
import { as, type Offered } from "../interface.ts";
import { CALL_FUEL, type Transition } from "../transition.ts";
import { type Dialect, inTerms, refuse } from "./dialect.ts";
import { TopicMessage } from "./topic-message.ts";

// wasi:messaging. A topic is a subject, metadata are headers, and a client is nothing but the right to publish.

const ERROR = "variant { timeout, connection(string), permission-denied(string), other(string) }";
const TYPES = "wasi:messaging/types@0.2.0-draft";
const PRODUCER = "wasi:messaging/producer@0.2.0-draft";
const REQUEST_REPLY = "wasi:messaging/request-reply@0.2.0-draft";
const SELF = "self: borrow<message>";
const METADATA = "list<tuple<string, string>>";

const MESSAGES: Offered = as(undefined, {
  message: "resource",
  "[constructor]message": "func(data: list<u8>) -> message",
  // The text of the draft had the second one for a while.
  "[method]message.topic": [`func(${SELF}) -> option<string>`, `func(${SELF}) -> string`],
  "[method]message.content-type": `func(${SELF}) -> option<string>`,
  "[method]message.set-content-type": `func(${SELF}, content-type: string)`,
  "[method]message.data": `func(${SELF}) -> list<u8>`,
  "[method]message.set-data": `func(${SELF}, data: list<u8>)`,
  "[method]message.metadata": `func(${SELF}) -> option<${METADATA}>`,
  "[method]message.add-metadata": `func(${SELF}, key: string, value: string)`,
  "[method]message.set-metadata": `func(${SELF}, meta: ${METADATA})`,
  "[method]message.remove-metadata": `func(${SELF}, key: string)`,
});
const CLIENTS: Offered = as(undefined, {
  client: "resource",
  "[static]client.connect": `func(name: string) -> result<client, ${ERROR}>`,
  "[method]client.disconnect": `func(self: borrow<client>) -> result<_, ${ERROR}>`,
});

/** wasi:messaging. */
export const DIALECT: Dialect = {
  interfaces: {
    [TYPES]: { ...MESSAGES, ...CLIENTS },
    [PRODUCER]: as("publish", { send: `func(c: borrow<client>, topic: string, message: message) -> result<_, ${ERROR}>` }),
    [REQUEST_REPLY]: as("publish", {
      "request-options": "resource",
      "[constructor]request-options": "func() -> request-options",
      "[method]request-options.set-timeout-ms": "func(self: borrow<request-options>, timeout-ms: u32)",
      "[method]request-options.set-expected-replies": "func(self: borrow<request-options>, expected-replies: u32)",
      request: `func(c: borrow<client>, topic: string, message: borrow<message>, options: option<request-options>) -> result<list<message>, ${ERROR}>`,
      reply: `func(reply-to: borrow<message>, message: message) -> result<_, ${ERROR}>`,
    }),
  },
  make: ({ transition, messaging }) => {
    const send = (topic: string, message: TopicMessage): void => inTerms(errorOf, () => messaging.publish(message.to(topic)));
    return {
      [TYPES]: { Client, Message: messageOf(transition) },
      [PRODUCER]: { send: (_client: Client, topic: string, message: TopicMessage) => send(topic, message) },
      [REQUEST_REPLY]: { RequestOptions, ...requestReply(transition, send) },
    };
  },
  handlers: {
    "wasi:messaging/incoming-handler@0.2.0-draft": { functions: { handle: `func(message: message) -> result<_, ${ERROR}>` }, adapt },
  },
};

/** What a component connects to: the bus of the host, whatever name it has for it. */
class Client {
  static connect(): Client {
    return new Client();
  }

  disconnect(): void {
    // There is nothing to end.
  }
}

/** How long a component would wait for answers, which it does not. */
class RequestOptions {
  setTimeoutMs(): void {
    // Nothing waits.
  }

  setExpectedReplies(): void {
    // Nothing waits.
  }
}

/** The class that makes messages of this capsule. Those that come in are none of its own, and count as such. */
function messageOf(transition: Transition): object {
  return class extends TopicMessage {
    static override [Symbol.hasInstance](value: unknown): boolean {
      return value instanceof TopicMessage;
    }

    constructor(data: Uint8Array) {
      super(transition, data);
    }
  };
}

function requestReply(transition: Transition, send: (topic: string, message: TopicMessage) => void): object {
  return {
    request() {
      transition.charge(CALL_FUEL);
      refuse({ tag: "other", val: "nothing waits for an answer while it handles a message" });
    },
    reply({ replyTo }: TopicMessage, message: TopicMessage) {
      send(replyTo ?? refuse({ tag: "other", val: "the message asks for no answer" }), message);
    },
  };
}

function errorOf({ tag, val }: Fault): { readonly tag: string; readonly val: string } {
  return tag === "denied" ? { tag: "permission-denied", val } : { tag: "other", val: `${tag}: ${val}` };
}

function adapt(exported: unknown, transition: Transition): Handler {
  const { handle } = exported as { readonly handle: (message: TopicMessage) => void };
  return {
    handle(message) {
      try {
        handle(TopicMessage.of(message, transition));
      } catch (error) {
        if (error instanceof ComponentError) answer(error.payload as { readonly tag: string; readonly val?: string });
        throw error;
      }
    },
  };
}

/** Answers with the fault for an error of the component's. */
function answer({ tag, val }: { readonly tag: string; readonly val?: string }): never {
  if (tag === "permission-denied") fault("denied", val ?? "");
  fault("failed", tag === "other" ? (val ?? "") : val === undefined ? tag : `${tag}: ${val}`);
}
