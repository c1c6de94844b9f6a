/** Why a run ends before its input does. */
export type StopReason = "interrupt" | "timeout" | "failure" | "output-closed";

/** The one place that says whether a run should end early. Whoever asks first gives the reason. */
export class Stop {
  readonly #controller = new AbortController();
  #reason: StopReason | undefined;

  get reason(): StopReason | undefined {
    return this.#reason;
  }

  /** Aborts when the run should read no more input. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  ask(reason: StopReason): void {
    this.#reason ??= reason;
    this.#controller.abort();
  }
}

/**
 * Lets Ctrl-C ask for the stop, and the time too when there is a limit. The first Ctrl-C asks; after it the signal means
 * again what it always means, so a second one ends the process at once, whatever it is doing.
 *
 * @param seconds How long the run may read its input; undefined for as long as it takes.
 * @returns What takes both back.
 */
export function stopOnSignals(stop: Stop, seconds: number | undefined): () => void {
  const interrupt = (): void => stop.ask("interrupt");
  process.once("SIGINT", interrupt);
  const timer = seconds === undefined ? undefined : setTimeout(() => stop.ask("timeout"), seconds * 1_000);
  return () => {
    process.off("SIGINT", interrupt);
    clearTimeout(timer);
  };
}
