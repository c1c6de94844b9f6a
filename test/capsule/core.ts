import { builtCapsule, coreModuleOf } from "./built.ts";

// A capsule's core module with the canonical ABI written out by hand, because a component keeps its memory to itself.

interface CoreExports {
  readonly memory: WebAssembly.Memory;
  cabi_realloc(old: number, oldSize: number, align: number, size: number): number;
  "doteros:capsule/handler@0.1.0#handle"(...message: number[]): number;
}

/** A core module between calls: what it kept, what it sent, and how much memory it has taken. */
export interface Core {
  readonly state: Map<string, Uint8Array>;
  /** Hands over one message; true when it was handled. */
  send(subject: string, payload: string): boolean;
  published(): number;
  memoryBytes(): number;
}

/** Instantiates the core module of a built capsule. */
export function openCore(name: string): Core {
  const state = new Map<string, Uint8Array>();
  const count = { published: 0 };
  const bytes = (at: number, length: number): Uint8Array => new Uint8Array(core.memory.buffer, at, length);
  const text = (at: number, units: number): string => new TextDecoder("utf-16le").decode(bytes(at, 2 * units));
  const words = (at: number, ...values: number[]): void => new Uint32Array(core.memory.buffer, at).set(values);
  const lower = (value: Uint8Array, align = 1): [number, number] => {
    const at = core.cabi_realloc(0, 0, align, value.length);
    bytes(at, value.length).set(value);
    return [at, value.length / align];
  };
  const imports = {
    "doteros:capsule/state@0.1.0": {
      get(key: number, keyLength: number, answer: number) {
        const value = state.get(text(key, keyLength));
        if (value === undefined) words(answer, 0, 0);
        else words(answer, 0, 1, ...lower(value));
      },
      put(key: number, keyLength: number, value: number, valueLength: number, answer: number) {
        state.set(text(key, keyLength), bytes(value, valueLength).slice());
        words(answer, 0);
      },
    },
    "doteros:capsule/messaging@0.1.0": {
      publish(...flat: number[]) {
        count.published += 1;
        words(flat[15] ?? 0, 0);
      },
    },
    "doteros:capsule/context@0.1.0": { config: (_key: number, _length: number, answer: number) => words(answer, 0) },
    "wasi:logging/logging@0.1.0-draft": { log: () => undefined },
  };
  const module = new WebAssembly.Module(coreModuleOf(builtCapsule(name)));
  const core = new WebAssembly.Instance(module, imports).exports as unknown as CoreExports;
  const send = (subject: string, payload: string): boolean => {
    const to = lower(Buffer.from(subject, "utf16le"), 2);
    const body = lower(new TextEncoder().encode(payload));
    const outcome = core["doteros:capsule/handler@0.1.0#handle"](...to, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, ...body);
    return bytes(outcome, 1)[0] === 0;
  };
  return { state, send, published: () => count.published, memoryBytes: () => core.memory.buffer.byteLength };
}
