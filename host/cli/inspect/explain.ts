import type { Dialect } from "../../capability/dialect/dialect.ts";
import { usedInterface } from "../../capability/interface.ts";
import { withoutVersion } from "../../capability/interface-name.ts";
import { needsHost, offeredBy, sameInterface } from "../../capability/linkage.ts";
import type { Extern } from "../../component/type.ts";
import type { Explanation } from "./explanation.ts";
import { OUTSIDE_WAYS, type OutsideWay } from "./outside-ways.ts";

/** What lies outside is there where there are files, sockets and threads to be blocked. */
const WITH_OUTSIDE = ["Node", "Deno", "Bun"];

/** Says of everything that a component imports which way it goes. */
export function explain(imports: readonly Extern[], dialects: readonly Dialect[]): Explanation[] {
  const offers = offeredBy(dialects);
  return imports.flatMap(({ name, type }) => {
    if (!needsHost(type)) return [nowhere(name, "types of values and nothing else: there is nothing to call")];
    const offer = offers.get(sameInterface(name, [...offers.keys()]) ?? "");
    if (offer === undefined || type.kind !== "instance") return [refused(name)];
    const outside = OUTSIDE_WAYS.get(withoutVersion(name));
    if (outside !== undefined) return [through(outside, name, [])];
    const ways = new Map<OutsideWay, string[]>();
    const needs = new Map<string | undefined, string[]>();
    for (const { name: part } of type.exports) {
      const found = Object.hasOwn(offer, part) ? offer[part] : undefined;
      if (found === undefined) continue;
      const itsOwn = OUTSIDE_WAYS.get(`${name}#${part}`);
      if (itsOwn !== undefined) {
        ways.set(itsOwn, [...(ways.get(itsOwn) ?? []), part]);
        continue;
      }
      const known = needs.get(found.capability);
      if (known === undefined) needs.set(found.capability, [part]);
      else known.push(part);
    }
    const others = [...(needs.size + ways.size === 0 ? new Map([[undefined, []]]) : needs)];
    return [...others.map(([need, functions]) => inside(name, others.length + ways.size > 1 ? functions : [], need)), ...Array.from(ways, ([way, functions]) => through(way, name, functions))];
  });
}

function refused(name: string): Explanation {
  return { import: name, functions: [], source: "refused", grant: undefined, waits: "never", runtimes: [], text: "not offered by this host: refused at load, unless a program provides it or another component is linked for it" };
}

function nowhere(name: string, text: string): Explanation {
  return { import: name, functions: [], source: "nowhere", grant: undefined, waits: "never", runtimes: "all", text };
}

/** What this project's own capabilities answer. */
function inside(name: string, functions: readonly string[], need: string | undefined): Explanation {
  const common = { import: name, functions, waits: "never", runtimes: "all" } as const;
  if (need === undefined) return nowhere(name, "what it is made of leads nowhere by itself; needs no grant");
  const used = usedInterface(need as Parameters<typeof usedInterface>[0]);
  if (used !== undefined) return { ...common, source: "provided", grant: `use=${used}`, text: `by what the host's program provides, whose answers are in the ledger; grant use=${used}` };
  const grant = need === "publish" || need === "request" ? `${need}=PATTERN` : need;
  if (need === "context") return { ...common, source: "transition", grant, text: `from what the host fixed for the transition, so that a replay has it again; grant ${grant}` };
  return { ...common, source: "memory", grant, text: `at once from memory, by the capability ${need}; grant ${grant}` };
}

/** What may lead outside. */
function through(way: OutsideWay, name: string, functions: readonly string[]): Explanation {
  return { import: name, functions, ...way, runtimes: way.grant === undefined ? "all" : WITH_OUTSIDE, text: outsideText(way) };
}

function outsideText({ grant, waits, without }: OutsideWay): string {
  if (grant === undefined) return without;
  const blocking = {
    never: "answered at once",
    "in its thread": "the capsule's thread waits for the system",
    "for the network's thread": "the capsule's thread waits on shared memory for the thread that does input and output",
  }[waits];
  return `by what lies outside, with the grant ${grant}: ${blocking}. In ${WITH_OUTSIDE.join(", ")}; who is to have it elsewhere is refused at load. Without the grant ${without}`;
}
