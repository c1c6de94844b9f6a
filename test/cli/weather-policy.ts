import { dataset } from "./input/text.ts";

const GRANTS = ["state", "publish=alerts.>", "subscribe=readings.>", "log", "context"];

/** What runs `weather` over its data with all that it asks for. */
export const WEATHER_RUN: readonly string[] = [
  "run",
  ".build/capsules/weather/weather.wasm",
  "--input",
  dataset("weather.csv"),
  "--subject",
  "readings.{location}",
  ...GRANTS.flatMap((grant) => ["--grant", grant]),
];

/** A policy that denies subjects that its data calls muted. */
export const MUTING = `package doteros

default allow := false

allow if not input.resource.subject in data.muted

deny contains sprintf("%s is muted", [input.resource.subject]) if input.resource.subject in data.muted
`;
