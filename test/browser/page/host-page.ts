import * as doteros from "doteros-wasm/browser";

// A page with all of the door of browsers, for tests that say step by step what to do with it.

/** A file of this site. */
async function bytesOf(path: string): Promise<Uint8Array> {
  return new Uint8Array(await (await fetch(path)).arrayBuffer());
}

/** Bytes as a string of two digits each: what a test can be told. */
function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

Object.assign(globalThis, { doteros, bytesOf, hexOf });
