// Cedar in WebAssembly. Policies and entities are parsed once where its API allows that; the request is an object, as ours is.
import * as cedar from "@cedar-policy/cedar-wasm/nodejs";

const POLICY = 'permit(principal, action == Action::"PUT", resource) when { resource.kind == "pets" && resource.owner == principal };';

/** Decides the pet rule. */
export function makeDecider() {
  const parsed = cedar.preparsePolicySet?.("pets", { staticPolicies: POLICY });
  const stateful = parsed?.type === "success" && cedar.statefulIsAuthorized !== undefined;
  return ({ method, path: [kind, pet], user, owner }) => {
    const uid = { type: "Pet", id: pet };
    const request = {
      principal: { type: "User", id: user },
      action: { type: "Action", id: method },
      resource: uid,
      context: {},
      entities: [{ uid, attrs: { kind, owner: { __entity: { type: "User", id: owner } } }, parents: [] }],
    };
    const answer = stateful
      ? cedar.statefulIsAuthorized({ ...request, preparsedPolicySetId: "pets", validateRequest: false })
      : cedar.isAuthorized({ ...request, policies: { staticPolicies: POLICY } });
    return answer.type === "success" && answer.response.decision === "allow";
  };
}
