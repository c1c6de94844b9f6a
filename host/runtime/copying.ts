import type * as InstanceCopy from "./instance-copy.ts";

/** Loads what copies instances. Few pages have capsules that are copied, and some hosts have none. */
export type Copying = () => Promise<typeof InstanceCopy>;

/** That of hosts that copy. */
export const copying: Copying = () => import("./instance-copy.ts");
