/** The generated `abi.ts`: what the other files stand on. */
export const ABI = String.raw`// Memory needs nothing but the library's own objects: what the host brings is an ArrayBuffer, and all that a call leaves
// behind is collected when the call has ended, by the runtime "minimal".

/** The allocator that the canonical ABI asks for. */
export function cabi_realloc(old: usize, oldSize: usize, align: usize, size: usize): usize {
  if (size == 0) return align;
  return oldSize == 0 ? __new(size, idof<ArrayBuffer>()) : __renew(old, size);
}

/** Memory for this call. */
export function allocate(size: usize): usize {
  return size == 0 ? 16 : __new(size, idof<ArrayBuffer>());
}

/** The UTF-8 bytes of a text. Half a surrogate pair becomes U+FFFD, because it has no UTF-8. */
export function bytesOf(text: string): ArrayBuffer {
  return String.UTF8.encode(text, false, String.UTF8.ErrorMode.REPLACE);
}

export function textAt(pointer: usize, length: usize): string {
  return String.UTF8.decodeUnsafe(pointer, length);
}

export function loadText(at: usize): string {
  return textAt(load<usize>(at), load<usize>(at, 4));
}

export function storeText(at: usize, text: string): void {
  const bytes = bytesOf(text);
  store<usize>(at, changetype<usize>(bytes));
  store<i32>(at, bytes.byteLength, 4);
}

/** A typed array over what the host brought: the block is an ArrayBuffer already. */
export function loadArray<T extends ArrayBufferView>(pointer: usize, length: i32): T {
  const array = instantiate<T>(0);
  if (length == 0) return array;
  const buffer = changetype<ArrayBuffer>(pointer);
  store<usize>(changetype<usize>(array), pointer, offsetof<ArrayBufferView>("buffer"));
  store<usize>(changetype<usize>(array), pointer, offsetof<ArrayBufferView>("dataStart"));
  store<i32>(changetype<usize>(array), buffer.byteLength, offsetof<ArrayBufferView>("byteLength"));
  __link(changetype<usize>(array), pointer, false);
  return array;
}

/** Keeps an object that the host holds a handle of. */
export class Held<T> {
  constructor(public readonly value: T) {}
}

class Loan {
  constructor(
    public handle: i32,
    public giveBack: (handle: i32) => void,
    public next: Loan | null,
  ) {}
}

let loans: Loan | null = null;

/** Notes a handle that the host lent for the length of a call. */
export function lend(handle: i32, giveBack: (handle: i32) => void): void {
  loans = new Loan(handle, giveBack, loans);
}

/** Gives back what was lent, as the canonical ABI wants it before the call returns. */
export function endLoans(): void {
  let loan = loans;
  loans = null;
  while (loan !== null) {
    loan.giveBack(loan.handle);
    loan = loan.next;
  }
}

/** The host has read the result: nothing of this call is needed any more. */
export function endCall(): void {
  __collect();
}
`;

const VALUE = String.raw`/** Nothing: the side of a result that brings no value. */
export type Nothing = u8;
export const NOTHING: Nothing = 0;

/** A value or none, where null cannot say none. */
export class Option<T> {
  private constructor(public readonly isSome: bool, private readonly held: T) {}

  static some<T>(value: T): Option<T> {
    return new Option<T>(true, value);
  }

  static none<T>(): Option<T> {
    return new Option<T>(false, unset<T>());
  }

  /** Traps when there is none. */
  get value(): T {
    if (!this.isSome) unreachable();
    return this.held;
  }
}

/** What went well or what went wrong. Reading the other one traps. */
export class Result<V, E> {
  private constructor(public readonly isError: bool, private readonly good: V, private readonly bad: E) {}

  static ok<V, E>(value: V): Result<V, E> {
    return new Result<V, E>(false, value, unset<E>());
  }

  static error<V, E>(error: E): Result<V, E> {
    return new Result<V, E>(true, unset<V>(), error);
  }

  get value(): V {
    if (this.isError) unreachable();
    return this.good;
  }

  get error(): E {
    if (!this.isError) unreachable();
    return this.bad;
  }
}

function unset<T>(): T {
  if (isReference<T>()) return changetype<T>(0);
  else return <T>0;
}
`;

/** The generated `value.ts`: the types that WIT has and AssemblyScript lacks, with tuples of these lengths. */
export function valueText(tupleLengths: readonly number[]): string {
  return [VALUE, ...tupleLengths.map(tupleText)].join("\n");
}

function tupleText(length: number): string {
  const all = Array.from({ length }, (_, index) => index);
  const params = all.map((index) => `T${index}`).join(", ");
  const fields = all.map((index) => `    public item${index}: T${index},\n`).join("");
  return `/** A tuple of ${length}. */\nexport class Tuple${length}<${params}> {\n  constructor(\n${fields}  ) {}\n}\n`;
}
