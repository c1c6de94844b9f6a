// CBOR's grammar (RFC 8949) over bytes: heads, and where items end.

/** Arrays, maps and tags inside each other, at most: a hostile payload must not exhaust the stack. */
const DEPTH_MAX: i32 = 64;
/** The additional information of an item whose length is not known beforehand. */
const INDEFINITE: u8 = 31;
/** Ends an item of indefinite length. */
const BREAK: u8 = 0xff;

/** Where the last check that failed gave up. */
let stopped: usize = 0;

/** The address at which the last item that was not well formed went wrong. */
export function stoppedAt(): usize {
  return stopped;
}

/** Gives up at `at`: what every check returns for bytes it cannot accept. */
export function stopAt(at: usize): usize {
  stopped = at;
  return 0;
}

/** The major type of the item at `at`. */
@inline
export function majorAt(at: usize): u8 {
  return load<u8>(at) >> 5;
}

/** Whether the item at `at`, a string, array or map, says its length only by its end. */
@inline
export function isIndefinite(at: usize): bool {
  return (load<u8>(at) & 31) == INDEFINITE;
}

/** Whether the byte at `at` ends an item of indefinite length. */
@inline
export function isBreak(at: usize): bool {
  return load<u8>(at) == BREAK;
}

/** Bytes of the head at `at`. */
export function headBytes(at: usize): usize {
  const info = load<u8>(at) & 31;
  return info < 24 || info == INDEFINITE ? 1 : 1 + (<usize>1 << (info - 24));
}

/** The argument of the head at `at`: a number, a length, a count. */
export function argumentAt(at: usize): u64 {
  const info = load<u8>(at) & 31;
  switch (info) {
    case 24: return <u64>load<u8>(at, 1);
    case 25: return <u64>bswap<u16>(load<u16>(at, 1));
    case 26: return <u64>bswap<u32>(load<u32>(at, 1));
    case 27: return bswap<u64>(load<u64>(at, 1));
    default: return info;
  }
}

/** Where the item at `at` ends, or 0 when it is not well formed; `depth` is how many items it lies in. */
export function checkItem(at: usize, end: usize, depth: i32): usize {
  if (at >= end || depth > DEPTH_MAX) return stopAt(at);
  const major = majorAt(at);
  const info = load<u8>(at) & 31;
  if (info == INDEFINITE) return major >= 2 && major <= 5 ? checkIndefinite(at, end, major, depth) : stopAt(at);
  if (info > 27 || headBytes(at) > end - at) return stopAt(at);
  const argument = argumentAt(at);
  const body = at + headBytes(at);
  switch (major) {
    case 2: case 3:
      if (argument > <u64>(end - body)) return stopAt(at);
      return major == 2 || isUtf8(body, body + <usize>argument) ? body + <usize>argument : 0;
    case 4: case 5:
      // Each item takes a byte at least.
      if (argument > <u64>(end - body)) return stopAt(at);
      return checkItems(body, end, major == 4 ? argument : 2 * argument, depth + 1);
    case 6:
      return checkItem(body, end, depth + 1);
    case 7:
      return info == 24 && argument < 32 ? stopAt(at) : body;
    default:
      return body;
  }
}

function checkItems(at: usize, end: usize, count: u64, depth: i32): usize {
  for (let item: u64 = 0; item < count; item += 1) {
    at = checkItem(at, end, depth);
    if (at == 0) return 0;
  }
  return at;
}

function checkIndefinite(at: usize, end: usize, major: u8, depth: i32): usize {
  at += 1;
  let count = 0;
  while (at < end && !isBreak(at)) {
    // The parts of a string are strings of its own kind, with lengths.
    if (major < 4 && (majorAt(at) != major || isIndefinite(at))) return stopAt(at);
    at = checkItem(at, end, depth + 1);
    if (at == 0) return 0;
    count += 1;
  }
  if (at >= end || (major == 5 && (count & 1) != 0)) return stopAt(at);
  return at + 1;
}

/** Whether bytes are UTF-8, as Unicode's table of well-formed sequences has it. */
function isUtf8(at: usize, end: usize): bool {
  while (at < end) {
    const lead = load<u8>(at);
    if (lead < 0x80) {
      at += 1;
      continue;
    }
    const length: usize = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    if (lead < 0xc2 || lead > 0xf4 || length > end - at) return stopAt(at) != 0;
    const second = load<u8>(at, 1);
    const lowest: u8 = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
    const highest: u8 = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
    if (second < lowest || second > highest) return stopAt(at) != 0;
    for (let index: usize = 2; index < length; index += 1) {
      if ((load<u8>(at + index) & 0xc0) != 0x80) return stopAt(at) != 0;
    }
    at += length;
  }
  return true;
}

/** Where the item at `at`, which is well formed, ends. */
export function passItem(at: usize): usize {
  const major = majorAt(at);
  if (major >= 2 && major <= 5 && isIndefinite(at)) {
    at += 1;
    while (!isBreak(at)) at = passItem(at);
    return at + 1;
  }
  const argument = argumentAt(at);
  at += headBytes(at);
  if (major == 2 || major == 3) return at + <usize>argument;
  if (major == 6) return passItem(at);
  let items: u64 = major == 4 ? argument : major == 5 ? 2 * argument : 0;
  for (; items > 0; items -= 1) at = passItem(at);
  return at;
}

/** The half-precision number of these bits. */
export function halfOf(bits: u32): f64 {
  const exponent = (bits >> 10) & 31;
  const fraction = <f64>(bits & 0x3ff);
  const size = exponent == 0 ? fraction * 5.960464477539063e-8
    : exponent == 31 ? (fraction == 0 ? Infinity : NaN)
    : (1 + fraction / 1024) * reinterpret<f64>((<u64>exponent + 1008) << 52);
  return (bits & 0x8000) != 0 ? -size : size;
}
