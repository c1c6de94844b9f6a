import type { LedgerReport, ReadEntry } from "doteros-wasm/browser";
import { find, make, onPress } from "./element.ts";
import { forge } from "./forge.ts";
import type { Session } from "./session.ts";
import { amount, hex, reason, shown } from "./text.ts";

/** Entries that are shown at first, and so many more each time. */
const SHOWN_ENTRIES = 12;
const SHORT_HASH_BYTES = 4;

/** Shows the ledger, verifies and exports it, and tampers with a copy. */
export function showLedger(session: Session): void {
  const view = new LedgerView(session);
  session.onChange(() => view.draw());
}

class LedgerView {
  readonly #session: Session;
  readonly #chain = find("chain", HTMLOListElement);
  readonly #verdict = find("verdict", HTMLDivElement);
  readonly #earlier = find("earlier", HTMLButtonElement);
  #shown = SHOWN_ENTRIES;
  /** The entry that was found to be changed. */
  #broken: number | undefined;
  #drawn = "";

  constructor(session: Session) {
    this.#session = session;
    onPress(this.#earlier, () => {
      this.#shown += SHOWN_ENTRIES;
      this.draw();
    });
    onPress(find("verify", HTMLButtonElement), () => this.#verify());
    onPress(find("tamper", HTMLButtonElement), () => this.#tamper());
    onPress(find("export", HTMLButtonElement), () => this.#export());
    const input = find("ledger-file", HTMLInputElement);
    input.addEventListener("change", () => {
      const [file] = input.files ?? [];
      input.value = "";
      if (file !== undefined) void this.#verifyFile(file);
    });
  }

  async #verify(): Promise<void> {
    const { host } = this.#session;
    await host.checkpoint();
    const began = performance.now();
    const report = await host.verifyLedger();
    this.#judge(report, `in ${(performance.now() - began).toFixed(0)} ms`);
  }

  async #tamper(): Promise<void> {
    const { host, entries } = this.#session;
    // One in the middle of what can be seen, which others stand on; best one whose message has a digit to change.
    const seen = entries.slice(-this.#shown).filter(({ entry }) => entry.kind === "transition");
    const telling = seen.filter(({ entry }) => "message" in entry && /\d/.test(shown(entry.message.payload).text));
    const choice = telling.length > 0 ? telling : seen;
    const victim = choice[choice.length >> 1];
    if (victim === undefined) {
      this.#say(false, "There is no message in the ledger yet to tamper with.");
      return;
    }
    const forgery = await forge(await host.exportLedger(), victim);
    const report = await host.verifyLedger({ file: forgery.file });
    this.#judge(report, `after changing ${forgery.what}, and mending the file's checksum of it`);
  }

  async #export(): Promise<void> {
    const { host } = this.#session;
    await host.checkpoint();
    const url = URL.createObjectURL(await host.exportLedger());
    const link = make("a", { href: url, download: "ledger.dwl" });
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(url), 60_000);
    this.#say(true, "ledger.dwl is on its way to your downloads.", make("code", {}, "npx doteros-wasm ledger verify --file ledger.dwl"));
  }

  async #verifyFile(file: File): Promise<void> {
    try {
      this.#judge(await this.#session.host.verifyLedger({ file }), `in ${file.name}`, true);
    } catch (error) {
      this.#say(false, `${file.name}: ${reason(error)}`);
    }
  }

  #judge({ fault, size, signed, root, key }: LedgerReport, how: string, isOther = false): void {
    this.#broken = isOther ? undefined : fault?.index;
    if (fault !== undefined) this.#say(false, `Entry ${fault.index ?? "?"} does not hold, ${how}.`, `The verifier says: ${fault.what}. `, ...(this.#broken === undefined ? [] : [make("a", { href: `#entry-${this.#broken}` }, "See it in the chain")]));
    else {
      const signature = key === undefined ? "Nothing is signed." : `${signed} of them are signed by ${key.text}`;
      this.#say(true, `${amount(size)} entries hold, ${how}.`, "Root ", make("code", {}, hex(root)), `. ${signature}`);
    }
    if (this.#broken !== undefined) this.#shown = Math.max(this.#shown, this.#session.entries.length - this.#broken + 1);
    this.draw();
  }

  #say(isGood: boolean, text: string, ...more: readonly (Node | string)[]): void {
    this.#verdict.className = isGood ? "verdict good" : "verdict bad";
    this.#verdict.replaceChildren(make("p", {}, text), ...(more.length > 0 ? [make("p", {}, ...more)] : []));
    this.#verdict.hidden = false;
  }

  /** Draws the entries, when they are others than before. */
  draw(): void {
    const { entries } = this.#session;
    const state = `${entries.length} ${this.#shown} ${this.#broken}`;
    if (state === this.#drawn) return;
    this.#drawn = state;
    const open = new Set(Array.from(this.#chain.querySelectorAll("details[open]"), (details) => details.parentElement?.dataset["index"]));
    const rows = entries.slice(-this.#shown).reverse().map((entry) => rowOf(entry, this.#broken, open.has(String(entry.index))));
    this.#chain.replaceChildren(...rows);
    this.#earlier.hidden = entries.length <= this.#shown;
  }
}

function rowOf({ index, hash, entry }: ReadEntry, broken: number | undefined, isOpen: boolean): HTMLLIElement {
  const what = "message" in entry ? entry.message.subject : entry.kind === "load" ? `version ${entry.version}` : "";
  const spent = "fuel" in entry ? `${amount(entry.fuel)} fuel` : "";
  const summary = make(
    "summary",
    {},
    make("span", { class: "index" }, String(index)),
    make("span", { class: "kind" }, entry.kind === "policy" ? "policy" : `${entry.capsule}${entry.kind === "transition" ? "" : ` · ${entry.kind}`}`),
    make("span", { class: "what" }, what),
    make("span", { class: "spent" }, spent),
    make("span", { class: "hash", title: hex(hash) }, hex(hash.subarray(0, SHORT_HASH_BYTES))),
  );
  const details = make("details", isOpen ? { open: "" } : {}, summary, make("dl", {}, ...factsOf({ index, hash, entry }).flatMap(([name, value]) => [make("dt", {}, name), make("dd", {}, value)])));
  const mark = index === broken ? " broken" : broken !== undefined && index === broken + 1 ? " after-break" : "";
  return make("li", { class: `${entry.kind}${mark}`, id: `entry-${index}`, "data-index": String(index) }, details);
}

function factsOf({ hash, entry }: Pick<ReadEntry, "index" | "hash" | "entry">): [string, string][] {
  const facts: [string, string][] = [["Hash", hex(hash)], ["Follows", hex(entry.previous)]];
  if ("message" in entry) facts.push(["Message", `${entry.message.subject}\n${shown(entry.message.payload).text}`]);
  if (entry.kind === "transition") {
    for (const [key, value] of entry.writes) facts.push(["Wrote", value === undefined ? `${key} removed` : `${key} = ${shown(value).text}`]);
    for (const { subject, payload } of entry.outputs) facts.push(["Said", `${subject}\n${shown(payload).text}`]);
  }
  if (entry.kind === "failure") facts.push(["Failed", `${entry.code}: ${entry.reason}`]);
  if (entry.kind === "transition" || entry.kind === "failure") for (const { operation, resource, reason: why } of entry.decisions) facts.push(["Denied", `${operation} ${resource}: ${why}`]);
  if (entry.kind === "load") facts.push(["Component", hex(entry.digest)]);
  return facts;
}
