import { describe, expect, it } from "vitest";
import { nearest } from "../../host/contract/nearest.ts";

describe("the nearest name", () => {
  it.each([
    ["inptu", ["input", "inspect"], "input"],
    ["rnu", ["run", "inspect"], "run"],
    ["RUN", ["run"], "run"],
    ["isnpect", ["run", "inspect"], "inspect"],
    ["xyz", ["run", "inspect"], undefined],
    ["r", ["run"], undefined],
    ["", ["run"], undefined],
    ["grants", ["grant", "grants"], "grants"],
  ])("to %j among %j is %j", (word, names, near) => {
    expect(nearest(word, names)).toBe(near);
  });
});
