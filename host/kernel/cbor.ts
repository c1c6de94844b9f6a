import { depthOf, roomWith, type CborOptions } from "./cbor-room.ts";

/** How closely {@link checkCbor} looks. */
export interface CborCheckOptions extends CborOptions {
  /** Whether the encoding must be the deterministic one (RFC 8949, 4.2.1) as well. False when left out. */
  readonly deterministic?: boolean;
}

const CHECK = { output: 0, table: 0 };
/** No item gets longer by more than a head; and as much again is for putting members in order, 16 bytes for each of them. */
const CANONICAL = { output: 4, table: 8 };
/** The longest text of one byte is `false` with its comma, of three the smallest of the halves, 23 characters. */
const TO_JSON = { output: 8, table: 1 };
/** `0.1` with its comma takes nine bytes; and as much again is for putting members in order, 16 bytes for each of them. */
const FROM_JSON = { output: 6, table: 4 };

/**
 * Checks that bytes are one CBOR data item and nothing else: well-formed, and every text string UTF-8. With
 * `deterministic` also that it is encoded as RFC 8949, 4.2.1 has it: shortest numbers, lengths and floats, definite
 * lengths, the keys of a map in bytewise order and none of them twice. Of the NaNs only `f97e00` is deterministic. Tags
 * are not looked into: a bignum that an integer could hold passes.
 *
 * @throws {DoterosError} `invalid-cbor` with the `offset` in bytes; `limit-exceeded` when it is nested too deeply, or too
 *   long (8 MiB)
 * @example
 * ```ts
 * checkCbor(new Uint8Array([0x18, 0x18])); // the number 24
 * checkCbor(new Uint8Array([0x18, 0x17]), { deterministic: true }); // throws: 23 has a shorter form
 * ```
 */
export function checkCbor(bytes: Uint8Array, options?: CborCheckOptions): void {
  const depth = depthOf(options);
  const room = roomWith(bytes, CHECK);
  room.succeed(room.kernel.check(bytes.length, depth, options?.deterministic === true));
}

/**
 * The deterministic encoding (RFC 8949, 4.2.1) of a data item: equal items have equal bytes. Every NaN becomes `f97e00`.
 *
 * @throws {DoterosError} `invalid-cbor` when it is not well-formed, its text is not UTF-8, or a map has a key twice;
 *   `limit-exceeded` when it is nested too deeply or too long
 */
export function canonicalCbor(bytes: Uint8Array, options?: CborOptions): Uint8Array {
  const depth = depthOf(options);
  const room = roomWith(bytes, CANONICAL);
  room.succeed(room.kernel.canonical(bytes.length, depth));
  return room.output().slice();
}

/**
 * JSON text as deterministic CBOR. Numbers whose value is an integer become integers (up to 64 bits where they are written
 * without point and exponent, else up to 2^53 - 1), all others and minus zero the shortest float that is the double they
 * stand for. Member names must differ.
 *
 * @param json text, or its UTF-8 bytes
 * @throws {DoterosError} `invalid-json` with the `offset` in UTF-8 bytes; `invalid-cbor` when an object has a name twice, or
 *   the bytes are not UTF-8; `limit-exceeded` when it is nested too deeply or too long
 */
export function jsonToCbor(json: string | Uint8Array, options?: CborOptions): Uint8Array {
  const depth = depthOf(options);
  if (typeof json !== "string") {
    const room = roomWith(json, FROM_JSON);
    room.succeed(room.kernel.jsonToCbor(json.length, depth));
    return room.output().slice();
  }
  return jsonToCbor(new TextEncoder().encode(json), options);
}

/**
 * A CBOR data item as JSON text, as RFC 8949, 6.1 advises: byte strings and bignums become base64url without padding
 * (negative bignums with a `~` before it), NaN, infinities, undefined and unknown simple values `null`; tags are left out.
 * Integer keys become text; a key of another kind is an error. Integers keep all their digits, floats are written as
 * ECMAScript writes them, but minus zero as `-0`. A key that is there twice is written twice.
 *
 * @throws {DoterosError} `invalid-cbor` when it is not well-formed, its text is not UTF-8, or a key has no JSON;
 *   `limit-exceeded` when it is nested too deeply or too long
 */
export function cborToJson(bytes: Uint8Array, options?: CborOptions): string {
  const depth = depthOf(options);
  const room = roomWith(bytes, TO_JSON);
  room.succeed(room.kernel.cborToJson(bytes.length, depth));
  return decoder().decode(room.output());
}

let utf8: TextDecoder | undefined;

function decoder(): TextDecoder {
  utf8 ??= new TextDecoder("utf-8", { ignoreBOM: true });
  return utf8;
}
