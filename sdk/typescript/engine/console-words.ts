/** The functions of `console` that write a line, with the level it has. */
const LEVELS = { trace: "trace", debug: "debug", log: "info", info: "info", warn: "warn", error: "error" } as const;

/** Makes `console` write its lines with `write`. */
export function consoleWrites(write: (level: string, line: string) => void): void {
  const entries = Object.entries(LEVELS).map(([name, level]) => [name, (...words: unknown[]) => write(level, words.map(wordOf).join(" "))]);
  Object.assign(globalThis, { console: Object.fromEntries(entries) as unknown });
}

function wordOf(value: unknown): string {
  if (typeof value === "string") return value;
  if (value instanceof Error) return String(value);
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return String(value);
  }
}
