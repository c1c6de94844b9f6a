import type { Bus, Receiver } from "../contract/bus.ts";
import { DoterosError } from "../contract/error.ts";
import { SUBJECT_BYTES_MAX, SUBJECTS_REMEMBERED_MAX } from "../contract/limits.ts";
import { PatternList, type Routing } from "./pattern-list.ts";
import { checkPattern } from "./subject.ts";

/** Up to so many subscriptions it takes no longer to go through them than to ask the routing kernel. */
const FEW = 16;

/** Receivers that take turns. */
interface QueueGroup {
  readonly members: readonly Receiver[];
  /** Counts the messages, so that the next one goes to the next member. */
  turn: number;
}

/** Who gets the messages on one subject. */
interface Match {
  readonly receivers: readonly Receiver[];
  readonly groups: readonly QueueGroup[];
}

/** The bus inside one process: over a list while there are few subscriptions, and from then on over the routing kernel. */
export class InProcessBus implements Bus {
  #routing: Routing;
  /** The list, as long as there are few. */
  #list: PatternList | undefined = new PatternList();
  /** Both know receivers by number. */
  readonly #receivers: (Receiver | undefined)[] = [];
  readonly #ids = new Map<Receiver, { readonly id: number; subscriptions: number }>();
  readonly #free: number[] = [];
  /** What was answered for the subjects of late. Emptied when it is full, and when subscriptions change. */
  readonly #matches = new Map<string, Match>();
  /** Queues by their members, so that their turns go on from one subject to the next. */
  readonly #groups = new Map<string, QueueGroup>();

  constructor() {
    this.#routing = this.#list as PatternList;
  }

  subscribe(pattern: string, receiver: Receiver, queue?: string): () => void {
    checkPattern(pattern);
    checkQueue(queue);
    const id = this.#enter(receiver);
    this.#routing.insert(pattern, id, queue);
    if (this.#list !== undefined && this.#list.all.length > FEW) void this.#speedUp(this.#list);
    this.#changed();
    let listening = true;
    return () => {
      if (!listening) return;
      listening = false;
      this.#routing.remove(pattern, id, queue);
      this.#leave(receiver);
      this.#changed();
    };
  }

  route(subject: string): readonly Receiver[] {
    const { receivers, groups } = this.#matches.get(subject) ?? this.#remember(subject);
    if (groups.length === 0) return receivers;
    const chosen = [...receivers];
    for (const group of groups) {
      const member = group.members[group.turn++ % group.members.length] as Receiver;
      if (!chosen.includes(member)) chosen.push(member);
    }
    return chosen;
  }

  /** Lets the kernel do it. Where it cannot be had the list goes on. */
  async #speedUp(list: PatternList): Promise<void> {
    this.#list = undefined;
    try {
      // Few pages have so many subscriptions.
      const { Router } = await import("../kernel/route.ts");
      const router = new Router();
      for (const { pattern, id, group } of list.all) router.insert(pattern, id, group);
      this.#routing = router;
    } catch {
      // It is slower, and answers the same.
    }
  }

  #remember(subject: string): Match {
    if (this.#matches.size >= SUBJECTS_REMEMBERED_MAX) this.#matches.clear();
    const { subscribers, groups } = this.#routing.match(subject);
    const match = { receivers: this.#named(subscribers), groups: groups.map((members) => this.#group(members)) };
    this.#matches.set(subject, match);
    return match;
  }

  /** An id stands there once for each of its patterns that match. */
  #named(ids: readonly number[]): Receiver[] {
    return [...new Set(ids)].sort((a, b) => a - b).map((id) => this.#receivers[id] as Receiver);
  }

  #group(ids: readonly number[]): QueueGroup {
    const members = this.#named(ids);
    const key = members.map((member) => this.#ids.get(member)?.id).join();
    let group = this.#groups.get(key);
    if (group === undefined) this.#groups.set(key, (group = { members, turn: 0 }));
    return group;
  }

  #enter(receiver: Receiver): number {
    const known = this.#ids.get(receiver);
    if (known !== undefined) {
      known.subscriptions += 1;
      return known.id;
    }
    const id = this.#free.pop() ?? this.#receivers.length;
    this.#receivers[id] = receiver;
    this.#ids.set(receiver, { id, subscriptions: 1 });
    return id;
  }

  #leave(receiver: Receiver): void {
    const known = this.#ids.get(receiver);
    if (known === undefined) return;
    known.subscriptions -= 1;
    if (known.subscriptions > 0) return;
    this.#ids.delete(receiver);
    this.#receivers[known.id] = undefined;
    this.#free.push(known.id);
  }

  #changed(): void {
    this.#matches.clear();
    this.#groups.clear();
  }
}

/** @throws DoterosError `invalid-subject` */
function checkQueue(name: string | undefined): void {
  if (name === "") throw new DoterosError("invalid-subject", "the name of a queue is empty", { help: "leave it out, or give it a name" });
  if (name === undefined || (name.isWellFormed() && new TextEncoder().encode(name).length <= SUBJECT_BYTES_MAX)) return;
  throw new DoterosError("invalid-subject", `the name of a queue is ${JSON.stringify(name.slice(0, SUBJECT_BYTES_MAX))}`, {
    help: `leave it out, or give it a name of 1 to ${SUBJECT_BYTES_MAX} bytes of UTF-8`,
  });
}
