import { expect, it } from "vitest";
import { openCore } from "./core.ts";

const WASM_PAGE_BYTES = 65_536;

it("a counter needs no more memory after 200,000 messages than after one", () => {
  const counter = openCore("counter");
  counter.send("readings.seattle", "x".repeat(900));
  const before = counter.memoryBytes();
  for (let index = 0; index < 200_000; index += 1) counter.send("readings.seattle", "x".repeat(900));
  expect(counter.memoryBytes()).toBe(before);
  expect(before).toBe(WASM_PAGE_BYTES);
  expect(counter.state.get("readings.seattle")).toEqual(new Uint8Array([0x41, 0x0d, 3, 0, 0, 0, 0, 0])); // 200,001
});

it("weather needs no more memory after 50,000 messages than after a hundred, faults and alerts among them", () => {
  const weather = openCore("weather");
  const payload = (day: number): string => {
    const date = day % 10 === 0 ? "never" : new Date(day * 86_400_000).toISOString().slice(0, 10);
    return `{"location":"Ulm","date":"${date}","precipitation":0,"temp_max":${day % 40},"temp_min":-1,"wind":11}`;
  };
  for (let day = 0; day < 100; day += 1) weather.send("readings.ulm", payload(day));
  const before = weather.memoryBytes();
  let faults = 0;
  for (let day = 100; day < 50_100; day += 1) faults += weather.send("readings.ulm", payload(day)) ? 0 : 1;
  expect(weather.memoryBytes()).toBe(before);
  expect(faults).toBe(5000);
  expect(weather.published()).toBeGreaterThan(45_000);
});

it("memory grows to hold the largest message once", () => {
  const counter = openCore("counter");
  const megabyte = "x".repeat(1_048_576);
  counter.send("readings.seattle", megabyte);
  const grown = counter.memoryBytes();
  for (let index = 0; index < 50; index += 1) counter.send("readings.seattle", megabyte);
  expect(counter.memoryBytes()).toBe(grown);
  expect(grown).toBeLessThanOrEqual(1_048_576 + 2 * WASM_PAGE_BYTES);
});
