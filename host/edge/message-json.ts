import type { Message } from "../contract/message.ts";
import { toBase64 } from "../ledger/base64.ts";

/** Media types whose payloads are JSON documents. */
const JSON_TYPE = /^application\/(?:json|[\w.+-]+\+json)\s*(?:;|$)/i;
const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * A message as one JSON object, as `doteros-wasm run --json` writes it: a payload is JSON when its type says so and it is, otherwise
 * text when it is UTF-8 without NUL, otherwise base64. JSON goes in as it is spelled, so that no number loses a digit.
 */
export function messageJson({ subject, replyTo, contentType, dataType, headers, payload }: Message): string {
  const text = textOf(payload);
  const isJson = text !== undefined && contentType !== undefined && JSON_TYPE.test(contentType) && parses(text);
  const encoding = isJson ? "json" : text === undefined ? "base64" : "text";
  const head = JSON.stringify({ subject, replyTo, contentType, dataType, headers, encoding });
  return `${head.slice(0, -1)},"payload":${isJson ? text : JSON.stringify(text ?? toBase64(payload))}}`;
}

function textOf(payload: Uint8Array): string | undefined {
  if (payload.includes(0)) return undefined;
  try {
    return UTF8.decode(payload);
  } catch {
    return undefined;
  }
}

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
