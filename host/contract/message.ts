/** A message, as WIT's `doteros:capsule/types.message` has it. */
export interface Message {
  /** Where the message is addressed: non-empty tokens joined by `.`; at most {@link SUBJECT_BYTES_MAX} bytes. */
  readonly subject: string;
  /** The subject an answer should be sent to. */
  readonly replyTo?: string | undefined;
  /** The media type of `payload`. */
  readonly contentType?: string | undefined;
  /** The name or hash of the type of the value in `payload`. */
  readonly dataType?: string | undefined;
  /** Names and values, in order; a name may repeat. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** The bytes. */
  readonly payload: Uint8Array;
}

/** Why something did not happen, as WIT's `doteros:capsule/types.fault` has it. */
export interface Fault {
  readonly tag: "denied" | "invalid" | "limit" | "failed";
  readonly val: string;
}
