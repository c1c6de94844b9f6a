import type { LoadOptions } from "doteros-wasm/browser";
import type { Session } from "./session.ts";

/** A capsule that comes with the page. */
export interface Sample {
  readonly name: string;
  readonly about: string;
  readonly manifest: NonNullable<LoadOptions["manifest"]>;
}

/** Those there are. Each has a file `NAME.wasm` beside the page. */
export const SAMPLES: readonly Sample[] = [
  {
    name: "weather",
    about: "remembers each city's weather and says what stands out",
    manifest: {
      name: "weather",
      version: "0.1.0",
      capabilities: { state: true, publish: ["alerts.>"], log: true, context: true },
      subscriptions: ["readings.>"],
      retry: { attempts: 1 },
      config: { "heat-celsius": "30", "wind-metres-per-second": "10" },
    },
  },
  {
    name: "counter",
    about: "counts the messages of each subject",
    manifest: { name: "counter", version: "0.1.0", capabilities: { state: true, publish: ["counted.>"] }, subscriptions: ["votes.*"], retry: { attempts: 1 } },
  },
  {
    name: "thermostat",
    about: "heats rooms that are too cold",
    manifest: {
      name: "thermostat",
      version: "0.1.0",
      capabilities: { state: true, publish: ["heating.>"], context: true, log: true },
      subscriptions: ["temperature.*"],
      retry: { attempts: 1 },
      config: { "target-celsius": "20", "band-celsius": "0.5", "rest-seconds": "0" },
    },
  },
];

/** The bytes of a file beside the page. */
export async function bytesOf(file: string): Promise<Uint8Array> {
  const response = await fetch(file);
  if (!response.ok) throw new Error(`${file} cannot be loaded: ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

/** Something to send: a few messages that show what a capsule does. */
export interface Scene {
  readonly text: string;
  readonly capsule: string;
  play(session: Session): Promise<void>;
}

interface Reading {
  readonly location: string;
  readonly date: string;
}

/** Days of weather that are sent at a time. */
const DAYS = 60;

/** Those there are. */
export const SCENES: readonly Scene[] = [
  {
    text: `Play ${DAYS} days of weather`,
    capsule: "weather",
    async play({ host, entries }) {
      const readings = JSON.parse(new TextDecoder().decode(await bytesOf("weather.json"))) as Reading[];
      const played = entries.filter(({ entry }) => entry.kind === "transition" && entry.capsule === "weather").length;
      const rest = readings.slice(played, played + DAYS);
      for (const reading of rest) await host.publish(`readings.${reading.location.toLowerCase()}`, JSON.stringify(reading), { contentType: "application/json" });
    },
  },
  {
    text: "Count ten votes",
    capsule: "counter",
    async play({ host }) {
      const votes = ["tea", "coffee", "tea", "water", "tea", "coffee", "tea", "water", "coffee", "tea"];
      await Promise.all(votes.map((vote) => host.publish(`votes.${vote}`, "")));
    },
  },
  {
    text: "A cold evening",
    capsule: "thermostat",
    async play({ host }) {
      for (const celsius of [21, 20, 19.2, 18.7, 19.5, 20.2, 20.8, 20.1, 19.3]) await host.publish("temperature.study", JSON.stringify({ celsius }), { contentType: "application/json" });
    },
  },
];
