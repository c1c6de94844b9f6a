import type { LogLine } from "../contract/log.ts";
import type { Message } from "../contract/message.ts";
import type { Platform } from "../contract/platform.ts";
import type { Bus } from "../contract/bus.ts";
import type { Enforcement } from "../policy/enforcement.ts";
import type { Backpressure } from "./backpressure.ts";
import type { CapsuleRecorder } from "./capsule-recorder.ts";
import type * as CapsuleSnapshot from "./capsule-snapshot.ts";
import type { Copying } from "./copying.ts";
import type { Dormitory } from "./dormitory.ts";
import type { Journal } from "./journal.ts";
import type { Post } from "./post.ts";
import type { Residences } from "./residence.ts";
import type { Scheduler } from "./scheduler.ts";

/** What all capsules of a host have around them. */
export interface Surroundings {
  readonly platform: Platform;
  readonly bus: Bus;
  readonly post: Post;
  /** Has what happens kept; undefined when nothing is. */
  readonly journal: Journal | undefined;
  /** Writes down what becomes of one capsule, where there is a journal. */
  readonly recorder: typeof CapsuleRecorder | undefined;
  readonly residences: Residences;
  readonly scheduler: Scheduler;
  readonly backpressure: Backpressure;
  /** The dead letters on the bus: one that fails again does not become another. */
  readonly deadLetters: WeakSet<Message>;
  /** The policy that decides what capsules may do; undefined where there is never one. */
  readonly enforcement: Enforcement | undefined;
  /** Puts capsules to sleep; undefined where they stay awake. */
  readonly dormitory: Dormitory | undefined;
  readonly copying: Copying;
  /** Loads what copies whole capsules. */
  readonly snapshots: () => Promise<typeof CapsuleSnapshot>;
  readonly log: ((line: LogLine) => void) | undefined;
  /** Keeps an error of the host's own, or of its user's functions, until someone asks. */
  readonly report: (error: unknown) => void;
}
