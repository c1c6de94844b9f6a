/** Makes `Date` take the present from `now`, in milliseconds since 1970-01-01T00:00:00Z. Given times stay as they are. */
export function onlyFixedDates(now: () => number): void {
  const Original = Date;
  const Fixed = new Proxy(Original, {
    apply: () => new Original(now()).toString(),
    construct: (_target, words, newTarget) => Reflect.construct(Original, words.length === 0 ? [now()] : words, newTarget) as Date,
  });
  Original.now = now;
  Original.prototype.constructor = Fixed;
  globalThis.Date = Fixed;
  // What else tells the time.
  delete (globalThis as { performance?: unknown }).performance;
}
