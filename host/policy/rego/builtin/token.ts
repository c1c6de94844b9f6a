import { parseJson } from "../value/json.ts";
import { keyText, toJsonText } from "../value/text.ts";
import { lookup } from "../value/object.ts";
import { compareValues, type Fields, isArray, isNumber, isObject, sortedEntries, type Value } from "../value/value.ts";
import { bytesOf, decodeUrlSafe, encodeBase64, encodeHex, textOf } from "./base64.ts";
import { readSigningKey, readVerificationKeys, type VerificationKey } from "./jwk.ts";
import { ALGORITHMS, sign, verify } from "./signature.ts";
import { asObject, asString, type BuiltinFamily, type Context, Failure } from "./table.ts";

const asymmetric = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"];

/** JSON Web Tokens. */
export const token: BuiltinFamily = {
  "io.jwt.decode": [1, (text: Value) => decode(asString(text, 1), 0)],
  ...Object.fromEntries(asymmetric.map((name) => [`io.jwt.verify_${name.toLowerCase()}`, [2, verifier(name)] as const])),
  ...Object.fromEntries(["HS256", "HS384", "HS512"].map((name) => [`io.jwt.verify_${name.toLowerCase()}`, [2, secretVerifier(name)] as const])),
  "io.jwt.decode_verify": [2, decodeVerify, { readsOutside: true }],
  "io.jwt.encode_sign": [3, (header: Value, payload: Value, key: Value, context: Context) => encode(toJsonText(header), toJsonText(payload), key, context), { readsOutside: true }],
  "io.jwt.encode_sign_raw": [3, encodeRaw, { readsOutside: true }],
};

/** How many tokens may stand inside each other. */
const NESTING_MAX = 8;
/** What a signature costs, in steps: it takes about as long as so many iterations. */
const SIGNATURE_STEPS = 10_000;

interface Parts {
  readonly header: string;
  readonly payload: string;
  readonly signature: string;
}

function split(text: string): Parts {
  if (!text.includes(".")) throw new Failure("encoded JWT had no period separators");
  const parts = text.split(".");
  if (parts.length !== 3) throw new Failure(`encoded JWT must have 3 sections, found ${parts.length}`);
  const [header = "", payload = "", signature = ""] = parts;
  return { header, payload, signature };
}

function section(text: string, name: string): Uint8Array {
  try {
    return decodeUrlSafe(text);
  } catch (error) {
    if (error instanceof Failure) throw new Failure(`JWT ${name} had invalid encoding: ${error.message}`);
    throw error;
  }
}

function objectIn(text: string): Fields {
  let value: Value;
  try {
    value = parseJson(text);
  } catch (error) {
    throw new Failure(`invalid JSON: ${error instanceof Error ? error.message : ""}`);
  }
  if (!isObject(value)) throw new Failure("decoded JSON type was not an Object");
  return value as Fields;
}

function headerOf({ header }: Parts): Fields {
  const text = textOf(section(header, "header"));
  let fields: Fields;
  try {
    fields = objectIn(text);
  } catch (error) {
    if (error instanceof Failure) throw new Failure(`bad JWT header: ${error.message}`);
    throw error;
  }
  if (lookup(fields, "enc") !== undefined) throw new Failure("JWT is a JWE object, which is not supported");
  return fields;
}

function decode(text: string, depth: number): Value {
  if (depth > NESTING_MAX) throw new Failure("tokens are nested too deep");
  const parts = split(text);
  const header = headerOf(parts);
  const payload = textOf(section(parts.payload, "payload"));
  if (lookup(header, "cty") === "JWT") return decode(payload.replaceAll(/^["']+|["']+$/g, ""), depth + 1);
  return [header, objectIn(payload), encodeHex(section(parts.signature, "signature"))];
}

function signatureOf({ signature }: Parts): Uint8Array {
  return decodeUrlSafe(signature);
}

const messageOf = ({ header, payload }: Parts): Uint8Array => bytesOf(`${header}.${payload}`);

function verifier(algorithm: string): (text: Value, key: Value, context: Context) => boolean {
  return (text, key, context) => {
    const parts = split(asString(text, 1));
    const keys = readVerificationKeys(asString(key, 2));
    const signature = signatureOf(parts);
    const header = readHeader(headerOf(parts));
    context.charge(SIGNATURE_STEPS);
    return verifyWith(keys, header, (candidate) => verify(algorithm, candidate.key, messageOf(parts), signature));
  };
}

function secretVerifier(algorithm: string): (text: Value, secret: Value, context: Context) => boolean {
  return (text, secret) => {
    const parts = split(asString(text, 1));
    return verify(algorithm, { kind: "secret", bytes: bytesOf(asString(secret, 2)) }, messageOf(parts), signatureOf(parts));
  };
}

interface Header {
  readonly alg: string;
  readonly kid: string;
  readonly cty: string;
  /** Whether nothing in it must be understood that is not. */
  readonly understood: boolean;
}

const KNOWN: ReadonlySet<Value> = new Set(["alg", "kid", "typ", "cty", "crit"]);

function readHeader(fields: Fields): Header {
  const text = (name: string): string => {
    const value = lookup(fields, name);
    if (value !== undefined && typeof value !== "string") throw new Failure(`${name}: must be a string`);
    return value ?? "";
  };
  const crit = lookup(fields, "crit");
  if (crit !== undefined && !isArray(crit)) throw new Failure("crit: must be a list");
  if (crit?.length === 0) throw new Failure("crit: must be a nonempty list");
  text("typ");
  const unknown = sortedEntries(fields).map(([key]) => key).filter((key) => !KNOWN.has(key));
  return { alg: text("alg"), kid: text("kid"), cty: text("cty"), understood: !unknown.some((name) => crit?.includes(name) === true) };
}

/** The key with the token's id, or any that is not of another algorithm. */
function verifyWith(keys: readonly VerificationKey[], { kid, alg }: Header, test: (key: VerificationKey) => boolean): boolean {
  const named = kid === "" ? undefined : keys.find(({ id }) => id === kid);
  if (named !== undefined) return test(named);
  return keys.some((key) => (key.algorithm === "" || key.algorithm === alg) && test(key));
}

interface Constraints {
  readonly keys: readonly VerificationKey[];
  readonly alg: string;
  readonly iss: string;
  readonly aud: string;
  /** In nanoseconds. */
  readonly time: number;
}

const CONSTRAINTS: ReadonlySet<Value> = new Set(["cert", "secret", "alg", "iss", "aud", "time"]);

function readConstraints(operand: Value, context: Context): Constraints {
  const fields = asObject(operand, 2);
  for (const [name] of sortedEntries(fields)) {
    if (!CONSTRAINTS.has(name)) throw new Failure(`unknown token validation constraint: ${keyText(name)}`);
  }
  const text = (name: string): string => {
    const value = lookup(fields, name);
    if (value !== undefined && typeof value !== "string") throw new Failure(`${name} constraint: must be a string`);
    return value ?? "";
  };
  const time = lookup(fields, "time");
  if (time !== undefined && !isNumber(time)) throw new Failure("token time constraint: must be a number");
  if (time !== undefined && time < 0) throw new Failure("token time constraint: must not be negative");
  const cert = lookup(fields, "cert");
  const keys = cert === undefined ? undefined : readVerificationKeys(text("cert"));
  const secret = text("secret");
  if (keys !== undefined && secret !== "") throw new Failure("duplicate key constraints");
  if (keys === undefined && secret === "") throw new Failure("no key constraint");
  const own: VerificationKey = { algorithm: "", id: "", key: { kind: "secret", bytes: bytesOf(secret) } };
  return { keys: keys ?? [own], alg: text("alg"), iss: text("iss"), aud: text("aud"), time: Number(time ?? context.now) };
}

const UNVERIFIED: Value = [false, {}, {}];

function decodeVerify(operand: Value, constraintsOperand: Value, context: Context): Value {
  const constraints = readConstraints(constraintsOperand, context);
  let text = asString(operand, 1);
  for (let depth = 0; depth <= NESTING_MAX; depth += 1) {
    const parts = split(text);
    const fields = headerOf(parts);
    const header = readHeader(fields);
    if (header.alg === "" || !header.understood || (constraints.alg !== "" && constraints.alg !== header.alg)) return UNVERIFIED;
    const signature = signatureOf(parts);
    context.charge(SIGNATURE_STEPS);
    if (!verifyWith(constraints.keys, header, ({ key }) => verify(header.alg, key, messageOf(parts), signature))) return UNVERIFIED;
    const payload = textOf(section(parts.payload, "payload"));
    if (header.cty.toUpperCase() !== "JWT") return checkClaims(fields, objectIn(payload), constraints);
    text = payload;
  }
  throw new Failure("tokens are nested too deep");
}

function checkClaims(header: Fields, payload: Fields, { iss, aud, time }: Constraints): Value {
  const audience = lookup(payload, "aud");
  const isAudience = audience === aud || (isArray(audience) && audience.includes(aud));
  if (iss !== "" && lookup(payload, "iss") !== iss) return UNVERIFIED;
  if (audience === undefined ? aud !== "" : !isAudience) return UNVERIFIED;
  const seconds = time / 1e9;
  const expires = lookup(payload, "exp");
  if (expires !== undefined && !isNumber(expires)) throw new Failure("exp value must be a number");
  if (expires !== undefined && compareValues(seconds, expires) >= 0) return UNVERIFIED;
  const begins = lookup(payload, "nbf");
  if (begins !== undefined && !isNumber(begins)) throw new Failure("nbf value must be a number");
  return begins !== undefined && compareValues(seconds, begins) < 0 ? UNVERIFIED : [true, header, payload];
}

function encodeRaw(header: Value, payload: Value, key: Value, context: Context): string {
  const source = asString(key, 3);
  return encode(asString(header, 1), asString(payload, 2), parsed(source) ?? source, context);
}

function parsed(text: string): Value | undefined {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}

function encode(header: string, payload: string, key: Value, context: Context): string {
  const signingKey = readSigningKey(key);
  const fields = header !== "" && !header.trimStart().startsWith("{") ? {} : parsed(header);
  const missing = (why: string): Failure => new Failure(`missing or invalid 'alg' header: ${why}`);
  if (fields === undefined) throw missing(`cannot parse JSON: ${header === "" ? "cannot parse empty string" : "invalid header"}`);
  const algorithm = lookup(fields, "alg");
  if (typeof algorithm !== "string") throw missing('jwsbb: header "alg" not found');
  if (!ALGORITHMS.has(algorithm)) throw new Failure(`unknown JWS algorithm: ${algorithm}`);
  const type = lookup(fields, "typ");
  if ((type === undefined || type === "JWT") && parsed(payload) === undefined) throw new Failure("type is JWT but payload is not JSON");
  const url = (bytes: Uint8Array): string => encodeBase64(bytes, { url: true, pad: false });
  const message = `${url(bytesOf(header))}.${url(bytesOf(payload))}`;
  context.charge(SIGNATURE_STEPS);
  return `${message}.${url(sign(algorithm, signingKey, bytesOf(message), () => context.randomBytes()))}`;
}
