import type { Manifest } from "../contract/manifest.ts";
import type { CapsuleRules } from "../contract/policy.ts";
import { customSection } from "../wasm/custom-section.ts";

/** The custom section of a component that has its policy: a module in Rego. */
export const POLICY_SECTION = "doteros:policy";

/** The policy that a component carries; undefined when it carries none. */
export function policyIn(bytes: Uint8Array): string | undefined {
  return customSection(bytes, POLICY_SECTION);
}

/**
 * The rules of a capsule that asks for them. The engine is loaded with the first one that does.
 *
 * @throws DoterosError `invalid-policy` with every mistake in what the component carries
 */
export async function capsuleRules({ capabilities }: Manifest, bytes: Uint8Array): Promise<CapsuleRules | undefined> {
  if (capabilities.policy !== true) return undefined;
  const { embeddedPolicy } = await import("../policy/embedded-policy.ts");
  return embeddedPolicy(policyIn(bytes));
}
