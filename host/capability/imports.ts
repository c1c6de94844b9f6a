import type { Imports } from "../component/index.ts";
import type { Extern } from "../component/type.ts";
import type { CapsuleImports, Messaging } from "../contract/capsule-world.ts";
import type { Manifest } from "../contract/manifest.ts";
import type { CapsuleRules } from "../contract/policy.ts";
import { context } from "./context.ts";
import type { Dialect } from "./dialect/dialect.ts";
import { importsAs } from "./linkage.ts";
import { logging } from "./logging.ts";
import { messaging } from "./messaging.ts";
import { Permission } from "./permission.ts";
import { policy } from "./policy.ts";
import { series } from "./series.ts";
import { state } from "./state.ts";
import type { Transition } from "./transition.ts";

/**
 * The imports of a capsule, by interface: what its manifest asks for and nothing else. They are made once, over the one
 * transition object of the capsule.
 *
 * @param rules the policy that the capsule carries, when its manifest asks for one
 * @param wanted what the component imports, which was found to be no more than its manifest asks for
 * @param dialects those that it may be from
 */
export function capsuleImports(manifest: Manifest, transition: Transition, rules: CapsuleRules | undefined, wanted: readonly Extern[], dialects: readonly Dialect[]): Imports {
  const { publish, request } = manifest.capabilities;
  const sending = messaging(transition, new Permission("publish", publish ?? []), new Permission("request", request ?? []));
  const own = ownImports(manifest, transition, rules, sending);
  if (dialects.length === 0) return own;
  const imports: Record<string, unknown> = {};
  for (const { make } of dialects) Object.assign(imports, make({ transition, manifest, messaging: sending, logging: own["wasi:logging/logging@0.1.0-draft"], hasType: (path, type) => importsAs(wanted, path, type) }));
  return Object.assign(imports, own);
}

function ownImports({ capabilities }: Manifest, transition: Transition, rules: CapsuleRules | undefined, sending: Messaging): Partial<CapsuleImports> {
  const { publish, request } = capabilities;
  const imports: { -readonly [name in keyof CapsuleImports]?: CapsuleImports[name] } = {};
  if (capabilities.state === true) {
    imports["doteros:capsule/state@0.1.0"] = state(transition);
    imports["doteros:capsule/series@0.1.0"] = series(transition);
  }
  if (publish !== undefined || request !== undefined) imports["doteros:capsule/messaging@0.1.0"] = sending;
  if (rules !== undefined) imports["doteros:capsule/policy@0.1.0"] = policy(transition, rules);
  if (capabilities.context === true) imports["doteros:capsule/context@0.1.0"] = context(transition);
  if (capabilities.log === true) imports["wasi:logging/logging@0.1.0-draft"] = logging(transition);
  return imports;
}
