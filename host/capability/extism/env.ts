import type { Level } from "../../contract/capsule-world.ts";
import { logging } from "../logging.ts";
import { Space } from "../space.ts";
import { CALL_FUEL, type Transition } from "../transition.ts";
import type { PluginCall } from "./call.ts";
import { fetchWhole } from "./http.ts";
import type { Signatures } from "./signature.ts";

/** The module whose functions an Extism plugin imports. */
export const ENV = "extism:host/env";

/** What there is to import of it. */
export const ENV_SIGNATURES: Signatures = {
  alloc: "I>I",
  free: "I>",
  length: "I>I",
  length_unsafe: "I>I",
  load_u8: "I>i",
  load_u64: "I>I",
  store_u8: "Ii>",
  store_u64: "II>",
  input_offset: ">I",
  input_length: ">I",
  input_load_u8: "I>i",
  input_load_u64: "I>I",
  output_set: "II>",
  error_set: "I>",
  error_get: ">I",
  config_get: "I>I",
  var_get: "I>I",
  var_set: "II>",
  http_request: "II>I",
  http_status_code: ">i",
  http_headers: ">I",
  log_trace: "I>",
  log_debug: "I>",
  log_info: "I>",
  log_warn: "I>",
  log_error: "I>",
  get_log_level: ">i",
};

/** What some of them need. */
export const ENV_NEEDS = {
  config_get: "context",
  var_get: "state",
  var_set: "state",
  log_trace: "log",
  log_debug: "log",
  log_info: "log",
  log_warn: "log",
  log_error: "log",
} as const;

/** A function that a plugin imports, over numbers. */
export type HostFunction = (...args: never[]) => number | bigint | void;

/** What a call costs that only reaches for a block, in units of fuel: to cross over with a number of 64 bits. */
const REACH_FUEL = 100;
/** Bytes of a block that are set to zero, or copied, for a unit of fuel. */
const BYTES_PER_FUEL = 8;
/** All levels are wanted: what becomes of lines is not the plugin's affair. */
const TRACE = 0;

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** The functions for one instance. */
export function envFunctions(call: PluginCall, transition: Transition): Readonly<Record<string, HostFunction>> {
  return { ...memoryFunctions(call, transition), ...answerFunctions(call, transition), ...hostFunctions(call, transition), ...logFunctions(call, transition) };
}

function memoryFunctions({ blocks }: PluginCall, transition: Transition): Record<string, HostFunction> {
  const length = (address: bigint): bigint => {
    transition.charge(REACH_FUEL);
    return BigInt(blocks.lengthAt(address));
  };
  return {
    alloc(size: bigint) {
      transition.charge(CALL_FUEL);
      const address = blocks.allocate(size);
      transition.charge(Math.ceil(Number(size) / BYTES_PER_FUEL));
      return address;
    },
    free(address: bigint) {
      transition.charge(REACH_FUEL);
      blocks.free(address);
    },
    length,
    length_unsafe: length,
    load_u8(address: bigint) {
      transition.charge(REACH_FUEL);
      return blocks.loadByte(address);
    },
    load_u64(address: bigint) {
      transition.charge(REACH_FUEL);
      return blocks.loadWord(address);
    },
    store_u8(address: bigint, value: number) {
      transition.charge(REACH_FUEL);
      blocks.storeByte(address, value);
    },
    store_u64(address: bigint, value: bigint) {
      transition.charge(REACH_FUEL);
      blocks.storeWord(address, value);
    },
  };
}

/** What a function was called with, and what it answers. */
function answerFunctions(call: PluginCall, transition: Transition): Record<string, HostFunction> {
  return {
    input_offset() {
      transition.charge(REACH_FUEL);
      return call.inputAddress;
    },
    input_length() {
      transition.charge(REACH_FUEL);
      return call.inputLength;
    },
    input_load_u8(offset: bigint) {
      transition.charge(REACH_FUEL);
      return call.input(offset, 1).getUint8(Number(offset));
    },
    input_load_u64(offset: bigint) {
      transition.charge(REACH_FUEL);
      return call.input(offset, 8).getBigInt64(Number(offset), true);
    },
    output_set(address: bigint, length: bigint) {
      transition.charge(CALL_FUEL);
      call.output = call.blocks.slice(address, length);
    },
    error_set(address: bigint) {
      transition.charge(CALL_FUEL);
      call.setError(address);
    },
    error_get() {
      transition.charge(REACH_FUEL);
      return call.errorAddress;
    },
  };
}

/** What is beyond the call. */
function hostFunctions(call: PluginCall, transition: Transition): Record<string, HostFunction> {
  const { blocks } = call;
  const vars = new Space(transition, "v", [], "var/");
  const stored = (bytes: Uint8Array | undefined): bigint => {
    if (bytes === undefined) return 0n;
    transition.charge(Math.ceil(bytes.length / BYTES_PER_FUEL));
    return blocks.store(bytes);
  };
  return {
    config_get(key: bigint) {
      transition.mustTell("config_get");
      const value = transition.config.get(textAt(call, transition, key));
      return stored(value === undefined ? undefined : encoder.encode(value));
    },
    var_get(key: bigint) {
      return stored(vars.get(textAt(call, transition, key)));
    },
    var_set(key: bigint, value: bigint) {
      const name = textAt(call, transition, key);
      if (value === 0n) vars.delete(name);
      else vars.put(name, blocks.bytesAt(value).slice());
    },
    http_request(request: bigint, body: bigint) {
      transition.mustTell("http_request");
      call.response = undefined;
      const { body: answer, ...response } = fetchWhole(transition, textAt(call, transition, request), body === 0n ? new Uint8Array() : blocks.bytesAt(body));
      call.response = response;
      return stored(answer);
    },
    http_status_code() {
      transition.charge(REACH_FUEL);
      return call.response?.status ?? 0;
    },
    http_headers() {
      transition.charge(CALL_FUEL);
      return stored(call.response && encoder.encode(call.response.headers));
    },
  };
}

function logFunctions(call: PluginCall, transition: Transition): Record<string, HostFunction> {
  const { log } = logging(transition);
  const write = (level: Level) => (address: bigint): void => log(level, "", textAt(call, transition, address));
  return {
    log_trace: write("trace"),
    log_debug: write("debug"),
    log_info: write("info"),
    log_warn: write("warn"),
    log_error: write("error"),
    get_log_level() {
      transition.charge(REACH_FUEL);
      return TRACE;
    },
  };
}

/** The text of the block that begins there. It stays the plugin's, as far as the host is concerned: all blocks end with the call. */
function textAt({ blocks }: PluginCall, transition: Transition, address: bigint): string {
  transition.charge(blocks.lengthAt(address));
  return decoder.decode(blocks.bytesAt(address));
}
