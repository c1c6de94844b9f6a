/**
 * Keeps core modules that were rewritten, for programs that come later. It may forget what it was given, and it is believed:
 * whoever can write to it can run code without limits.
 */
export interface ModuleCache {
  /** What was kept under a name; undefined when nothing is. */
  get(name: string): Promise<Uint8Array | undefined>;

  /** Keeps bytes under a name of letters, digits and `-`. Equal names have equal bytes. */
  put(name: string, bytes: Uint8Array): Promise<void>;
}
