// The capsule counter (capsules-as/counter) as an Extism plug-in, in AssemblyScript, straight on Extism's host functions:
// eight bytes a call where Extism's development kit moves some of them one by one.
//
// The input is the length of the subject in bytes (u32), the subject, and the payload, which is not looked at.

@external("extism:host/env", "input_load_u8")
declare function inputLoad8(at: u64): u8;
@external("extism:host/env", "input_load_u64")
declare function inputLoad64(at: u64): u64;
@external("extism:host/env", "alloc")
declare function alloc(size: u64): u64;
@external("extism:host/env", "load_u64")
declare function load64(at: u64): u64;
@external("extism:host/env", "store_u8")
declare function store8(at: u64, value: u8): void;
@external("extism:host/env", "store_u64")
declare function store64(at: u64, value: u64): void;

@external("extism:host/user", "get")
declare function get(key: u64): u64;
@external("extism:host/user", "put")
declare function put(key: u64, value: u64): void;
@external("extism:host/user", "publish")
declare function publish(subject: u64, payload: u64): void;

/** The longest subject there is. */
const SUBJECT_BYTES_MAX: u32 = 255;
const HEAD_BYTES: u32 = 4;
/** The bytes of `counted.`, as one number. */
const PREFIX: u64 = 0x2e646574_6e756f63;
const PREFIX_BYTES: u32 = 8;

/** `counted.` and the subject of this message. */
const topic: usize = memory.data(264, 8);

function blockOf(from: usize, size: u32): u64 {
  const to = alloc(size);
  let at: u32 = 0;
  for (; at + 8 <= size; at += 8) store64(to + at, load<u64>(from + at));
  for (; at < size; at++) store8(to + at, load<u8>(from + at));
  return to;
}

/** Brings the subject into `topic`, and answers with its length in bytes. */
function readSubject(): u32 {
  const size = <u32>inputLoad64(0);
  if (size > SUBJECT_BYTES_MAX) unreachable();
  const subject = topic + PREFIX_BYTES;
  let at: u32 = 0;
  for (; at + 8 <= size; at += 8) store<u64>(subject + at, inputLoad64(HEAD_BYTES + at));
  for (; at < size; at++) store<u8>(subject + at, inputLoad8(HEAD_BYTES + at));
  return size;
}

export function handle(): i32 {
  const size = readSubject();
  const key = blockOf(topic + PREFIX_BYTES, size);
  const found = get(key);
  const value = alloc(8);
  store64(value, (found == 0 ? 0 : load64(found)) + 1);
  put(key, value);
  store<u64>(topic, PREFIX);
  publish(blockOf(topic, PREFIX_BYTES + size), value);
  return 0;
}
