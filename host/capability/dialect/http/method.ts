/** The variant `method` of wasi:http. */
export type Method = { readonly tag: "get" | "head" | "post" | "put" | "delete" | "connect" | "options" | "trace" | "patch" } | { readonly tag: "other"; readonly val: string };
/** The variant `scheme` of wasi:http. */
export type Scheme = { readonly tag: "HTTP" | "HTTPS" } | { readonly tag: "other"; readonly val: string };

const METHODS: ReadonlyMap<string, Method> = new Map(
  (["get", "head", "post", "put", "delete", "connect", "options", "trace", "patch"] as const).map((tag) => [tag.toUpperCase(), { tag }]),
);
/** A token, as HTTP has them: what methods and the names of headers are. */
const TOKEN = /^[!#-'*+\-.0-9A-Z^-z|~]+$/;
const SCHEME = /^[A-Za-z][A-Za-z0-9+.-]*$/;
/** A host, perhaps in brackets, and perhaps a port. Who is told a user's name and password in it is not told that here. */
const AUTHORITY = /^(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._~!$&'()*+,;=%-]+)(?::\d{0,5})?$/;
/** What a path with its query may hold. */
const PATH = /^(?:\*|[/?][!-~\x80-\u{10ffff}]*)?$/u;

/** Whether a text is a token. */
export function isToken(text: string): boolean {
  return TOKEN.test(text);
}

/** Whether a text can be the authority of a request. */
export function isAuthority(text: string): boolean {
  return AUTHORITY.test(text);
}

/** Whether a text can be the path and the query of a request. */
export function isPath(text: string): boolean {
  return PATH.test(text) && !text.includes("#");
}

/** The variant for the name of a method: `GET`. */
export function methodOf(name: string): Method {
  return METHODS.get(name) ?? { tag: "other", val: name };
}

/** The name of a method, or undefined for what cannot be one. */
export function methodName(method: Method): string | undefined {
  if (method.tag !== "other") return method.tag.toUpperCase();
  return isToken(method.val) ? method.val : undefined;
}

/** The variant for the name of a scheme: `https`. */
export function schemeOf(name: string): Scheme {
  if (name === "http") return { tag: "HTTP" };
  return name === "https" ? { tag: "HTTPS" } : { tag: "other", val: name };
}

/** The name of a scheme, or undefined for what cannot be one. */
export function schemeName(scheme: Scheme): string | undefined {
  if (scheme.tag !== "other") return scheme.tag.toLowerCase();
  return SCHEME.test(scheme.val) ? scheme.val.toLowerCase() : undefined;
}
