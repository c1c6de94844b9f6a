import { DoterosError } from "../contract/error.ts";

/** The body of a request, as the Fetch standard has it. */
export interface HttpBody {
  getReader(): {
    read(): Promise<{ readonly done: boolean; readonly value?: Uint8Array | undefined }>;
    cancel(): Promise<unknown>;
  };
}

/** What is read of a request: a part of `Request` of the Fetch standard. */
export interface HttpRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: { get(name: string): string | null };
  readonly body: HttpBody | null;
}

/** What the runtime gives with a request: what it is told to wait for is done, even when nobody waits for the answer. */
export interface RequestContext {
  waitUntil(promise: Promise<unknown>): void;
}

/**
 * The bytes of a body.
 *
 * @throws DoterosError `limit-exceeded` when there are more than `most`, of which no more are read
 */
export async function readBody({ headers, body }: HttpRequest, most: number): Promise<Uint8Array> {
  if (Number(headers.get("content-length") ?? 0) > most) throw tooLong(most);
  if (body === null) return new Uint8Array();
  const reader = body.getReader();
  const chunks: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done || value === undefined) return joined(chunks, length);
    length += value.length;
    if (length > most) {
      await reader.cancel();
      throw tooLong(most);
    }
    chunks.push(value);
  }
}

function joined(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

function tooLong(most: number): DoterosError {
  return new DoterosError("limit-exceeded", `the payload has more than ${most} bytes`);
}

/** The subject that a request names, `/readings.oslo`; empty when it names none. @throws DoterosError `invalid-subject` */
export function subjectOf(url: string): string {
  try {
    return decodeURIComponent(new URL(url).pathname.slice(1));
  } catch (cause) {
    throw new DoterosError("invalid-subject", "the path is not UTF-8 in percent signs", { cause });
  }
}
