import type { Router, Routes } from "../kernel/route.ts";
import { covers } from "./subject.ts";

/** What finds whose patterns a subject meets. */
export type Routing = Pick<Router, "insert" | "remove" | "match">;

/** One subscription, or one of several that are the same. */
interface Listed {
  readonly pattern: string;
  readonly id: number;
  readonly group: string | undefined;
}

/** Subscriptions that are gone through one by one. What the routing kernel answers, without the kernel: for where there are few. */
export class PatternList implements Routing {
  readonly all: Listed[] = [];

  insert(pattern: string, id: number, group?: string): void {
    this.all.push({ pattern, id, group });
  }

  remove(pattern: string, id: number, group?: string): boolean {
    const at = this.all.findIndex((one) => one.id === id && one.pattern === pattern && one.group === group);
    return at >= 0 && this.all.splice(at, 1).length > 0;
  }

  match(subject: string): Routes {
    const subscribers: number[] = [];
    const groups = new Map<string, number[]>();
    for (const { pattern, id, group } of this.all) {
      if (!covers(pattern, subject)) continue;
      if (group === undefined) subscribers.push(id);
      else if (groups.get(group)?.push(id) === undefined) groups.set(group, [id]);
    }
    return { subscribers, groups: [...groups.values()] };
  }
}
