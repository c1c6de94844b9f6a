import { config } from "../../binding/context";
import { Fault, failed } from "../../binding/fault";
import { addressOf, bytesOf } from "../../binding/text";
import { scanNumber } from "./scan";

/** What the operator may set; capsule.yaml has the same values. */
export class Settings {
  /** `heat-celsius`: a day this hot belongs to a heat run. */
  heatCelsius: f64 = 30;
  /** `wind-metres-per-second`: more wind than this is worth an alert. */
  windLimit: f64 = 10;
}

/** Reads the settings for this message. Nothing is kept from the last one, so a replay needs no more than its entry. */
export function readSettings(settings: Settings): Fault | null {
  const heat = numberSetting("heat-celsius", settings.heatCelsius);
  if (isNaN(heat)) return failed("the setting heat-celsius is not a number");
  const wind = numberSetting("wind-metres-per-second", settings.windLimit);
  if (isNaN(wind)) return failed("the setting wind-metres-per-second is not a number");
  settings.heatCelsius = heat;
  settings.windLimit = wind;
  return null;
}

/** The number of a setting, or `byDefault` when there is none, or NaN when it is no number. */
function numberSetting(key: string, byDefault: f64): f64 {
  const text = config(key);
  if (text === null) return byDefault;
  const bytes = bytesOf(text);
  const end = addressOf(bytes) + bytes.byteLength;
  return scanNumber(addressOf(bytes), end) == end ? parseFloat(text) : NaN;
}
