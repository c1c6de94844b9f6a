import type { CapsuleView } from "doteros-wasm/browser";
import { button, find, make, onPress } from "./element.ts";
import { bytesOf, SAMPLES, type Sample } from "./samples.ts";
import { grantsOf, type Session } from "./session.ts";
import { amount, reason, size } from "./text.ts";

/** What a message may use when nobody says: that of the host. */
const FUEL_DEFAULT = 50_000_000;
const MEMORY_DEFAULT = 67_108_864;

/** Shows the capsules, loads samples, and files that are chosen or dropped. */
export function showCapsules(session: Session): void {
  const list = find("capsule-list", HTMLUListElement);
  const samples = find("samples", HTMLDivElement);
  samples.replaceChildren(...SAMPLES.map((sample) => button(`Load ${sample.name}`, () => load(session, sample))));
  session.onChange(() => {
    const loaded = new Set(session.capsules.map(({ name }) => name));
    for (const [at, { name }] of SAMPLES.entries()) (samples.children[at] as HTMLButtonElement).hidden = loaded.has(name);
    samples.hidden = SAMPLES.every(({ name }) => loaded.has(name));
    list.replaceChildren(...session.capsules.map((capsule) => cardOf(session, capsule)));
  });
  takeFiles(session);
}

/** Loads a sample with all that it asks for. */
export async function load(session: Session, { name, manifest }: Sample): Promise<void> {
  await session.load(await bytesOf(`${name}.wasm`), { manifest, grants: grantsOf(manifest) });
}

function cardOf(session: Session, capsule: CapsuleView): HTMLLIElement {
  const { name, version, digest, counters, state, manifest, memoryBytes } = capsule;
  const last = session.entries.findLast(({ entry }) => (entry.kind === "transition" || entry.kind === "failure") && entry.capsule === name)?.entry;
  const spent = last !== undefined && "fuel" in last ? last.fuel : 0;
  const limit = manifest.limits?.fuelPerMessage ?? FUEL_DEFAULT;
  const memory = manifest.limits?.memoryBytesMax ?? MEMORY_DEFAULT;
  const figures: readonly [string, number | string, boolean][] = [
    ["Steps", amount(counters.transitions), false],
    ["Failed", amount(counters.faults + counters.traps + counters.exhausted), counters.faults + counters.traps + counters.exhausted > 0],
    ["Denied by policy", amount(counters.denied), counters.denied > 0],
    ["Fuel in all", amount(counters.fuel), false],
    ["State", `${state.size} keys, ${size(state.bytes)}`, false],
  ];
  return make(
    "li",
    { class: "card", "data-capsule": name },
    make("header", {}, make("h3", {}, `${name} ${version}`), button("Unload", () => session.unload(name), "quiet")),
    make("div", { class: "digest", title: `SHA-256 ${digest}` }, `${digest.slice(0, 16)}…`),
    ...share(spent, limit, `last message: ${amount(spent)} of ${amount(limit)} units of fuel`),
    ...share(memoryBytes, memory, `memory now: ${size(memoryBytes)} of ${size(memory)}`),
    make("dl", {}, ...figures.map(([what, value, isBad]) => make("div", { class: "contents" }, make("dt", {}, what), make("dd", isBad ? { class: "is-bad" } : {}, String(value))))),
  );
}

/** How much of what is allowed, as a bar and in words. */
function share(used: number, allowed: number, words: string): readonly HTMLElement[] {
  const bar = make("div", { class: "bar", "aria-hidden": "true" }, make("span"));
  bar.style.setProperty("--share", `${(100 * used) / allowed}%`);
  return [bar, make("p", { class: "caption" }, words)];
}

function takeFiles(session: Session): void {
  const form = find("grants", HTMLFormElement);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void runOffered(session);
  });
  onPress(find("grants-cancel", HTMLButtonElement), () => {
    form.hidden = true;
  });
  const input = find("file", HTMLInputElement);
  input.addEventListener("change", () => {
    const [file] = input.files ?? [];
    input.value = "";
    if (file !== undefined) void offer(session, file);
  });
  addEventListener("dragover", (event) => {
    event.preventDefault();
    document.body.classList.add("dropping");
  });
  addEventListener("dragleave", (event) => {
    if (event.relatedTarget === null) document.body.classList.remove("dropping");
  });
  addEventListener("drop", (event) => {
    event.preventDefault();
    document.body.classList.remove("dropping");
    const [file] = event.dataTransfer?.files ?? [];
    if (file !== undefined) void offer(session, file);
  });
}

/** A file whose grants the reader decides about. */
const offered: { bytes: Uint8Array } = { bytes: new Uint8Array() };

/** Asks what a component asks for, by loading it with nothing granted. */
async function offer(session: Session, file: File): Promise<void> {
  const form = find("grants", HTMLFormElement);
  const text = find("grants-text", HTMLTextAreaElement);
  const problem = find("grants-problem", HTMLParagraphElement);
  offered.bytes = new Uint8Array(await file.arrayBuffer());
  find("grants-title", HTMLHeadingElement).textContent = file.name;
  text.value = "";
  if (await runOffered(session)) return;
  // The refusal names the flags that would grant it all.
  const asked = [...problem.textContent.matchAll(/--grant '?([^\s']+)'?/g)].map(([, grant = ""]) => grant.replace(/[.,;]$/, ""));
  if (asked.length > 0) problem.textContent = "";
  text.value = [...new Set(asked)].join("\n");
  form.hidden = false;
  text.focus();
}

/** Runs the file that was offered with what it is granted now; says why when it does not run. */
async function runOffered(session: Session): Promise<boolean> {
  const grants = find("grants-text", HTMLTextAreaElement).value.split("\n").map((line) => line.trim()).filter((line) => line !== "");
  const problem = find("grants-problem", HTMLParagraphElement);
  problem.textContent = "";
  try {
    await session.load(offered.bytes, { grants });
    find("grants", HTMLFormElement).hidden = true;
    return true;
  } catch (error) {
    problem.textContent = reason(error);
    return false;
  }
}
