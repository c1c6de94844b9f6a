// The component under test, and what can be taken out of it without a linker.
import { readFileSync } from "node:fs";

const COMPONENT = new URL("../.build/capsules/counter/counter.wasm", import.meta.url);
const PREAMBLE_BYTES = 8;
const CUSTOM_SECTION = 0;
const CORE_MODULE_SECTION = 1;
const NONCE_NAME = "nonce";

/** The bytes of the capsule `counter`: one state get, one state put and one publish for each message. */
export function readCapsule() {
  try {
    return new Uint8Array(readFileSync(COMPONENT));
  } catch (cause) {
    throw new Error("the capsule counter is not built: run npm run prepare:tree", { cause });
  }
}

/**
 * The main core module of a component: the first one in it. The others that a component carries are shims.
 *
 * @param {Uint8Array} component
 */
export function mainModule(component) {
  const section = sections(component).find(({ id }) => id === CORE_MODULE_SECTION);
  if (section === undefined) throw new Error("the component has no core module");
  return component.slice(section.start, section.end);
}

/**
 * The same component with a custom section more in its main module, so that an engine that keeps compiled code by the
 * bytes of the module has to compile it anew.
 *
 * @param {Uint8Array} component
 * @param {number} nonce
 */
export function freshComponent(component, nonce) {
  const section = sections(component).find(({ id }) => id === CORE_MODULE_SECTION);
  if (section === undefined) throw new Error("the component has no core module");
  const module = freshModule(component.subarray(section.start, section.end), nonce);
  return Uint8Array.from([
    ...component.subarray(0, section.head),
    CORE_MODULE_SECTION,
    ...leb(module.length),
    ...module,
    ...component.subarray(section.end),
  ]);
}

/**
 * A core module with a custom section more, which says nothing.
 *
 * @param {Uint8Array} module
 * @param {number} nonce
 */
export function freshModule(module, nonce) {
  const body = [NONCE_NAME.length, ...Buffer.from(NONCE_NAME), ...Buffer.from(String(nonce))];
  return Uint8Array.from([...module, CUSTOM_SECTION, ...leb(body.length), ...body]);
}

/** @param {Uint8Array} bytes */
function sections(bytes) {
  const found = [];
  let at = PREAMBLE_BYTES;
  while (at < bytes.length) {
    const head = at;
    const id = bytes[at];
    let size = 0;
    let shift = 0;
    do {
      at += 1;
      size += (bytes[at] & 0x7f) * 2 ** shift;
      shift += 7;
    } while (bytes[at] >= 0x80);
    const start = at + 1;
    at = start + size;
    found.push({ id, head, start, end: at });
  }
  return found;
}

/** @param {number} value */
function leb(value) {
  const bytes = [];
  let rest = value;
  while (rest >= 0x80) {
    bytes.push((rest & 0x7f) | 0x80);
    rest >>>= 7;
  }
  bytes.push(rest);
  return bytes;
}
