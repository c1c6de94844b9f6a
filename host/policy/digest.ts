import type { Platform } from "../contract/platform.ts";
import type { PolicySource } from "../contract/policy.ts";
import { encodeHex } from "./rego/builtin/base64.ts";
import { freezeDocument } from "./rego/value/json.ts";
import { toJsonText } from "./rego/value/text.ts";

/**
 * The version of a policy: the SHA-256, 64 lower-case hexadecimal digits, of `{"data":…,"modules":[…]}` as `json.marshal`
 * writes it in UTF-8, keys sorted, and the modules' texts, too. What its files are called does not go into it.
 */
export function policyDigest({ modules, data = {} }: PolicySource, sha256: Platform["sha256"]): string {
  const whole = { data: freezeDocument(data, "data"), modules: Object.values(modules).sort() };
  return encodeHex(sha256(new TextEncoder().encode(toJsonText(whole))));
}
