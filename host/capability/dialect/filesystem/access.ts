import type { OpenDirectory, Place } from "../../../contract/folder.ts";
import { CALL_FUEL, type Transition } from "../../transition.ts";
import { refuse } from "../dialect.ts";

/** What a call that asks the system costs, in units of fuel, beside the call itself. */
export const SYSTEM_FUEL = 4_000;

/** A directory as a capsule has it: what it is called there, and whether anything in it may be changed. */
export class Access {
  readonly transition: Transition;
  readonly directory: OpenDirectory;
  readonly path: string;
  readonly writable: boolean;

  constructor(transition: Transition, directory: OpenDirectory, path: string, writable: boolean) {
    this.transition = transition;
    this.directory = directory;
    this.path = path;
    this.writable = writable;
  }

  /**
   * Does something with what a path leads to, when that is allowed.
   *
   * @throws ComponentError `access` when the policy refuses, `read-only` when nothing may be changed
   */
  at<T>(path: string, follow: boolean, how: "fs.read" | "fs.write", use: (place: Place, path: string) => T): T {
    this.transition.charge(CALL_FUEL + SYSTEM_FUEL + path.length);
    if (how === "fs.write") this.mustBeWritable();
    const place = this.directory.find(path, follow);
    try {
      const whole = within(this.path, place.path);
      this.mustBeAllowed(how, whole);
      return use(place, whole);
    } finally {
      place.close();
    }
  }

  /** @throws ComponentError `read-only` */
  mustBeWritable(): void {
    if (!this.writable) refuse("read-only");
  }

  /** @throws ComponentError `access` */
  mustBeAllowed(how: "fs.read" | "fs.write", path: string): void {
    if (!this.transition.isAllowed(how, path)) refuse("access");
  }
}

function within(directory: string, path: string): string {
  if (path === "") return directory;
  return directory.endsWith("/") ? `${directory}${path}` : `${directory}/${path}`;
}
