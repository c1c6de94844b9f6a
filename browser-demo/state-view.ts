import { find, make } from "./element.ts";
import type { Session } from "./session.ts";
import { shown } from "./text.ts";

/** Shows the state of a capsule, as it is and as it was. */
export function showState(session: Session): void {
  const view = new StateView(session);
  session.onChange(() => view.changed());
}

class StateView {
  readonly #session: Session;
  readonly #capsule = find("state-capsule", HTMLSelectElement);
  readonly #slider = find("version", HTMLInputElement);
  readonly #output = find("version-text", HTMLOutputElement);
  readonly #rows = find("state-rows", HTMLTableSectionElement);
  #drawn = "";
  #turn = 0;

  constructor(session: Session) {
    this.#session = session;
    this.#capsule.addEventListener("change", () => this.#follow());
    this.#slider.addEventListener("input", () => void this.#draw());
  }

  /** Something happened to the capsules. */
  changed(): void {
    const names = this.#session.capsules.map(({ name }) => name);
    if (names.join() !== Array.from(this.#capsule.options, ({ value }) => value).join()) {
      const before = this.#capsule.value;
      this.#capsule.replaceChildren(...names.map((name) => make("option", { value: name }, name)));
      this.#capsule.value = names.includes(before) ? before : (names[0] ?? "");
    }
    // Who looks at the past stays there; who looks at the present stays in the present.
    if (this.#slider.value === this.#slider.max) this.#follow();
    else {
      this.#slider.max = String(this.#latest());
      void this.#draw();
    }
  }

  #follow(): void {
    this.#slider.max = String(this.#latest());
    this.#slider.value = this.#slider.max;
    void this.#draw();
  }

  #latest(): number {
    return this.#session.capsules.find(({ name }) => name === this.#capsule.value)?.state.version ?? 0;
  }

  async #draw(): Promise<void> {
    const [name, version, latest] = [this.#capsule.value, Number(this.#slider.value), this.#latest()];
    this.#output.textContent = `${version} of ${latest}`;
    if (this.#drawn === `${name} ${version}`) return;
    this.#turn += 1;
    const turn = this.#turn;
    const entries = name === "" ? [] : await this.#session.host.state(name, version);
    // Dragging asks faster than the worker answers: only the last answer counts.
    if (turn !== this.#turn) return;
    this.#drawn = `${name} ${version}`;
    const written = this.#written(name, version);
    const rows = entries.map(([key, value]) => rowOf(key, value, written.has(key)));
    const text = name === "" ? "No capsule is loaded." : version === 0 ? "Version 0: before its first step." : "It has nothing in its state.";
    this.#rows.replaceChildren(...(rows.length > 0 ? rows : [make("tr", {}, make("td", { class: "empty", colspan: "2" }, text))]));
  }

  /** The keys that the step wrote that led to a version. */
  #written(name: string, version: number): ReadonlySet<string> {
    const found = this.#session.entries.findLast(({ entry }) => entry.kind === "transition" && entry.capsule === name && entry.version === version && entry.writes.size > 0);
    return new Set(found?.entry.kind === "transition" ? found.entry.writes.keys() : []);
  }
}

function rowOf(key: string, value: Uint8Array, isChanged: boolean): HTMLTableRowElement {
  const { text, note } = shown(value);
  const cell = make("td", {}, text, ...(note === "" ? [] : [make("span", { class: "note" }, note)]), ...(isChanged ? [make("span", { class: "note" }, "· just written")] : []));
  return make("tr", isChanged ? { class: "changed" } : {}, make("td", {}, key), cell);
}
