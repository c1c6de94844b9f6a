import type { Extern } from "../../component/type.ts";
import type { Offered } from "../interface.ts";
import { resourceNames, typeText } from "../linkage.ts";

/** What a component exports under a name, as something to be imported, and needing nothing. */
export function offerOf(exports: readonly Extern[], name: string): Offered {
  const names = resourceNames(exports);
  const found = exports.find((one) => one.name === name)?.type;
  const parts = found?.kind === "instance" ? found.exports : [];
  return Object.fromEntries(
    parts.flatMap((part) => {
      const type = part.type.kind === "type" && part.type.type.kind === "resource" ? "resource" : typeText(part.type, names);
      return [[part.name, { capability: undefined, type }]];
    }),
  );
}
