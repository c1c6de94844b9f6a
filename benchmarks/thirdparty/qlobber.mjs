// qlobber, set to the same signs. Its `>` stands for no token too, which no subject here makes a difference of.
import { Qlobber } from "qlobber";

/** @param {string[]} patterns */
export function makeQlobber(patterns) {
  const qlobber = new Qlobber({ separator: ".", wildcard_one: "*", wildcard_some: ">" });
  for (const [id, pattern] of patterns.entries()) qlobber.add(pattern, id);
  return { match: (subject) => qlobber.match(subject).length };
}
