import { expect, it } from "vitest";
import type { Platform } from "../../host/contract/platform.ts";
import { parseManifest } from "../../host/capability/manifest.ts";
import { createHost } from "../../host/index.ts";
import { nodePlatform } from "../../host/platform/node/index.ts";
import { builtCapsule, builtManifest } from "./built.ts";

const MINUTE = 60_000_000_000n;
const GRANTS = ["state", "publish=heating.>", "subscribe=temperature.*", "context", "log"];

/** A thermostat in a host whose clock the test sets. */
async function openThermostat(config: Record<string, string> = {}) {
  const clock = { now: 1_700_000_000_000_000_000n };
  const platform: Platform = { ...nodePlatform, now: () => clock.now };
  const lines: string[] = [];
  const host = await createHost({ platform, log: ({ message }) => lines.push(message) });
  const capsule = await host.load(builtCapsule("thermostat"), { manifest: parseManifest(builtManifest("thermostat")), grants: GRANTS, config });
  const said: string[] = [];
  host.subscribe("heating.>", ({ subject, payload }) => void said.push(`${subject} ${new TextDecoder().decode(payload)}`));
  /** Lets minutes pass, then tells a temperature. */
  const at = async (minutes: number, room: string, celsius: string): Promise<void> => {
    clock.now += BigInt(minutes) * MINUTE;
    await host.publish(`temperature.${room}`, `{"celsius":${celsius}}`);
    await host.idle();
  };
  return { host, capsule, said, lines, at };
}

it("heats below the band, stops above it, and rests before it heats again", async () => {
  const { host, said, lines, at } = await openThermostat();
  await at(0, "study", "19.6"); // within the band
  await at(1, "study", "19.4");
  await at(1, "study", "20.4"); // still heating
  await at(1, "study", "20.6");
  await at(4, "study", "15"); // cold, but the burner rests for five minutes
  await at(1, "study", "15");
  await at(0, "attic", "3e0");
  expect(said).toEqual(["heating.study on", "heating.study off", "heating.study on", "heating.attic on"]);
  expect(lines[1]).toBe("study is at 20.6 °C: heating off");
  await host.close();
});

it("takes its settings from the operator", async () => {
  const { host, said, at } = await openThermostat({ "target-celsius": "10", "rest-seconds": "0" });
  for (const celsius of ["9", "11", "9"]) await at(0, "cellar", celsius);
  expect(said).toEqual(["heating.cellar on", "heating.cellar off", "heating.cellar on"]);
  await host.close();
});

it.each([
  ["a payload that is no number", {}, '"warm"', "the temperature of hall is not a number"],
  ["a setting that is no number", { "band-celsius": "wide" }, "20", "the setting band-celsius is not a number"],
])("refuses %s, and changes nothing", async (_, config, payload, reason) => {
  const { host, capsule, at } = await openThermostat(config);
  const letters: string[] = [];
  host.subscribe("dlq.thermostat", ({ headers }) => void letters.push(...headers.map(([, value]) => value)));
  await at(0, "hall", payload);
  expect(letters).toContainEqual(expect.stringContaining(reason));
  expect(capsule.state.size).toBe(0);
  await host.close();
});
