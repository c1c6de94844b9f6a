// Functions of a given number of parameters without rest arguments or code generation: JavaScript has no other way to
// make them than to write them down. What they take goes to and comes from an array, which is allocated once.

/** Any function, as far as the number of its parameters is concerned. */
export type AnyFunction = (...args: never[]) => unknown;
type Values = unknown[];

const NOTHING = Array.from({ length: 17 }, () => undefined);

/** An array for `count` values, or for all that {@link gather} puts there. One that grows as it is filled takes far more room. */
export function roomFor(count: number): Values {
  return NOTHING.slice(0, count <= 5 ? count : count <= 8 ? 8 : count <= 12 ? 12 : 17);
}

/** A function of `count` parameters that puts them into `into` and then answers what `run` answers. */
export function gather(count: number, into: Values, run: () => unknown): AnyFunction {
  switch (count) {
    case 0:
      return run;
    case 1:
      return (a: unknown) => {
        into[0] = a;
        return run();
      };
    case 2:
      return (a: unknown, b: unknown) => {
        into[0] = a;
        into[1] = b;
        return run();
      };
    case 3:
      return (a: unknown, b: unknown, c: unknown) => {
        into[0] = a;
        into[1] = b;
        into[2] = c;
        return run();
      };
    case 4:
      return (a: unknown, b: unknown, c: unknown, d: unknown) => {
        into[0] = a;
        into[1] = b;
        into[2] = c;
        into[3] = d;
        return run();
      };
    case 5:
      return (a: unknown, b: unknown, c: unknown, d: unknown, e: unknown) => {
        into[0] = a;
        into[1] = b;
        into[2] = c;
        into[3] = d;
        into[4] = e;
        return run();
      };
    default:
      return gatherMany(count, into, run);
  }
}

/** More parameters: one function takes 17, the most that the canonical ABI passes, and leaves out what is not there. */
function gatherMany(count: number, into: Values, run: () => unknown): AnyFunction {
  const put = (offset: number, a: unknown, b: unknown, c: unknown, d: unknown): void => {
    into[offset] = a;
    into[offset + 1] = b;
    into[offset + 2] = c;
    into[offset + 3] = d;
  };
  type U = unknown;
  const many = (a: U, b: U, c: U, d: U, e: U, f: U, g: U, h: U, i: U, j: U, k: U, l: U, m: U, n: U, o: U, p: U, q: U): U => {
    put(0, a, b, c, d);
    put(4, e, f, g, h);
    if (count > 8) put(8, i, j, k, l);
    if (count > 12) {
      put(12, m, n, o, p);
      into[16] = q;
    }
    return run();
  };
  if (count <= 17) return many;
  return (...args: unknown[]) => {
    for (let at = 0; at < args.length; at++) into[at] = args[at];
    return run();
  };
}

/** Calls `target` with the first `count` values of `from`. */
export function spread(count: number, from: Values, target: AnyFunction): () => unknown {
  const f = target as (...args: unknown[]) => unknown;
  const v = from;
  switch (count) {
    case 0:
      return () => f();
    case 1:
      return () => f(v[0]);
    case 2:
      return () => f(v[0], v[1]);
    case 3:
      return () => f(v[0], v[1], v[2]);
    case 4:
      return () => f(v[0], v[1], v[2], v[3]);
    case 5:
      return () => f(v[0], v[1], v[2], v[3], v[4]);
    case 6:
      return () => f(v[0], v[1], v[2], v[3], v[4], v[5]);
    case 7:
      return () => f(v[0], v[1], v[2], v[3], v[4], v[5], v[6]);
    case 8:
      return () => f(v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7]);
    case 15:
      return () => f(v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7], v[8], v[9], v[10], v[11], v[12], v[13], v[14]);
    case 16:
      return () => f(v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7], v[8], v[9], v[10], v[11], v[12], v[13], v[14], v[15]);
    default:
      return () => f(...v.slice(0, count));
  }
}
