// Routing as one would explain it: every subscription is looked at, and its pattern is compared token by token.

interface Subscription {
  readonly pattern: string;
  readonly id: number;
  readonly group: string | undefined;
}

export class LinearRouter {
  readonly #subscriptions: Subscription[] = [];

  get size(): number {
    return this.#subscriptions.length;
  }

  insert(pattern: string, id: number, group?: string): void {
    this.#subscriptions.push({ pattern, id, group });
  }

  remove(pattern: string, id: number, group?: string): boolean {
    const at = this.#subscriptions.findIndex((one) => one.pattern === pattern && one.id === id && one.group === group);
    if (at >= 0) this.#subscriptions.splice(at, 1);
    return at >= 0;
  }

  match(subject: string): { subscribers: number[]; groups: number[][] } {
    const met = this.#subscriptions.filter(({ pattern }) => meets(pattern, subject));
    const groups = new Map<string, number[]>();
    for (const { id, group } of met) {
      if (group !== undefined) groups.set(group, [...(groups.get(group) ?? []), id]);
    }
    return { subscribers: met.filter(({ group }) => group === undefined).map(({ id }) => id), groups: [...groups.values()] };
  }
}

function meets(pattern: string, subject: string): boolean {
  const wanted = pattern.split(".");
  const tokens = subject.split(".");
  if (wanted.at(-1) === ">") {
    wanted.pop();
    if (tokens.length <= wanted.length) return false;
    tokens.length = wanted.length;
  }
  return wanted.length === tokens.length && wanted.every((token, at) => token === "*" || token === tokens[at]);
}

const TOKEN = /^[^\s.*>\p{Cc}\p{Cs}]+$/u;

/** Whether a text is a subject, or a pattern, by the grammar alone. */
export function isLegal(text: string, kind: "subject" | "pattern"): boolean {
  const tokens = text.split(".");
  if (Buffer.byteLength(text) > 255) return false;
  return tokens.every((token, at) => {
    if (kind === "pattern" && (token === "*" || (token === ">" && at === tokens.length - 1))) return true;
    return TOKEN.test(token);
  });
}
