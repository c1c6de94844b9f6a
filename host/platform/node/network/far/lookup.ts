import { lookup } from "node:dns";
import type { FarEnd, FarSide } from "./end.ts";
import { failed } from "./failure.ts";

/** Looks up the addresses of a name, as the system does it. */
export function beginLookup(side: FarSide, name: string): FarEnd {
  let isOpen = true;
  lookup(name, { all: true }, (error, found) => {
    if (!isOpen) return;
    side.tell(error === null ? { event: "addresses", addresses: found.map(({ address }) => address) } : failed(error));
    side.forget();
  });
  return {
    take: () => undefined,
    close: () => {
      isOpen = false;
    },
  };
}
