/** Thrown where a plugin ends itself. */
export class Exit extends Error {
  readonly code: number;

  constructor(code: number) {
    super(`it exited with ${code}`);
    this.code = code;
  }

  override get name(): string {
    return "Exit";
  }
}
