/**
 * Compiles a kernel's module from the base64 that its build wrote. Kernels are small, so this is done at once, without a
 * promise, and once for each kernel.
 *
 * @param base64 what `generated/<name>.ts` exports
 */
export function compileKernel(base64: string): WebAssembly.Module {
  return new WebAssembly.Module(bytesOf(base64));
}

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const VALUE_BITS = 6;

/** Base64 with padding to bytes. The runtimes that this must run in share no other way to do it. */
export function bytesOf(base64: string): Uint8Array {
  const digits = base64.replace(/=+$/, "");
  const bytes = new Uint8Array((digits.length * VALUE_BITS) >> 3);
  const values = new Map(DIGITS.split("").map((digit, value) => [digit, value]));
  let bits = 0;
  let held = 0;
  let at = 0;
  for (const digit of digits) {
    bits = ((bits << VALUE_BITS) | (values.get(digit) ?? 0)) & 0xffff;
    held += VALUE_BITS;
    if (held >= 8) {
      held -= 8;
      bytes[at] = bits >> held;
      at += 1;
    }
  }
  return bytes;
}
