import { refuse } from "../dialect.ts";
import { IoError } from "../io/io-error.ts";

const FIELD_SIZE = "record { field-name: option<string>, field-size: option<u32> }";

/** The type `error-code` of wasi:http. */
export const ERROR_CODE = `variant { ${[
  "DNS-timeout",
  "DNS-error(record { rcode: option<string>, info-code: option<u16> })",
  "destination-not-found",
  "destination-unavailable",
  "destination-IP-prohibited",
  "destination-IP-unroutable",
  "connection-refused",
  "connection-terminated",
  "connection-timeout",
  "connection-read-timeout",
  "connection-write-timeout",
  "connection-limit-reached",
  "TLS-protocol-error",
  "TLS-certificate-error",
  "TLS-alert-received(record { alert-id: option<u8>, alert-message: option<string> })",
  "HTTP-request-denied",
  "HTTP-request-length-required",
  "HTTP-request-body-size(option<u64>)",
  "HTTP-request-method-invalid",
  "HTTP-request-URI-invalid",
  "HTTP-request-URI-too-long",
  "HTTP-request-header-section-size(option<u32>)",
  `HTTP-request-header-size(option<${FIELD_SIZE}>)`,
  "HTTP-request-trailer-section-size(option<u32>)",
  `HTTP-request-trailer-size(${FIELD_SIZE})`,
  "HTTP-response-incomplete",
  "HTTP-response-header-section-size(option<u32>)",
  `HTTP-response-header-size(${FIELD_SIZE})`,
  "HTTP-response-body-size(option<u64>)",
  "HTTP-response-trailer-section-size(option<u32>)",
  `HTTP-response-trailer-size(${FIELD_SIZE})`,
  "HTTP-response-transfer-coding(option<string>)",
  "HTTP-response-content-coding(option<string>)",
  "HTTP-response-timeout",
  "HTTP-upgrade-failed",
  "HTTP-protocol-error",
  "loop-detected",
  "configuration-error",
  "internal-error(option<string>)",
].join(", ")} }`;

interface FieldSize {
  readonly fieldName?: string | undefined;
  readonly fieldSize?: number | undefined;
}

/** An `error-code` of wasi:http. */
export type HttpErrorCode =
  | {
      readonly tag:
        | "DNS-timeout"
        | "destination-not-found"
        | "destination-unavailable"
        | "destination-IP-prohibited"
        | "destination-IP-unroutable"
        | "connection-refused"
        | "connection-terminated"
        | "connection-timeout"
        | "connection-read-timeout"
        | "connection-write-timeout"
        | "connection-limit-reached"
        | "TLS-protocol-error"
        | "TLS-certificate-error"
        | "HTTP-request-denied"
        | "HTTP-request-length-required"
        | "HTTP-request-method-invalid"
        | "HTTP-request-URI-invalid"
        | "HTTP-request-URI-too-long"
        | "HTTP-response-incomplete"
        | "HTTP-response-timeout"
        | "HTTP-upgrade-failed"
        | "HTTP-protocol-error"
        | "loop-detected"
        | "configuration-error";
    }
  | { readonly tag: "DNS-error"; readonly val: { readonly rcode?: string | undefined; readonly infoCode?: number | undefined } }
  | { readonly tag: "TLS-alert-received"; readonly val: { readonly alertId?: number | undefined; readonly alertMessage?: string | undefined } }
  | { readonly tag: "HTTP-request-body-size" | "HTTP-response-body-size"; readonly val: bigint | undefined }
  | {
      readonly tag: "HTTP-request-header-section-size" | "HTTP-request-trailer-section-size" | "HTTP-response-header-section-size" | "HTTP-response-trailer-section-size";
      readonly val: number | undefined;
    }
  | { readonly tag: "HTTP-request-header-size"; readonly val: FieldSize | undefined }
  | { readonly tag: "HTTP-request-trailer-size" | "HTTP-response-header-size" | "HTTP-response-trailer-size"; readonly val: FieldSize }
  | { readonly tag: "HTTP-response-transfer-coding" | "HTTP-response-content-coding" | "internal-error"; readonly val: string | undefined };

/** An error of a stream that is a body: what `http-error-code` finds the code of. */
export class BodyError extends IoError {
  readonly code: HttpErrorCode;

  constructor(code: HttpErrorCode) {
    super(errorText(code));
    this.code = code;
  }
}

/** Answers a call of a body's stream with an error code. @throws ComponentError always */
export function failBody(code: HttpErrorCode): never {
  refuse({ tag: "last-operation-failed", val: new BodyError(code) });
}

/** An error code as text: its name, and what it says beside. */
export function errorText(code: HttpErrorCode): string {
  const val: unknown = "val" in code ? code.val : undefined;
  return val === undefined ? code.tag : `${code.tag}: ${typeof val === "bigint" || typeof val === "string" ? val : JSON.stringify(val)}`;
}
