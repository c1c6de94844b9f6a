import type { Screen } from "./screen.ts";

/** How often the status line is drawn anew, in milliseconds. */
const REDRAW_MILLISECONDS = 100;

/** What the status line tells. */
export interface ProgressCounts {
  readonly rows: number;
  readonly published: number;
  readonly failed: number;
}

/** The status line of a run: how far it is and how fast it goes. Draws on terminals only, ten times a second at most. */
export class Progress {
  readonly #screen: Screen;
  readonly #started = performance.now();
  readonly #enabled: boolean;
  #drawn = performance.now();

  constructor(screen: Screen, enabled: boolean) {
    this.#screen = screen;
    this.#enabled = enabled && screen.canShowStatus;
  }

  /** Draws the line if it is time to. */
  update(counts: ProgressCounts): void {
    if (!this.#enabled) return;
    const now = performance.now();
    if (now - this.#drawn < REDRAW_MILLISECONDS) return;
    this.#drawn = now;
    const { rows, published, failed } = counts;
    const perSecond = Math.round(rows / ((now - this.#started) / 1_000));
    const parts = [`${number(rows)} rows`, `${number(perSecond)} rows/s`, `${number(published)} published`];
    if (failed > 0) parts.push(`${number(failed)} failed`);
    this.#screen.showStatus(parts.join("  ").slice(0, this.#screen.width - 1));
  }

  /** Takes the line away. */
  end(): void {
    this.#screen.showStatus("");
  }
}

function number(value: number): string {
  return value.toLocaleString("en");
}
