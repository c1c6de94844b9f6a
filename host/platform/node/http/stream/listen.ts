import { randomUUID } from "node:crypto";
import { Worker } from "node:worker_threads";
import { offerStream } from "../../../../contract/http-stream.ts";
import type { HttpListener, HttpService, ListenOptions } from "../../../../contract/http.ts";
import { HTTP_HEADERS_MILLISECONDS, HTTP_REQUESTS_MAX, HTTP_STALL_MILLISECONDS } from "../../../../contract/limits.ts";
import { unavailable } from "../unavailable.ts";
import { NearStream } from "./near.ts";
import type { FromConnections, StreamThreadData } from "./wire.ts";

/**
 * Has a service answer those who connect to a port, with bodies that cross over while they are read and written: connections are in
 * a thread of their own, and this one blocks while a capsule waits for one.
 *
 * @param entry what runs in that thread
 * @throws DoterosError `port-unavailable`
 */
export async function listenStreaming(service: HttpService, options: ListenOptions, entry: URL): Promise<HttpListener> {
  const { port = 0, hostname = "127.0.0.1", headersMillisecondsMax = HTTP_HEADERS_MILLISECONDS, stallMillisecondsMax = HTTP_STALL_MILLISECONDS, told } = options;
  const workerData: StreamThreadData = { port, hostname, headersMillisecondsMax, stallMillisecondsMax, requestsMax: HTTP_REQUESTS_MAX };
  const worker = new Worker(entry, { workerData, execArgv: [] });
  let drained: () => void = () => undefined;
  const found = await new Promise<number>((resolve, reject) => {
    worker.once("error", reject);
    worker.on("message", (said: FromConnections) => {
      if (said.kind === "request") void answer(service, said, told);
      else if (said.kind === "listening") resolve(said.port);
      else if (said.kind === "drained") drained();
      else reject(unavailable(Object.assign(new Error(said.message), { code: said.code }), port, hostname));
    });
  }).catch(async (error: unknown) => {
    await worker.terminate();
    throw error;
  });
  let closing: Promise<void> | undefined;
  const drain = async (milliseconds: number): Promise<void> => {
    await new Promise<void>((resolve) => {
      drained = resolve;
      worker.postMessage({ drain: milliseconds }, []);
    });
    await worker.terminate();
  };
  return {
    port: found,
    url: `http://${hostname.includes(":") ? `[${hostname}]` : hostname}:${found}/`,
    close: (milliseconds = 0) => (closing ??= drain(milliseconds)),
  };
}

async function answer(service: HttpService, { head, client, port, cell }: Extract<FromConnections, { kind: "request" }>, told: ListenOptions["told"]): Promise<void> {
  const began = performance.now();
  const stream = new NearStream(port, cell);
  const id = randomUUID();
  const takeBack = offerStream(id, stream);
  const answered = await service.answer(head, undefined, id);
  takeBack();
  if (answered.failure !== undefined) stream.fail(answered.status, answered.headers, answered.body);
  const isSent = !stream.isGone || answered.failure === undefined;
  told?.({ head, answer: answered, bytes: stream.bytes, client, isSent, milliseconds: performance.now() - began });
}
