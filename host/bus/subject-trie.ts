import type { Receiver } from "../contract/bus.ts";

/** Receivers that take turns. */
export interface QueueGroup {
  readonly members: Receiver[];
  /** Counts the messages, so that the next one goes to the next member. */
  turn: number;
}

/** Who gets the messages on one subject. */
export interface Match {
  readonly receivers: readonly Receiver[];
  readonly groups: readonly QueueGroup[];
}

interface Node {
  readonly children: Map<string, Node>;
  readonly receivers: Receiver[];
  readonly groups: Map<string, QueueGroup>;
}

const makeNode = (): Node => ({ children: new Map(), receivers: [], groups: new Map() });

/** Patterns by their tokens: one level for each, with `*` and `>` beside the literal ones. */
export class SubjectTrie {
  readonly #root = makeNode();

  /** Adds a receiver to a valid pattern. */
  add(pattern: string, receiver: Receiver, queue: string | undefined): void {
    let node = this.#root;
    for (const token of pattern.split(".")) {
      let child = node.children.get(token);
      if (child === undefined) node.children.set(token, (child = makeNode()));
      node = child;
    }
    if (queue === undefined) {
      node.receivers.push(receiver);
      return;
    }
    const group = node.groups.get(queue);
    if (group === undefined) node.groups.set(queue, { members: [receiver], turn: 0 });
    else group.members.push(receiver);
  }

  /** Takes away what `add` added with the same arguments, and the levels that nothing is left on. */
  remove(pattern: string, receiver: Receiver, queue: string | undefined): void {
    const tokens = pattern.split(".");
    const path = [this.#root];
    for (const token of tokens) {
      const child = path.at(-1)?.children.get(token);
      if (child === undefined) return;
      path.push(child);
    }
    const node = path.at(-1) as Node;
    takeOut(queue === undefined ? node.receivers : (node.groups.get(queue)?.members ?? []), receiver);
    if (queue !== undefined && node.groups.get(queue)?.members.length === 0) node.groups.delete(queue);
    for (let at = tokens.length; at > 0 && isBare(path[at] as Node); at -= 1) path[at - 1]?.children.delete(tokens[at - 1] as string);
  }

  /** Everyone whose pattern matches `subject`, each receiver once. */
  match(subject: string): Match {
    const receivers = new Set<Receiver>();
    const groups: QueueGroup[] = [];
    const tokens = subject.split(".");
    // All the nodes that the tokens so far lead to: each token leads on through its own name and through `*`.
    let level = [this.#root];
    for (const token of tokens) {
      const next: Node[] = [];
      for (const { children } of level) {
        collect(children.get(">"), receivers, groups);
        const named = children.get(token);
        if (named !== undefined) next.push(named);
        const anyone = children.get("*");
        if (anyone !== undefined) next.push(anyone);
      }
      level = next;
    }
    for (const node of level) collect(node, receivers, groups);
    return { receivers: [...receivers], groups };
  }
}

function collect(node: Node | undefined, receivers: Set<Receiver>, groups: QueueGroup[]): void {
  if (node === undefined) return;
  for (const receiver of node.receivers) receivers.add(receiver);
  for (const group of node.groups.values()) groups.push(group);
}

function takeOut(list: Receiver[], receiver: Receiver): void {
  const at = list.indexOf(receiver);
  if (at >= 0) list.splice(at, 1);
}

const isBare = (node: Node): boolean => node.children.size === 0 && node.receivers.length === 0 && node.groups.size === 0;
