/**
 * The name among `names` whose interface can stand for `wanted`: the same interface in a compatible version, as wasmtime
 * and jco match them. Stable versions are compatible within a major version, or within a minor one below 1.0.0;
 * pre-releases only match exactly. A name without any version stands for all of them.
 */
export function findVersion(wanted: string, names: readonly string[]): string | undefined {
  const at = wanted.indexOf("@");
  if (at < 0) return undefined;
  const base = wanted.slice(0, at);
  const track = trackOf(wanted.slice(at + 1));
  let best: string | undefined;
  for (const name of names) {
    if (!name.startsWith(`${base}@`) || track === undefined) continue;
    const version = name.slice(at + 1);
    if (trackOf(version) === track && (best === undefined || newer(version, best.slice(at + 1)))) best = name;
  }
  return best ?? (names.includes(base) ? base : undefined);
}

/** What compatible versions have in common; undefined for pre-releases. */
function trackOf(version: string): string | undefined {
  const match = /^(\d+)\.(\d+)\.(\d+)(?:\+.*)?$/.exec(version);
  if (match === null) return undefined;
  const [, major, minor, patch] = match;
  if (major !== "0") return major;
  return minor === "0" ? `0.0.${patch}` : `0.${minor}`;
}

function newer(a: string, b: string): boolean {
  const left = a.split(/[.+]/).map(Number);
  const right = b.split(/[.+]/).map(Number);
  for (let index = 0; index < 3; index++) {
    if (left[index] !== right[index]) return (left[index] as number) > (right[index] as number);
  }
  return false;
}
