import { find, onPress } from "./element.ts";
import { bytesOf } from "./samples.ts";
import type { Session } from "./session.ts";
import { amount, reason } from "./text.ts";

const NAME = "spinner";
const SECOND = 1_000;
/** How long the dot takes from one side to the other, in milliseconds. */
const SWING = 1_600;

/** Lets a capsule spin, and counts the frames that the page draws meanwhile. */
export function showSpin(session: Session): void {
  const frames = new Frames();
  const text = find("spin-text", HTMLParagraphElement);
  onPress(find("spin", HTMLButtonElement), async () => {
    const fuel = Number(find("fuel", HTMLSelectElement).value);
    text.textContent = "It spins. Scroll, type, press things: the page has all its time.";
    find("stopped", HTMLElement).textContent = "…";
    try {
      await loadSpinner(session, fuel);
      const before = countOf(session);
      frames.begin();
      const began = performance.now();
      await session.host.publish("spin.now", "");
      await session.host.idle();
      const milliseconds = performance.now() - began;
      const { count, longest } = frames.end();
      await session.refresh();
      const stopped = countOf(session) > before;
      find("stopped", HTMLElement).textContent = `${(milliseconds / SECOND).toFixed(2)} s`;
      find("longest", HTMLElement).textContent = `${longest.toFixed(0)} ms`;
      text.textContent = stopped
        ? `Stopped at exactly ${amount(fuel)} units of fuel. The page drew ${count} frames meanwhile. The message went to dlq.spinner, and the ledger says why.`
        : "It was not stopped.";
    } catch (error) {
      text.textContent = reason(error);
    }
  });
}

async function loadSpinner(session: Session, fuel: number): Promise<void> {
  const loaded = session.capsules.find(({ name }) => name === NAME);
  if (loaded?.manifest.limits?.fuelPerMessage === fuel) return;
  if (loaded !== undefined) await session.unload(NAME);
  const limits = { fuelPerMessage: fuel };
  const manifest = { name: NAME, version: "0.1.0", capabilities: {}, subscriptions: ["spin.>"], retry: { attempts: 1 }, limits };
  await session.load(await bytesOf("spinner.wasm"), { manifest, grants: ["subscribe=spin.>"], limits });
}

function countOf(session: Session): number {
  return session.capsules.find(({ name }) => name === NAME)?.counters.exhausted ?? 0;
}

/** Counts the frames of the page, and moves a dot in each. */
class Frames {
  readonly #pulse = find("pulse", HTMLSpanElement);
  readonly #text = find("frames", HTMLElement);
  readonly #isStill = matchMedia("(prefers-reduced-motion: reduce)");
  #count = 0;
  #longest = 0;
  #last = performance.now();
  #since = this.#last;
  #inSecond = 0;

  constructor() {
    requestAnimationFrame((now) => this.#frame(now));
  }

  begin(): void {
    this.#count = 0;
    this.#longest = 0;
  }

  end(): { readonly count: number; readonly longest: number } {
    return { count: this.#count, longest: this.#longest };
  }

  #frame(now: number): void {
    this.#count += 1;
    this.#inSecond += 1;
    this.#longest = Math.max(this.#longest, now - this.#last);
    this.#last = now;
    if (now - this.#since >= SECOND) {
      this.#text.textContent = String(Math.round((this.#inSecond * SECOND) / (now - this.#since)));
      this.#inSecond = 0;
      this.#since = now;
    }
    if (!this.#isStill.matches) {
      const width = (this.#pulse.parentElement?.clientWidth ?? 0) - 2 * this.#pulse.offsetLeft - this.#pulse.offsetWidth;
      const share = (1 - Math.cos((now / SWING) * Math.PI)) / 2;
      this.#pulse.style.setProperty("--at", `${(share * Math.max(0, width)).toFixed(1)}px`);
    }
    requestAnimationFrame((next) => this.#frame(next));
  }
}
