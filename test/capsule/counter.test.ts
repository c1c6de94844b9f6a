import { expect, it } from "vitest";
import { openCapsule } from "./desk.ts";

const count = (bytes: Uint8Array | undefined): bigint | undefined =>
  bytes && new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);

it("counts the messages of each subject and tells the count", async () => {
  const capsule = await openCapsule("counter");
  for (const subject of ["readings.a", "readings.b", "readings.a", "readings.a"]) {
    expect(capsule.send(subject, "anything")).toBeUndefined();
  }
  expect([...capsule.state].map(([key, value]) => [key, count(value)])).toEqual([
    ["readings.a", 3n],
    ["readings.b", 1n],
  ]);
  expect(capsule.sent.map(({ subject, payload }) => [subject, count(payload)])).toEqual([
    ["counted.readings.a", 1n],
    ["counted.readings.b", 1n],
    ["counted.readings.a", 2n],
    ["counted.readings.a", 3n],
  ]);
});

it("goes on from the state it finds, beyond 32 bits", async () => {
  const capsule = await openCapsule("counter");
  capsule.state.set("readings.a", new Uint8Array([0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0]));
  capsule.send("readings.a", "");
  expect(count(capsule.state.get("readings.a"))).toBe(0x1_0000_0000n);
});

it("passes on the fault of a publish that was denied", async () => {
  const capsule = await openCapsule("counter", { refuse: () => true });
  expect(capsule.send("readings.a", "")).toEqual({ tag: "denied", val: "not to counted.readings.a" });
});
