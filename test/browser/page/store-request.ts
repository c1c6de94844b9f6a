/** What a worker with a store is asked to do. */
export type StoreRequest = { readonly id: number } & (
  | { readonly do: "open"; readonly name: string; readonly options?: { readonly wait?: boolean; readonly versions?: number } }
  | { readonly do: "put"; readonly key: string; readonly value: string; readonly times?: number }
  | { readonly do: "put-for-ever" }
  | { readonly do: "get"; readonly key: string }
  | { readonly do: "get-at"; readonly key: string; readonly version: number }
  | { readonly do: "entries"; readonly from?: number }
  | { readonly do: "close" }
  | { readonly do: "delete"; readonly name: string }
);

/** What it answers. */
export interface StoreAnswer {
  readonly id: number;
  readonly value?: unknown;
  readonly error?: { readonly code: string; readonly message: string };
}
