import { seldomCodec } from "./codec/seldom.ts";
import { takeReturned } from "./link-seldom.ts";
import { nestedMismatch } from "./match-nested.ts";
import { readAttributes } from "./read-attribute.ts";
import { readModuleDeclarations } from "./read-module-type.ts";
import { checkMember, readResourceType, readSeldomBuiltin } from "./read-resource.ts";
import { readSeldomType } from "./read-seldom-type.ts";
import { refersToResources } from "./refers.ts";
import { expire } from "./resource.ts";
import { addMembers, classOf, memberOf } from "./resource-class.ts";
import type { SeldomRead } from "./scope.ts";

/** Reads what few components have. A page loads it with the first component that does. */
export const READ_SELDOM: SeldomRead = {
  builtin: readSeldomBuiltin,
  moduleType: readModuleDeclarations,
  valueType: readSeldomType,
  attributes: readAttributes,
  resourceType: readResourceType,
  needed: () => undefined,
  checkMember,
  refersToResources,
  mismatch: nestedMismatch,
  run: { codec: seldomCodec, expire, takeReturned, memberOf, classOf, addMembers },
};
