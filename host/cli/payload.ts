import { isUtf8 } from "node:buffer";
import type { Message } from "../contract/message.ts";

/** A payload in a form that fits into a line of text: JSON text, plain text or base64. */
export interface PayloadText {
  readonly encoding: "json" | "text" | "base64";
  readonly text: string;
}

/** Media types whose payloads are JSON documents. */
const JSON_TYPE = /^application\/(?:json|[\w.+-]+\+json)\s*(?:;|$)/i;

/**
 * The payload of a message, read as what its content type says: JSON when it says so and the payload is JSON, otherwise
 * text when it is UTF-8 without NUL, otherwise base64. JSON stays as it is spelled, but for line ends and tabs between its values.
 */
export function payloadText(message: Pick<Message, "contentType" | "payload">): PayloadText {
  const { contentType, payload } = message;
  if (!isUtf8(payload) || payload.includes(0)) return { encoding: "base64", text: Buffer.from(payload).toString("base64") };
  const text = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength).toString("utf8");
  if (contentType !== undefined && JSON_TYPE.test(contentType) && isJson(text)) {
    return { encoding: "json", text: text.trim().replaceAll(/[\t\r\n]+/g, " ") };
  }
  return { encoding: "text", text };
}

/** A message as one JSON object, with `first` before its own members. The payload goes in as it is spelled, so that no number loses a digit. */
export function messageJson({ subject, replyTo, contentType, dataType, headers, payload }: Message, first: object = {}): string {
  const { encoding, text } = payloadText({ contentType, payload });
  const head = JSON.stringify({ ...first, subject, replyTo, contentType, dataType, headers, encoding });
  return `${head.slice(0, -1)},"payload":${encoding === "json" ? text : JSON.stringify(text)}}`;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
