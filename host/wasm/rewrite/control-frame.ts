/** A block that is open while a function is read: a `block`, a `loop`, an arm of an `if` or a `try`, or the function itself. */
export class ControlFrame {
  /** The instruction that opened it; 0 for the function. */
  opcode = 0;
  /** Where what runs before it is charged. */
  before = 0;
  /** Where its own first instructions are charged; the same as `before` unless it is a loop. */
  head = 0;
  /** The outermost frame that something inside it goes to, by its place on the stack. */
  reaches = 0;
  /** Whether something goes to its label. */
  isTarget = false;
  /** Whether exceptions go to its label. */
  catches = false;
  /** Whether an arm that came before goes on behind it. */
  goesOn = false;
  /** Whether it stands where nothing arrives. */
  isDead = false;
  hasElse = false;
  /** How many operands lie below its parameters. */
  base = 0;
  parameters = 0;
  results = 0;
  /** The event that an `if` is entered by. */
  event = 0;
}

/** The open blocks of a function, the function itself at the bottom. Frames are used again: hostile code nests deep. */
export class ControlStack {
  readonly #frames: ControlFrame[] = [];
  /** The place of the innermost; -1 when none is open. */
  top = -1;

  /** Opens a block. */
  push(opcode: number, charged: number, isDead: boolean): ControlFrame {
    this.top += 1;
    const frame = (this.#frames[this.top] ??= new ControlFrame());
    frame.opcode = opcode;
    frame.before = frame.head = charged;
    frame.reaches = this.top;
    frame.isTarget = frame.catches = frame.goesOn = frame.hasElse = false;
    frame.isDead = isDead;
    return frame;
  }

  /** The frame at a place. */
  at(place: number): ControlFrame {
    return this.#frames[place] as ControlFrame;
  }

  /** Closes the innermost; what it reaches, the one around it reaches, too. */
  pop(): void {
    const { reaches } = this.at(this.top);
    this.top -= 1;
    if (this.top < 0) return;
    const around = this.at(this.top);
    if (reaches < around.reaches) around.reaches = reaches;
  }

  /** Notes that the innermost goes to the frame at a place. */
  reach(place: number): void {
    const frame = this.at(this.top);
    if (place < frame.reaches) frame.reaches = place;
  }
}
