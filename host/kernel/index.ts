/** The door of the kernels: CBOR without objects in between, routes of subjects, partitions of keys. */

export { DoterosError } from "../contract/error.ts";
export type { ErrorCode, ErrorDetails } from "../contract/error.ts";
export { canonicalCbor, cborToJson, checkCbor, jsonToCbor } from "./cbor.ts";
export type { CborCheckOptions } from "./cbor.ts";
export type { CborPath } from "./cbor-path.ts";
export { CborProjection } from "./cbor-projection.ts";
export type { CborOptions } from "./cbor-room.ts";
export type { CborSlice, CborValue } from "./cbor-scalar.ts";
export { hashOf, partitionOf } from "./hash.ts";
export { Router } from "./route.ts";
export type { Routes } from "./route.ts";
