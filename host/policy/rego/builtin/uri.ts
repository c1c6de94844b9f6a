// URLs as Go's net/url reads them.

import { quote } from "../value/text.ts";
import type { Value } from "../value/value.ts";
import { asString, type BuiltinFamily, Failure } from "./table.ts";

/** Parts of URLs. */
export const uri: BuiltinFamily = {
  "uri.parse": [1, (text: Value) => parse(asString(text, 1))],
  "uri.is_valid": [1, (text: Value) => typeof text === "string" && text !== "" && isValid(text)],
};

function isValid(text: string): boolean {
  try {
    parse(text);
    return true;
  } catch (error) {
    if (error instanceof Failure) return false;
    throw error;
  }
}

function parse(text: string): Value {
  const parts: Record<string, Value> = {};
  const fail = (why: string): Failure => new Failure(`parse ${quote(text)}: ${why}`);
  if (/\p{Cc}/u.test(text)) throw fail("net/url: invalid control character in URL");
  const [before, fragment] = cut(text, "#");
  const scheme = schemeOf(before, fail);
  if (scheme !== "") parts["scheme"] = scheme.toLowerCase();
  const [rest, query] = cut(scheme === "" ? before : before.slice(scheme.length + 1), "?");
  const isOpaque = scheme !== "" && !rest.startsWith("/");
  if (!isOpaque) {
    if (scheme === "" && /^[^/]*:/.test(rest)) throw fail("first path segment in URL cannot contain colon");
    const authority = rest.startsWith("//") && !rest.startsWith("///") ? (/^\/\/[^/]*/.exec(rest)?.[0].slice(2) ?? "") : undefined;
    if (authority !== undefined) Object.assign(parts, hostOf(authority, fail));
    setPath(parts, authority === undefined ? rest : rest.slice(authority.length + 2), fail);
  }
  if (query !== "") parts["raw_query"] = query;
  if (fragment !== "") parts["fragment"] = unescape(fragment, fail);
  return parts;
}

type Fail = (why: string) => Failure;

function cut(text: string, mark: string): readonly [string, string] {
  const at = text.indexOf(mark);
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}

function schemeOf(text: string, fail: Fail): string {
  if (text.startsWith(":")) throw fail("missing protocol scheme");
  return /^([A-Za-z][A-Za-z0-9+.-]*):/.exec(text)?.[1] ?? "";
}

function unescape(text: string, fail: Fail): string {
  const wrong = /%(?![0-9a-fA-F]{2})[^%]{0,2}/u.exec(text);
  if (wrong !== null) throw fail(`invalid URL escape ${quote(wrong[0])}`);
  const bytes = text.replaceAll(/(?:%[0-9a-fA-F]{2})+/g, (run) => {
    const values = Uint8Array.from(run.slice(1).split("%"), (hex) => Number.parseInt(hex, 16));
    return new TextDecoder().decode(values);
  });
  return bytes;
}

function hostOf(authority: string, fail: Fail): Record<string, Value> {
  const at = authority.lastIndexOf("@");
  if (at >= 0 && !/^(?:[A-Za-z0-9\-._:~!$&'()*+,;=@]|%[0-9a-fA-F]{2})*$/.test(authority.slice(0, at))) throw fail("net/url: invalid userinfo");
  const host = authority.slice(at + 1);
  const bracket = /^\[([^\]]*)\](.*)$/s.exec(host);
  const [name, port] = bracket === null ? plainHost(host) : [bracket[1] ?? "", bracket[2] ?? ""];
  if (port !== "" && !/^:\d*$/.test(port)) throw fail(`invalid port ${quote(port)} after host`);
  if (bracket === null && host.startsWith("[")) throw fail("missing ']' in host");
  if (bracket === null) checkHost(name, fail);
  const parts: Record<string, Value> = {};
  if (name !== "") parts["hostname"] = name;
  if (port.length > 1) parts["port"] = port.slice(1);
  return parts;
}

function plainHost(host: string): readonly [string, string] {
  const at = host.lastIndexOf(":");
  return at < 0 ? [host, ""] : [host.slice(0, at), host.slice(at)];
}

/** Escapes in a host may only be of what is no ASCII; some characters are never in one. */
function checkHost(name: string, fail: Fail): void {
  const escape = /%(?:[0-7][0-9a-fA-F]|.{0,2})/su.exec(name);
  if (escape !== null) throw fail(`invalid URL escape ${quote(escape[0])}`);
  const wrong = /[^A-Za-z0-9\-._~!$&'()*+,;=:[\]<>"\u0080-\u{10ffff}]/u.exec(name);
  if (wrong !== null) throw fail(`invalid character ${quote(wrong[0])} in host name`);
}

function setPath(parts: Record<string, Value>, path: string, fail: Fail): void {
  if (path === "") return;
  const plain = unescape(path, fail);
  parts["path"] = plain;
  // The raw path is told only where escaping the plain one again would not give it.
  parts["raw_path"] = escapePath(plain) === path ? plain : path;
}

function escapePath(path: string): string {
  return encodeURIComponent(path.toWellFormed()).replaceAll(/%(?:2F|24|26|2B|2C|3A|3B|3D|40|21|27|28|29|2A)/g, (hex) => {
    const char = decodeURIComponent(hex);
    return "/$&+,:;=@".includes(char) ? char : hex;
  }).replaceAll(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}
