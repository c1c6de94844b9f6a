// Plain text tables: words to the left, numbers to the right; the first row in bold on a terminal.

/**
 * @param {string[]} head
 * @param {string[][]} rows
 * @param {boolean} isTerminal
 */
export function table(head, rows, isTerminal) {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => (row[column] ?? "").length)));
  const text = (row) =>
    row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column]))).join("  ");
  const rule = widths.map((width) => "-".repeat(width)).join("  ");
  return [isTerminal ? `\u001B[1m${text(head)}\u001B[0m` : text(head), rule, ...rows.map(text)].join("\n");
}

/**
 * A number with three significant digits, and with commas from 1,000 on.
 *
 * @param {number | undefined} value
 */
export function number(value) {
  if (value === undefined) return "";
  if (value >= 100) return Math.round(value).toLocaleString("en");
  return value.toFixed(value >= 10 ? 1 : 2);
}

/**
 * How many times: `12.3x`.
 *
 * @param {number | undefined} value
 */
export function times(value) {
  return value === undefined ? "" : `${number(value)}x`;
}

/**
 * Nanoseconds as microseconds.
 *
 * @param {number} nanoseconds
 */
export function micro(nanoseconds) {
  return number(nanoseconds / 1_000);
}

/**
 * The values that one in ten is below and one in ten above.
 *
 * @param {{ low: number, high: number }} summary
 * @param {(value: number) => string} print
 */
export function spread({ low, high }, print) {
  return `${print(low)} to ${print(high)}`;
}
