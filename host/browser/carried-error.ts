import { DoterosError, type ErrorCode, type ErrorDetails } from "../contract/error.ts";
import type { CarriedError } from "./protocol.ts";

/** An error as it is sent from one side to the other. */
export function carry(error: unknown): CarriedError {
  if (error instanceof DoterosError) {
    const { name, message, code, help, offset, where } = error;
    return { name, message, code, help, offset, where };
  }
  return error instanceof Error ? { name: error.name, message: error.message } : { name: "Error", message: String(error) };
}

/** The error that was sent. */
export function uncarry({ name, message, code, help, offset, where }: CarriedError): Error {
  if (code !== undefined) {
    const details: ErrorDetails = { ...(help === undefined ? {} : { help }), ...(offset === undefined ? {} : { offset }), ...(where === undefined ? {} : { where }) };
    return new DoterosError(code as ErrorCode, message, details);
  }
  const error = name === "RangeError" ? new RangeError(message) : new Error(message);
  error.name = name;
  return error;
}
