import { randomUUID } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { CACHED_MODULES_MAX } from "../../contract/limits.ts";
import type { ModuleCache } from "../../contract/module-cache.ts";

/** Nobody else may put modules here. */
const OWN_ONLY = 0o700;
const ENDING = ".module";

/** Where programs of this user keep what they can make again. */
function userFolder(): string {
  return join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "doteros-wasm", "modules");
}

/**
 * A cache of rewritten modules in a folder, which is made when the first one is kept, for its owner alone. It keeps those 256
 * that were used last.
 *
 * @param folder default: `doteros-wasm/modules` where the user's caches are
 * @example
 * ```ts
 * const cache = moduleCacheIn(".build/examples/modules");
 * await cache.put("one", Uint8Array.of(1));
 * await cache.get("one"); // Buffer.from([1])
 * await cache.get("two"); // undefined
 * ```
 */
export function moduleCacheIn(folder: string = userFolder()): ModuleCache {
  return {
    async get(name) {
      const file = join(folder, `${name}${ENDING}`);
      const bytes = await readFile(file).catch(() => undefined);
      const now = new Date();
      if (bytes !== undefined) await utimes(file, now, now).catch(() => undefined);
      return bytes;
    },
    async put(name, bytes) {
      await mkdir(folder, { recursive: true, mode: OWN_ONLY });
      const whole = join(folder, `${name}${ENDING}`);
      const part = join(folder, randomUUID());
      try {
        await writeFile(part, bytes);
        await rename(part, whole);
      } finally {
        await rm(part, { force: true });
      }
      await forget(folder);
    },
  };
}

/** Removes those that were not used for longest, when there are too many. */
async function forget(folder: string): Promise<void> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(ENDING));
  if (names.length <= CACHED_MODULES_MAX) return;
  const files = await Promise.all(
    names.map(async (name) => {
      const file = join(folder, name);
      return { file, used: (await stat(file)).mtimeMs };
    }),
  );
  files.sort((one, other) => other.used - one.used);
  await Promise.all(files.slice(CACHED_MODULES_MAX).map(({ file }) => rm(file, { force: true })));
}
