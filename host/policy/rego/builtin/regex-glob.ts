// Whether two simple patterns have a text in common: characters, dots and sets, each with `+` or `*` or nothing behind it.

import { Failure } from "./table.ts";

/** Code points from the first to the last, both included. */
type Span = readonly [first: number, last: number];

interface Piece {
  readonly spans: readonly Span[];
  readonly repeats: boolean;
}

const ANY: readonly Span[] = [[0, 0x10ffff]];
const spanOf = (char: string): Span => [char.codePointAt(0) as number, char.codePointAt(0) as number];

function invalid(pattern: string, at: number, why: string): Failure {
  return new Failure(`input:${pattern}, pos:${at + 1}, ${why}: the input provided is invalid`);
}

function piecesOf(pattern: string): Piece[] {
  const chars = Array.from(pattern);
  const pieces: Piece[] = [];
  for (let at = 0; at < chars.length; ) {
    const char = chars[at] as string;
    let spans: readonly Span[];
    if (char === "[") {
      const close = closing(chars, at);
      if (close < 0) throw invalid(pattern, chars.length - 1, "found [ without matching ]");
      spans = spansOf(chars.slice(at + 1, close));
      at = close + 1;
    } else if (char === "\\") {
      const escaped = chars[at + 1];
      if (escaped === undefined) throw invalid(pattern, at, "no character to escape");
      spans = [spanOf(escaped)];
      at += 2;
    } else {
      if (char === "]") throw invalid(pattern, at - 1 + 1, "set-close ']' with no preceding '['");
      if (char === "+" || char === "*") throw invalid(pattern, at, `flag '${char}' must be preceded by a non-flag`);
      spans = char === "." ? ANY : [spanOf(char)];
      at += 1;
    }
    const flag = chars[at];
    if (flag === "+") pieces.push({ spans, repeats: false });
    pieces.push({ spans, repeats: flag === "+" || flag === "*" });
    if (flag === "+" || flag === "*") at += 1;
  }
  return pieces;
}

function closing(chars: readonly string[], open: number): number {
  for (let at = open + 1; at < chars.length; at += 1) {
    if (chars[at] === "\\") at += 1;
    else if (chars[at] === "]") return at;
  }
  return -1;
}

function spansOf(chars: readonly string[]): Span[] {
  const spans: Span[] = [];
  for (let at = 0; at < chars.length; at += 1) {
    if (chars[at] === "\\") at += 1;
    const [first] = spanOf(chars[at] ?? "\\");
    const high = chars[at + 1] === "-" ? chars[at + 2] : undefined;
    spans.push([first, high === undefined ? first : spanOf(high)[0]]);
    if (high !== undefined) at += 2;
  }
  return spans;
}

function meet(a: Piece, b: Piece): boolean {
  return a.spans.some(([low, high]) => b.spans.some(([other, otherHigh]) => low <= otherHigh && other <= high));
}

/** Whether some text matches both patterns. */
export function intersects(first: string, second: string): boolean {
  const a = piecesOf(first);
  const b = piecesOf(second);
  const seen = new Set<number>();
  const width = b.length + 1;
  const pending = [0];
  for (let state = pending.pop(); state !== undefined; state = pending.pop()) {
    if (seen.has(state)) continue;
    seen.add(state);
    const i = Math.floor(state / width);
    const j = state % width;
    const left = a[i];
    const right = b[j];
    if (left === undefined && right === undefined) return true;
    if (left?.repeats === true) pending.push((i + 1) * width + j);
    if (right?.repeats === true) pending.push(i * width + j + 1);
    if (left === undefined || right === undefined || !meet(left, right)) continue;
    pending.push((left.repeats ? i : i + 1) * width + (right.repeats ? j : j + 1));
  }
  return false;
}
