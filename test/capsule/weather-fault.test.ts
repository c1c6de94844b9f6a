import { beforeEach, describe, expect, it } from "vitest";
import { openCapsule, type Desk } from "./desk.ts";

const READING = {
  location: "Seattle",
  date: "2012-01-05",
  precipitation: 1.3,
  temp_max: 8.9,
  temp_min: 2.8,
  wind: 6.1,
  weather: "rain",
};

const without = (field: string): string =>
  JSON.stringify(Object.fromEntries(Object.entries(READING).filter(([name]) => name !== field)));
const changed = (change: Record<string, unknown>): string => JSON.stringify({ ...READING, ...change });

describe("weather refuses what is no reading", () => {
  let capsule: Desk;
  beforeEach(async () => {
    capsule = await openCapsule("weather");
  });

  /** Sends a payload that must be refused without a trace, and returns the reason. */
  function reasonFor(payload: string | Uint8Array): string {
    const before = new Map(capsule.state);
    const fault = capsule.send("readings.seattle", payload);
    expect(fault?.tag).toBe("invalid");
    expect(capsule.state).toEqual(before);
    expect(capsule.sent).toEqual([]);
    return fault?.val ?? "";
  }

  it("says at which byte the payload stops being a JSON object", () => {
    const at = (byte: number): string => `the payload is not a JSON object: it goes wrong at byte ${byte}`;
    expect(reasonFor("")).toBe(at(0));
    expect(reasonFor("hello")).toBe(at(0));
    expect(reasonFor("[1]")).toBe(at(0));
    expect(reasonFor('{"a":1')).toBe(at(6));
    expect(reasonFor('{"a":1}}')).toBe(at(7));
    expect(reasonFor('{"a":01}')).toBe(at(6));
    expect(reasonFor(new Uint8Array([0x7b, 0x22, 0xc0, 0x80, 0x22, 0x3a, 0x31, 0x7d]))).toBe(at(2));
  });

  it("names a field that is missing", () => {
    for (const field of ["location", "date", "precipitation", "temp_max", "temp_min", "wind"]) {
      expect(reasonFor(without(field))).toBe(`the field ${field} is missing`);
    }
    expect(reasonFor("{}")).toBe("the field location is missing");
  });

  it("names a field of the wrong kind", () => {
    expect(reasonFor(changed({ location: 5 }))).toBe("the field location is not a text");
    expect(reasonFor(changed({ temp_max: "8.9" }))).toBe("the field temp_max is not a number");
    expect(reasonFor(changed({ wind: null }))).toBe("the field wind is not a number");
    expect(reasonFor(changed({ wind: { deep: [1] } }))).toBe("the field wind is not a number");
    expect(reasonFor(JSON.stringify(READING).replace("6.1", "1e400"))).toBe("the field wind is too large a number");
  });

  it("names a field whose value cannot be", () => {
    expect(reasonFor(changed({ location: "" }))).toBe("the field location is empty");
    expect(reasonFor(changed({ precipitation: -1 }))).toBe("the field precipitation is negative");
    expect(reasonFor(changed({ temp_min: 9 }))).toBe("the field temp_max is below temp_min");
    expect(reasonFor(changed({ wind: -0.1 }))).toBe("the field wind is negative");
    expect(reasonFor(changed({ location: " .*> " }))).toContain("no letter or digit");
    const dates = ["2012/01/05", "2012-1-5", "2012-02-30", "2013-02-29", "1900-02-29", "2012-13-01", "2012-00-10", ""];
    for (const date of dates) {
      expect(reasonFor(changed({ date }))).toBe("the field date is not a date such as 2012-01-31");
    }
  });

  it("refuses a day twice, and a day that comes too late", () => {
    expect(capsule.send("readings.seattle", JSON.stringify(READING))).toBeUndefined();
    expect(reasonFor(JSON.stringify(READING))).toBe("Seattle already has a reading for 2012-01-05");
    expect(reasonFor(changed({ date: "2012-01-04" }))).toBe(
      "Seattle is at 2012-01-05; the reading for 2012-01-04 comes too late",
    );
    expect(capsule.send("readings.seattle", changed({ date: "2012-01-04", location: "Tacoma" }))).toBeUndefined();
    expect(capsule.send("readings.seattle", changed({ date: "2012-01-06" }))).toBeUndefined();
  });
});

describe("weather passes on what its host refuses", () => {
  it("answers with the fault of a publish that was denied", async () => {
    const capsule = await openCapsule("weather", { refuse: (subject) => subject === "alerts.seattle" });
    const fault = capsule.send("readings.seattle", changed({ wind: 99 }));
    expect(fault).toEqual({ tag: "denied", val: "not to alerts.seattle" });
  });

  it("does not guess when a setting is no number", async () => {
    const capsule = await openCapsule("weather", { config: { "heat-celsius": "30 degrees" } });
    const fault = capsule.send("readings.seattle", JSON.stringify(READING));
    expect(fault).toEqual({ tag: "failed", val: "the setting heat-celsius is not a number" });
  });

  it("does not read state that another version wrote", async () => {
    const capsule = await openCapsule("weather");
    const foreign = new Uint8Array(328).fill(2);
    capsule.state.set("city/Seattle", foreign);
    expect(capsule.send("readings.seattle", JSON.stringify(READING))?.tag).toBe("failed");
    expect(capsule.state.get("city/Seattle")).toEqual(foreign);
  });
});
