const DIGITS = 7;

/** `name`, or with a number behind it, such that none of `taken` begins with it. Whoever chose those names may be hostile. */
export function freeName(name: string, taken: Iterable<string>): string {
  const endings = new Set<string>();
  for (const other of taken) {
    if (other.startsWith(name)) endings.add(other.slice(name.length, name.length + 1 + DIGITS));
  }
  if (endings.size === 0) return name;
  for (let number = 1; ; number++) {
    const ending = `.${String(number).padStart(DIGITS, "0")}`;
    if (!endings.has(ending)) return name + ending;
  }
}
