import { describe, expect, it } from "vitest";
import { messageProblem } from "../../host/bus/message-problem.ts";
import { HEADERS_LENGTH_MAX, PAYLOAD_BYTES_MAX } from "../../host/contract/limits.ts";
import type { Message } from "../../host/contract/message.ts";

const message = (part: Partial<Message>): Message => ({ subject: "a", headers: [], payload: new Uint8Array(), ...part });

describe("a message", () => {
  it.each<[string, Partial<Message>]>([
    ["the largest payload", { payload: new Uint8Array(PAYLOAD_BYTES_MAX) }],
    ["a reply subject", { replyTo: "_INBOX.a.1.1" }],
    ["types", { contentType: "application/json; charset=utf-8", dataType: "reading/1" }],
    ["headers, some with the same name, some empty", { headers: [["X-Trace", "1"], ["X-Trace", ""], ["!#$%&'*+-.^_`|~09", "ü"]] }],
  ])("may have %s", (_what, part) => {
    expect(messageProblem(message(part))).toBeUndefined();
  });

  it.each<[string, Partial<Message>, string, RegExp]>([
    ["too large a payload", { payload: new Uint8Array(PAYLOAD_BYTES_MAX + 1) }, "limit", /1048577 bytes/],
    ["a pattern to reply to", { replyTo: "a.>" }, "invalid", /reply subject "a.>" holds/],
    ["a type with a line break", { contentType: "a\r\nb" }, "invalid", /content type holds a line break/],
    ["an endless data type", { dataType: "x".repeat(256) }, "limit", /data type is longer than 255/],
    ["a header without a name", { headers: [["", "x"]] }, "invalid", /cannot be the name of a header/],
    ["a header with a colon in its name", { headers: [["a:b", "x"]] }, "invalid", /"a:b" cannot be/],
    ["a header that smuggles another in", { headers: [["a", "x\r\nb: y"]] }, "invalid", /header a holds a line break/],
    ["too long headers", { headers: [["a", "x".repeat(HEADERS_LENGTH_MAX)]] }, "limit", /65537 long/],
  ])("may not have %s", (_what, part, kind, text) => {
    expect(messageProblem(message(part))).toEqual({ kind, text: expect.stringMatching(text) as string });
  });
});
