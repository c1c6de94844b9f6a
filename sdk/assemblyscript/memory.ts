// Where the canonical ABI meets AssemblyScript's memory: what the host brings becomes objects without a copy, because each
// block it asks for is a buffer with AssemblyScript's header before it. Strings travel as UTF-16, which is what they are.
// The same code stands on the arena and on the runtime "minimal".

/** Of AssemblyScript's runtimes, the one for guests whose objects outlive a call; the arena counts as "incremental". */
const MINIMAL: i32 = 1;
/** Of four code units, the bits that are set from U+8000 on, where surrogates are. */
const HIGH: u64 = 0x8000_8000_8000_8000;

/** The allocator that the canonical ABI asks for: the host calls it for each text and each list that it brings. */
export function cabi_realloc(old: usize, oldSize: usize, align: usize, size: usize): usize {
  if (size == 0) return align;
  return oldSize == 0 ? allocate(size) : __renew(old, size);
}

/** A block of `size` bytes that the host may read, whatever they hold. */
@inline
export function allocate(size: usize): usize {
  if (ASC_RUNTIME == MINIMAL) return __new(size, idof<ArrayBuffer>());
  else return __buffer(size);
}

/** The text of `units` UTF-16 code units that the host brought to `at`: the block itself. */
export function textAt(at: usize, units: usize): string {
  if (units == 0) return "";
  store<u32>(at - 8, idof<String>());
  return changetype<string>(at);
}

/** `text` as the host takes it: half a surrogate pair, which is no Unicode, becomes U+FFFD. */
export function wellFormed(text: string): string {
  return isBelowSurrogates(text) ? text : repaired(text);
}

/** Whether all of a text lies below U+8000, as most does: then it has no surrogates. */
function isBelowSurrogates(text: string): bool {
  let at = changetype<usize>(text);
  const end = at + (<usize>text.length << 1);
  let all: u64 = 0;
  for (; at + 8 <= end; at += 8) all |= load<u64>(at);
  for (; at < end; at += 2) all |= load<u16>(at);
  return (all & HIGH) == 0;
}

function repaired(text: string): string {
  let copy = "";
  let plain = 0;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if ((unit & 0xf800) != 0xd800) continue;
    const isPair = unit < 0xdc00 && index + 1 < text.length && (text.charCodeAt(index + 1) & 0xfc00) == 0xdc00;
    if (isPair) {
      index++;
      continue;
    }
    copy += text.substring(plain, index) + "\uFFFD";
    plain = index + 1;
  }
  return plain == 0 ? text : copy + text.substring(plain);
}

/** Where the code units of a text lie that is well formed, for the host to read. */
@inline
export function addressOf(text: string): usize {
  return changetype<usize>(text);
}

/** The text whose address and length in code units lie at `at`. */
export function loadText(at: usize): string {
  return textAt(load<usize>(at), load<usize>(at, 4));
}

/** Leaves the address of `text` and its length in code units at `at`. */
export function storeText(at: usize, text: string): void {
  const sound = wellFormed(text);
  store<usize>(at, addressOf(sound));
  store<i32>(at, sound.length, 4);
}

/** The typed array of what the host brought to `at`: a view of the block itself. */
export function arrayAt<T extends ArrayBufferView>(at: usize, length: i32): T {
  if (length == 0) return instantiate<T>(0);
  const array = changetype<T>(__new(offsetof<T>(), idof<T>()));
  store<usize>(changetype<usize>(array), at, offsetof<ArrayBufferView>("buffer"));
  store<usize>(changetype<usize>(array), at, offsetof<ArrayBufferView>("dataStart"));
  store<i32>(changetype<usize>(array), changetype<ArrayBuffer>(at).byteLength, offsetof<ArrayBufferView>("byteLength"));
  __link(changetype<usize>(array), at, false);
  return array;
}

/** The bytes that the host brought to `at`. */
export function bytesAt(at: usize, length: usize): Uint8Array {
  return arrayAt<Uint8Array>(at, <i32>length);
}

/** Ends the call where memory is an arena: what the host has yet to read stays as it is. A collector has to wait for the host. */
export function endArena(): void {
  if (ASC_RUNTIME != MINIMAL) __collect();
}

/** Ends the host's call: nothing of it is needed any more. */
export function endCall(): void {
  __collect();
}
