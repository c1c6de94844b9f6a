/** Where the answers to an import come from. */
type Source = "memory" | "transition" | "outside" | "provided" | "nowhere" | "refused";

/** Which way the calls of some functions of an import go, and why. */
export interface Explanation {
  /** The interface that is imported. */
  readonly import: string;
  /** The functions; none when all that is in it goes one way. */
  readonly functions: readonly string[];
  readonly source: Source;
  /** What grants it: a grant as it is typed, with words in capitals to be replaced; undefined when nothing has to. */
  readonly grant: string | undefined;
  /** What blocks the capsule's thread while a call waits: nothing, the thread's own call of the system, or a wait for another thread. */
  readonly waits: "never" | "in its thread" | "for the network's thread";
  /** Where it is to be had. */
  readonly runtimes: "all" | readonly string[];
  /** The same in words. */
  readonly text: string;
}
