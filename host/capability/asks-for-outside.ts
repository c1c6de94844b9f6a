import type { Manifest } from "../contract/manifest.ts";

/** Whether it asks for anything that lies outside the host: then a replay cannot have what it had. */
export function asksForOutside({ capabilities: { files, net, env, stdio, clock } }: Manifest): boolean {
  return (files ?? net ?? env ?? stdio ?? clock) !== undefined;
}
