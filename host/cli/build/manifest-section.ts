import { DoterosError } from "../../contract/error.ts";
import { ByteReader } from "../../wasm/reader.ts";

const MANIFEST = "doteros:manifest";
const POLICY = "doteros:policy";
const PREAMBLE_BYTES = 8;

/** The component with its manifest, as text, in a custom section at its end. */
export function withManifest(component: Uint8Array, manifest: string): Uint8Array {
  return withSection(component, MANIFEST, manifest);
}

/** The component with a policy in Rego, as text, in a custom section at its end. */
export function withPolicy(component: Uint8Array, policy: string): Uint8Array {
  return withSection(component, POLICY, policy);
}

function withSection(component: Uint8Array, title: string, text: string): Uint8Array {
  const name = new TextEncoder().encode(title);
  const body = [...leb128(name.length), ...name, ...new TextEncoder().encode(text)];
  const section = [0, ...leb128(body.length), ...body];
  const whole = new Uint8Array(component.length + section.length);
  whole.set(component);
  whole.set(section, component.length);
  return whole;
}

/** The text of the manifest that a component carries; undefined when it has none, or is no component. */
export function manifestIn(bytes: Uint8Array): string | undefined {
  try {
    for (const reader = new ByteReader(bytes, PREAMBLE_BYTES, bytes.length); !reader.done; ) {
      const id = reader.byte();
      const size = reader.u32();
      const end = reader.position + size;
      if (id === 0 && reader.name() === MANIFEST) return new TextDecoder().decode(bytes.subarray(reader.position, end));
      reader.position = end;
    }
  } catch (error) {
    // What is wrong with it is said by who compiles it.
    if (!(error instanceof DoterosError)) throw error;
  }
  return undefined;
}

function leb128(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) + 128, ...leb128(Math.floor(value / 128))];
}
