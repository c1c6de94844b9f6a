import type { Screen } from "./screen.ts";

/** How often the status line is drawn anew, in milliseconds. */
const REDRAW_MILLISECONDS = 100;

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

  /** Whether the line should be drawn again. */
  isDue(): boolean {
    return this.#enabled && performance.now() - this.#drawn >= REDRAW_MILLISECONDS;
  }

  /** Draws the line. */
  show(rows: number, published: number, failed: number): void {
    const perSecond = Math.round(rows / ((performance.now() - this.#started) / 1_000));
    const parts = [`${number(rows)} rows`, `${number(perSecond)} rows/s`, `${number(published)} published`];
    if (failed > 0) parts.push(`${number(failed)} failed`);
    this.draw(parts.join("  "));
  }

  /** Draws a line of somebody's own. */
  draw(line: string): void {
    this.#drawn = performance.now();
    this.#screen.showStatus(line.slice(0, this.#screen.width - 1));
  }
}

function number(value: number): string {
  return value.toLocaleString("en");
}
