// Work for the benchmark of fuel: SHA-256, a product of matrices, a sort, and calls. Compiled by suite/fuel.mjs.

const ROUND = memory.data<u32>([
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be,
  0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa,
  0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85,
  0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3,
  0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f,
  0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
]);
const STATE = memory.data(32);
const SCHEDULE = memory.data(256);
/** Where data lies that is worked on: behind what is set aside here. */
const DATA: usize = 0x10000;

function compress(block: usize): void {
  for (let t = 0; t < 16; t++) store<u32>(SCHEDULE + (t << 2), bswap(load<u32>(block + (t << 2))));
  for (let t = 16; t < 64; t++) {
    const w15 = load<u32>(SCHEDULE + ((t - 15) << 2));
    const w2 = load<u32>(SCHEDULE + ((t - 2) << 2));
    const s0 = rotr(w15, 7) ^ rotr(w15, 18) ^ (w15 >> 3);
    const s1 = rotr(w2, 17) ^ rotr(w2, 19) ^ (w2 >> 10);
    store<u32>(SCHEDULE + (t << 2), load<u32>(SCHEDULE + ((t - 16) << 2)) + s0 + load<u32>(SCHEDULE + ((t - 7) << 2)) + s1);
  }
  let a = load<u32>(STATE, 0);
  let b = load<u32>(STATE, 4);
  let c = load<u32>(STATE, 8);
  let d = load<u32>(STATE, 12);
  let e = load<u32>(STATE, 16);
  let f = load<u32>(STATE, 20);
  let g = load<u32>(STATE, 24);
  let h = load<u32>(STATE, 28);
  for (let t = 0; t < 64; t++) {
    const s1 = rotr(e, 6) ^ rotr(e, 11) ^ rotr(e, 25);
    const t1 = h + s1 + ((e & f) ^ (~e & g)) + load<u32>(ROUND + (t << 2)) + load<u32>(SCHEDULE + (t << 2));
    const s0 = rotr(a, 2) ^ rotr(a, 13) ^ rotr(a, 22);
    const t2 = s0 + ((a & b) ^ (a & c) ^ (b & c));
    h = g;
    g = f;
    f = e;
    e = d + t1;
    d = c;
    c = b;
    b = a;
    a = t1 + t2;
  }
  store<u32>(STATE, load<u32>(STATE, 0) + a, 0);
  store<u32>(STATE, load<u32>(STATE, 4) + b, 4);
  store<u32>(STATE, load<u32>(STATE, 8) + c, 8);
  store<u32>(STATE, load<u32>(STATE, 12) + d, 12);
  store<u32>(STATE, load<u32>(STATE, 16) + e, 16);
  store<u32>(STATE, load<u32>(STATE, 20) + f, 20);
  store<u32>(STATE, load<u32>(STATE, 24) + g, 24);
  store<u32>(STATE, load<u32>(STATE, 28) + h, 28);
}

/** The first 32 bits of the SHA-256 of so many blocks of zeros, without the padding. */
export function sha256(blocks: i32): u32 {
  store<u64>(STATE, 0xbb67ae856a09e667, 0);
  store<u64>(STATE, 0xa54ff53a3c6ef372, 8);
  store<u64>(STATE, 0x9b05688c510e527f, 16);
  store<u64>(STATE, 0x5be0cd191f83d9ab, 24);
  memory.fill(DATA, 0, <usize>blocks << 6);
  for (let block = 0; block < blocks; block++) compress(DATA + (<usize>block << 6));
  return load<u32>(STATE);
}

/** The sum of what is on the diagonal of the product of two matrices of `size` rows. */
export function matrix(size: i32): f64 {
  const bytes = <usize>(size * size) << 3;
  const left = DATA;
  const right = left + bytes;
  const product = right + bytes;
  for (let at = 0; at < size * size; at++) {
    store<f64>(left + (<usize>at << 3), <f64>(at % 17) * 0.5);
    store<f64>(right + (<usize>at << 3), <f64>(at % 13) * 0.25);
  }
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      let sum: f64 = 0;
      for (let at = 0; at < size; at++) {
        sum += load<f64>(left + (<usize>(row * size + at) << 3)) * load<f64>(right + (<usize>(at * size + column) << 3));
      }
      store<f64>(product + (<usize>(row * size + column) << 3), sum);
    }
  }
  let trace: f64 = 0;
  for (let row = 0; row < size; row++) trace += load<f64>(product + (<usize>(row * size + row) << 3));
  return trace;
}

function quickSort(low: i32, high: i32): void {
  while (low < high) {
    const pivot = load<i32>(DATA + (<usize>((low + high) >> 1) << 2));
    let left = low;
    let right = high;
    while (left <= right) {
      while (load<i32>(DATA + (<usize>left << 2)) < pivot) left++;
      while (load<i32>(DATA + (<usize>right << 2)) > pivot) right--;
      if (left <= right) {
        const held = load<i32>(DATA + (<usize>left << 2));
        store<i32>(DATA + (<usize>left << 2), load<i32>(DATA + (<usize>right << 2)));
        store<i32>(DATA + (<usize>right << 2), held);
        left++;
        right--;
      }
    }
    if (right - low < high - left) {
      quickSort(low, right);
      low = left;
    } else {
      quickSort(left, high);
      high = right;
    }
  }
}

/** What comes in the middle when so many numbers are sorted. */
export function sort(count: i32): i32 {
  let seed: u32 = 42;
  for (let at = 0; at < count; at++) {
    seed = seed * 1664525 + 1013904223;
    store<i32>(DATA + (<usize>at << 2), seed);
  }
  quickSort(0, count - 1);
  return load<i32>(DATA + (<usize>(count >> 1) << 2));
}

/** Nothing but calls. */
export function fibonacci(n: i32): i32 {
  return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);
}
