import type { NetworkOrder } from "../../../contract/network.ts";
import type { FarEvent } from "./far/end.ts";

// Bytes cross beside what they belong to, as buffers: Deno looks through all that is in a message, byte by byte where it finds
// an array of them, which takes milliseconds.

/** What stands where bytes were taken out. */
const NONE = new Uint8Array(0);

/** Takes the bytes out of an order. They are whole buffers. */
export function packOrder(order: NetworkOrder): [order: NetworkOrder, buffers: ArrayBuffer[]] {
  if (order.order === "write") return [{ ...order, bytes: NONE }, [bufferOf(order.bytes)]];
  if (order.order !== "send") return [order, []];
  return [{ ...order, datagrams: order.datagrams.map(({ to }) => ({ bytes: NONE, to })) }, order.datagrams.map(({ bytes }) => bufferOf(bytes))];
}

/** Puts them in again. */
export function unpackOrder(order: NetworkOrder, buffers: readonly ArrayBuffer[]): NetworkOrder {
  if (order.order === "write") return { ...order, bytes: bytesAt(buffers, 0) };
  if (order.order !== "send") return order;
  return { ...order, datagrams: order.datagrams.map(({ to }, at) => ({ bytes: bytesAt(buffers, at), to })) };
}

/** Takes the bytes out of an event. They are a whole buffer. */
export function packEvent(event: FarEvent): [event: FarEvent, buffers: ArrayBuffer[]] {
  return "bytes" in event ? [{ ...event, bytes: NONE }, [bufferOf(event.bytes)]] : [event, []];
}

/** Puts them in again. */
export function unpackEvent(event: FarEvent, buffers: readonly ArrayBuffer[]): FarEvent {
  return "bytes" in event ? { ...event, bytes: bytesAt(buffers, 0) } : event;
}

const bufferOf = (bytes: Uint8Array): ArrayBuffer => bytes.buffer as ArrayBuffer;
const bytesAt = (buffers: readonly ArrayBuffer[], at: number): Uint8Array => new Uint8Array(buffers[at] ?? new ArrayBuffer(0));
