import type { Bus, Receiver, Sender } from "../contract/bus.ts";
import { DoterosError } from "../contract/error.ts";
import { SUBJECTS_REMEMBERED_MAX } from "../contract/limits.ts";
import type { Message } from "../contract/message.ts";
import { checkPattern } from "./subject.ts";
import { type Match, SubjectTrie } from "./subject-trie.ts";

/** The bus inside one process: everyone concerned has the message when `publish` returns. */
export class InProcessBus implements Bus {
  readonly #trie = new SubjectTrie();
  /** What the trie answered for the subjects of late. Emptied when it is full, and when subscriptions change. */
  readonly #matches = new Map<string, Match>();

  subscribe(pattern: string, receiver: Receiver, queue?: string): () => void {
    checkPattern(pattern);
    if (queue === "") throw new DoterosError("invalid-subject", "the name of a queue is empty", { help: "leave it out, or give it a name" });
    this.#trie.add(pattern, receiver, queue);
    this.#matches.clear();
    let listening = true;
    return () => {
      if (!listening) return;
      listening = false;
      this.#trie.remove(pattern, receiver, queue);
      this.#matches.clear();
    };
  }

  publish(message: Message, sender: Sender): number {
    const { receivers, groups } = this.#matches.get(message.subject) ?? this.#remember(message.subject);
    for (const receiver of receivers) give(message, receiver, sender);
    for (const group of groups) {
      const { members } = group;
      give(message, members[group.turn++ % members.length] as Receiver, sender);
    }
    return receivers.length + groups.length;
  }

  #remember(subject: string): Match {
    if (this.#matches.size >= SUBJECTS_REMEMBERED_MAX) this.#matches.clear();
    const match = this.#trie.match(subject);
    this.#matches.set(subject, match);
    return match;
  }
}

function give(message: Message, receiver: Receiver, sender: Sender): void {
  const reception = receiver.receive(message);
  if (reception === "taken") return;
  if (reception === "full") sender.full(receiver);
  else sender.rejected(receiver);
}
