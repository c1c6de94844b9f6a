/** Nothing: the side of a result that brings no value. */
export type Nothing = u8;

/** The only `Nothing` there is. */
export const NOTHING: Nothing = 0;

/** A value or none, where null cannot say none. */
export class Option<T> {
  private constructor(public readonly isSome: bool, private readonly held: T) {}

  /** A value. */
  static some<T>(value: T): Option<T> {
    return new Option<T>(true, value);
  }

  /** None. */
  static none<T>(): Option<T> {
    return new Option<T>(false, unset<T>());
  }

  /** The value; ends the call when there is none. */
  get value(): T {
    if (!this.isSome) throw new Error("an option is asked for its value and has none");
    return this.held;
  }
}

/** What went well or what went wrong. */
export class Result<V, E> {
  private constructor(public readonly isError: bool, private readonly good: V, private readonly bad: E) {}

  /** What went well. */
  static ok<V, E>(value: V): Result<V, E> {
    return new Result<V, E>(false, value, unset<E>());
  }

  /** What went wrong. */
  static error<V, E>(error: E): Result<V, E> {
    return new Result<V, E>(true, unset<V>(), error);
  }

  /** What came of it; ends the call when it went wrong. */
  get value(): V {
    if (this.isError) throw new Error("a result is asked for its value and is an error");
    return this.good;
  }

  /** What went wrong; ends the call when nothing did. */
  get error(): E {
    if (!this.isError) throw new Error("a result is asked for its error and has none");
    return this.bad;
  }
}

function unset<T>(): T {
  if (isReference<T>()) return changetype<T>(0);
  else return <T>0;
}
