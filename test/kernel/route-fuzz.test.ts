import { expect, it } from "vitest";
import { Router } from "../../host/kernel/route.ts";
import { isLegal, LinearRouter } from "../oracle/route.ts";

const OPERATIONS = Number(process.env["DOTEROS_FUZZ"] ?? 20_000);
const SEED = Number(process.env["DOTEROS_SEED"] ?? 20_261_121);
/** Few subscriptions at a time, so that the oracle's linear scan stays short; few tokens, so that patterns meet. */
const SUBSCRIPTIONS_MAX = 150;

const TOKENS = ["a", "b", "alerts", "eight888", "seventeen-seventeen", "x:y", "$SYS", "Zürich", "日本", "😀"];
const WILD = ["*", ">", "*", ">", "a*", "", " ", "\u2003", "\ud800"];
const GROUPS = [undefined, undefined, "g", "workers", "日本"];

/** Numbers from 0 to below `limit`, the same ones for the same seed (mulberry32). */
function generator(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit);
  };
}

const pick = <T>(pool: readonly T[], random: (limit: number) => number): T => pool[random(pool.length)] as T;

function text(random: (limit: number) => number, wildness: number): string {
  return Array.from({ length: 1 + random(4) }, () => pick(random(100) < wildness ? WILD : TOKENS, random)).join(".");
}

/** An answer without its order, which is not promised. */
function sorted(routes: { subscribers: readonly number[]; groups: readonly (readonly number[])[] }): unknown {
  const order = (ids: readonly number[]): number[] => [...ids].sort((a, b) => a - b);
  return [order(routes.subscribers), routes.groups.map((ids) => order(ids).join()).sort()];
}

/** What comes of a call: its value, or the code of its error. */
function outcome(call: () => unknown): unknown {
  try {
    return call() ?? "done";
  } catch (error) {
    return (error as { code: string }).code;
  }
}

it(`agrees with the linear scan over ${OPERATIONS} operations, seed ${SEED}`, () => {
  const random = generator(SEED);
  const router = new Router();
  const oracle = new LinearRouter();
  const differences: string[] = [];
  const present: [string, number, string | undefined][] = [];
  for (let step = 0; step < OPERATIONS && differences.length === 0; step += 1) {
    const choice = random(10);
    if (choice < 3 && present.length < SUBSCRIPTIONS_MAX) {
      const one: [string, number, string | undefined] = [text(random, 35), random(50), pick(GROUPS, random)];
      const legal = isLegal(one[0], "pattern");
      if (outcome(() => router.insert(...one)) !== (legal ? "done" : "invalid-subject")) differences.push(`step ${step}: insert ${JSON.stringify(one)}`);
      if (!legal) continue;
      oracle.insert(...one);
      present.push(one);
    } else if (choice < 6) {
      const [known] = random(4) > 0 && present.length > 0 ? present.splice(random(present.length), 1) : [];
      const one: [string, number, string | undefined] = known ?? [text(random, 20), random(50), pick(GROUPS, random)];
      const wanted = isLegal(one[0], "pattern") ? oracle.remove(...one) : "invalid-subject";
      if (outcome(() => router.remove(...one)) !== wanted) differences.push(`step ${step}: remove ${JSON.stringify(one)}`);
      if (known === undefined && wanted === true) present.splice(present.findIndex((other) => other.join() === one.join()), 1);
    } else {
      const subject = text(random, 3);
      const wanted = isLegal(subject, "subject") ? sorted(oracle.match(subject)) : "invalid-subject";
      const answer = JSON.stringify(outcome(() => sorted(router.match(subject))));
      if (answer !== JSON.stringify(wanted)) differences.push(`step ${step}: match ${JSON.stringify(subject)}: ${answer}`);
    }
  }
  expect(differences).toEqual([]);
  expect(present.length).toBe(oracle.size);
}, 600_000);
