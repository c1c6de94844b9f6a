// The host's functions as the engine offers them to modules: optional values may be null, 64-bit numbers are numbers, and
// an error of a WIT result is thrown with the fault as its `payload`.

declare module "doteros:capsule/state@0.1.0" {
  export function get(key: string): Uint8Array | null | undefined;
  export function put(key: string, value: Uint8Array): void;
  function remove(key: string): boolean;
  export { remove as delete };
  export function scan(start: string, end: string | undefined, limit: number): { key: string; value: Uint8Array }[];
  export function version(): number;
}

declare module "doteros:capsule/series@0.1.0" {
  export function append(name: string, at: { time: number; value: number }): void;
  export function range(name: string, start: number, end: number, limit: number): { time: number; value: number }[];
  export function downsample(name: string, start: number, end: number, step: number): { start: number; count: number; min: number; max: number; mean: number }[];
}

declare module "doteros:capsule/messaging@0.1.0" {
  export function publish(message: object): void;
  export function request(message: object): string;
}

declare module "doteros:capsule/policy@0.1.0" {
  export function evaluate(path: string, input: Uint8Array): Uint8Array | null | undefined;
}

declare module "doteros:capsule/context@0.1.0" {
  export function time(): number;
  export function random(length: number): Uint8Array;
  export function index(): number;
  export function identify(): { name: string; version: string; digest: string };
  export function config(key: string): string | null | undefined;
}

declare module "wasi:logging/logging@0.1.0-draft" {
  export function log(level: string, context: string, message: string): void;
}
