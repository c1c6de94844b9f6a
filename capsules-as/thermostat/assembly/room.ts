/** What a room's heating does. */
export const enum Mode {
  Idle,
  Heating,
  /** Off a moment ago: the burner has to rest before it goes on again. */
  Resting,
}

const NAMES = ["idle", "heating", "resting"];

/** What is remembered of a room. */
export class Room {
  constructor(
    public readonly mode: Mode,
    /** Since when, in nanoseconds since 1970. */
    public readonly since: u64,
  ) {}
}

/** The text that a room is kept as: `heating 1700000000000000000`. */
export function textOfRoom(room: Room): string {
  return NAMES[room.mode] + " " + room.since.toString();
}

/** The room of a kept text, a new one when there is none yet; null when it is no such text. */
export function roomOf(text: string | null): Room | null {
  if (text === null) return new Room(Mode.Idle, 0);
  const parts = text.split(" ");
  const mode = NAMES.indexOf(parts[0]);
  return mode < 0 || parts.length != 2 ? null : new Room(<Mode>mode, u64.parse(parts[1]));
}
