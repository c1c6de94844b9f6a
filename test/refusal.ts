import { DoterosError } from "../host/contract/error.ts";

/** The DoterosError that `run` throws. Anything else that it throws comes out as it is, and no error is an error. */
export function refusal(run: () => unknown): DoterosError {
  try {
    run();
  } catch (error) {
    if (error instanceof DoterosError) return error;
    throw error;
  }
  throw new Error("it was not refused");
}

/** The same of what a promise is rejected with. */
export async function refusalOf(promise: Promise<unknown>): Promise<DoterosError> {
  const settled = await promise.then(() => () => undefined, (error: unknown) => () => rethrow(error));
  return refusal(settled);
}

function rethrow(error: unknown): never {
  throw error;
}
