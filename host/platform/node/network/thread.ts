import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from "node:worker_threads";
import { DoterosError } from "../../../contract/error.ts";
import type { NetworkEnd, NetworkEvent } from "../../../contract/network.ts";
import { packOrder, unpackEvent } from "./crossing.ts";
import type { FarEvent } from "./far/end.ts";
import type { FromThread, ThreadData, ToThread } from "./far/serve.ts";

/** How long the thread may take until it is there. */
const START_MILLISECONDS_MAX = 20_000;

/** A thread that waits for the network, so that this one can wait for it. All those in this thread who use the network share one. */
export class NetworkThread {
  readonly #worker: Worker;
  readonly #port: MessagePort;
  readonly #told = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  readonly #ends = new Map<number, NetworkEnd>();
  /** How often something was told when everything was last taken in. */
  #seen = 0;
  #last = 0;
  #isReady = false;
  /** Whether it can do nothing any more. */
  isGone = false;

  /** @param entry what runs in it */
  constructor(entry: URL) {
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    const workerData: ThreadData = { port: port2, told: this.#told };
    // What the process was started with may be for its own file alone, and its environment is none of the network's affair.
    this.#worker = new Worker(entry, { workerData, transferList: [port2], execArgv: [], env: {} });
    // Whoever waits notices that nothing comes; an error that nobody listens to would end the process.
    this.#worker.on("error", (error) => {
      this.isGone = true;
      this.#lose(error.message);
    });
    this.#worker.unref();
    port1.unref();
    this.#awaitStart();
  }

  begin(request: NonNullable<ToThread["request"]>): NetworkEnd {
    this.#last += 1;
    this.#post({ id: this.#last, request });
    return this.#endOf(this.#last);
  }

  /** Tells all that has arrived. */
  poll(): void {
    const told = Atomics.load(this.#told, 0);
    if (told === this.#seen) return;
    this.#seen = told;
    for (let got = receiveMessageOnPort(this.#port); got !== undefined; got = receiveMessageOnPort(this.#port)) this.#receive(got.message as FromThread);
  }

  /** Waits until there is something that `poll` has not told, or the time is up. Answers whether there is. */
  wait(milliseconds: number): boolean {
    return Atomics.wait(this.#told, 0, this.#seen, milliseconds) !== "timed-out";
  }

  end(): void {
    this.#port.close();
    void this.#worker.terminate();
  }

  #awaitStart(): void {
    const until = performance.now() + START_MILLISECONDS_MAX;
    while (!this.#isReady) {
      const left = until - performance.now();
      if (left <= 0) {
        this.end();
        throw new DoterosError("thread-lost", `the thread for the network did not start within ${START_MILLISECONDS_MAX / 1_000} seconds`);
      }
      this.wait(left);
      this.poll();
    }
  }

  #post(message: ToThread, moved: ArrayBuffer[] = []): void {
    this.#port.postMessage(message, moved);
  }

  #endOf(id: number): NetworkEnd {
    const end: NetworkEnd = {
      receive: () => undefined,
      send: (order) => {
        const [packed, buffers] = packOrder(order);
        this.#post({ id, order: packed, buffers }, buffers);
        if (order.order === "release") this.#ends.delete(id);
      },
      close: () => {
        if (this.#ends.delete(id)) this.#post({ id, isOver: true });
      },
    };
    this.#ends.set(id, end);
    return end;
  }

  #receive({ id, event, buffers = [] }: FromThread): void {
    if (id !== 0) this.#ends.get(id)?.receive(this.#eventOf(unpackEvent(event as FarEvent, buffers)));
    else if (event?.event === "failed") this.#lose(event.reason);
    else this.#isReady = true;
  }

  #eventOf(event: FarEvent): NetworkEvent {
    return event.event === "accepted" ? { ...event, made: this.#endOf(event.made) } : event;
  }

  #lose(reason: string): void {
    for (const end of this.#ends.values()) end.receive({ event: "failed", failure: "unknown", reason: `the thread for the network failed: ${reason}` });
    this.#ends.clear();
  }
}
