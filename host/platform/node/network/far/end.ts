import type { NetworkEvent, NetworkOrder } from "../../../../contract/network.ts";

/** The far end of something that was begun. */
export interface FarEnd {
  /** Does what it was told; what it does not know of it leaves. */
  take(order: NetworkOrder): void;
  /** Ends it at once. */
  close(): void;
}

/** An event as it crosses: a connection that was accepted goes by its number. */
export type FarEvent = Exclude<NetworkEvent, { readonly event: "accepted" }> | (Omit<Extract<NetworkEvent, { readonly event: "accepted" }>, "made"> & { readonly made: number });

/** What a far end has of the thread. */
export interface FarSide {
  /** Tells of it. Buffers of bytes are gone then. */
  tell(event: FarEvent): void;
  /** Adds an end of its own, under a number that nobody had. */
  adopt(make: (side: FarSide) => FarEnd): number;
  /** It is over. */
  forget(): void;
}
