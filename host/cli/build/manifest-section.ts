import { MANIFEST_SECTION } from "../../capability/embedded-manifest.ts";
import { POLICY_SECTION } from "../../runtime/capsule-rules.ts";

/** The component with its manifest, as text, in a custom section at its end. */
export function withManifest(component: Uint8Array, manifest: string): Uint8Array {
  return withSection(component, MANIFEST_SECTION, manifest);
}

/** The component with a policy in Rego, as text, in a custom section at its end. */
export function withPolicy(component: Uint8Array, policy: string): Uint8Array {
  return withSection(component, POLICY_SECTION, policy);
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

function leb128(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) + 128, ...leb128(Math.floor(value / 128))];
}
