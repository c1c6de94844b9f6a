import { Point } from "doteros-wasm/sdk/assemblyscript";

/** What a window amounts to. */
export class Summary {
  count: i32 = 0;
  mean: f64 = 0;
  least: f64 = Infinity;
  greatest: f64 = -Infinity;

  /** Takes points into account, in one pass: the mean is moved by each, which keeps large sums out of it. */
  add(points: Array<Point>): void {
    for (let index = 0; index < points.length; index++) {
      const value = points[index].value;
      this.count += 1;
      this.mean += (value - this.mean) / <f64>this.count;
      this.least = Math.min(this.least, value);
      this.greatest = Math.max(this.greatest, value);
    }
  }
}
