import { Json, JsonKind, bytesOf, context, fail } from "doteros-wasm/sdk/assemblyscript";

/** What the operator may set; capsule.yaml has the same values. */
export class Settings {
  /** `heat-celsius`: a day this hot belongs to a heat run. */
  heatCelsius: f64 = 30;
  /** `wind-metres-per-second`: more wind than this is worth an alert. */
  windLimit: f64 = 10;
}

/** The settings for this message. Nothing is kept from the last one, so a replay needs no more than its entry. */
export function readSettings(): Settings {
  const settings = new Settings();
  settings.heatCelsius = numberSetting("heat-celsius", settings.heatCelsius);
  settings.windLimit = numberSetting("wind-metres-per-second", settings.windLimit);
  return settings;
}

/** The number of a setting, or `byDefault` when there is none; a fault when it is no number. */
function numberSetting(key: string, byDefault: f64): f64 {
  const text = context.config(key);
  if (text === null) return byDefault;
  const json = Json.read(bytesOf(text));
  if (json !== null && json.kind == JsonKind.Number) return json.asNumber();
  fail("the setting " + key + " is not a number");
  return byDefault;
}
