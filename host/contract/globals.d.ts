// The web-standard globals that Node, Deno, Bun and browsers all have, and that the neutral floors may use.
// Declared here and in webassembly.d.ts, and nowhere else, so that those floors compile with neither DOM nor Node types.

declare class TextDecoder {
  constructor(label?: string, options?: { fatal?: boolean; ignoreBOM?: boolean });
  decode(input?: Uint8Array, options?: { stream?: boolean }): string;
}

declare class TextEncoder {
  encode(input: string): Uint8Array<ArrayBuffer>;
  encodeInto(source: string, destination: Uint8Array): { read: number; written: number };
}

declare function queueMicrotask(callback: () => void): void;
declare function setTimeout(callback: () => void, milliseconds: number): unknown;
declare function clearTimeout(handle: unknown): void;

declare const crypto: {
  getRandomValues(array: Uint8Array): Uint8Array;
  /** Missing in pages that did not come by a secure way. */
  readonly subtle?: { digest(algorithm: "SHA-256", bytes: Uint8Array): Promise<ArrayBuffer> };
};

/** Missing in browsers. */
declare const setImmediate: ((callback: () => void) => void) | undefined;

declare class MessageChannel {
  readonly port1: { addEventListener(type: "message", listener: () => void): void; start(): void };
  readonly port2: { postMessage(message: unknown): void };
}

declare const performance: { now(): number };

declare class URL {
  constructor(url: string, base?: string | URL);
  readonly href: string;
  readonly hostname: string;
  readonly pathname: string;
  readonly search: string;
  readonly protocol: string;
  readonly host: string;
  readonly username: string;
  readonly password: string;
}

declare class Response {
  constructor(body: string | Uint8Array | null, init: { status: number; headers: Record<string, string> | (readonly [string, string])[] });
  readonly status: number;
}
