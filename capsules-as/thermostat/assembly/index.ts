// A thermostat for each room: heats below the band around the target, stops above it, and lets the burner rest in between.

import { Json, Message, context, fail, invalid, log, messaging, state } from "doteros-wasm/sdk/assemblyscript";
import { Mode, Room, roomOf, textOfRoom } from "./room";

const NANOSECONDS: u64 = 1_000_000_000;
const PREFIX = "temperature.";

export function handle(message: Message): void {
  const name = message.subject.substring(PREFIX.length);
  const json = Json.read(message.payload);
  const celsius = json === null ? NaN : json.getNumber("celsius");
  if (isNaN(celsius)) return invalid("the temperature of " + name + " is not a number");
  const target = setting("target-celsius");
  const band = setting("band-celsius");
  const rest = <u64>setting("rest-seconds") * NANOSECONDS;
  const room = roomOf(state.getText(name));
  if (room === null) return fail("the state of " + name + " was not written by this capsule");

  const now = context.time();
  const next = nextMode(room, celsius, target, band, now, rest);
  if (next == room.mode) return;
  state.putText(name, textOfRoom(new Room(next, now)));
  if (next == Mode.Heating) announce(name, "on", celsius);
  else if (room.mode == Mode.Heating) announce(name, "off", celsius);
}

/** The whole machine: idle → heating → resting → idle. */
function nextMode(room: Room, celsius: f64, target: f64, band: f64, now: u64, rest: u64): Mode {
  const isCold = celsius < target - band;
  switch (room.mode) {
    case Mode.Heating:
      return celsius > target + band ? Mode.Resting : Mode.Heating;
    case Mode.Resting:
      if (now - room.since < rest) return Mode.Resting;
      return isCold ? Mode.Heating : Mode.Idle;
    default:
      return isCold ? Mode.Heating : Mode.Idle;
  }
}

function announce(room: string, what: string, celsius: f64): void {
  messaging.publish(Message.ofText("heating." + room, what));
  log.info(room + " is at " + celsius.toString() + " °C: heating " + what);
}

/** The number of a setting; a fault when there is none. */
function setting(name: string): f64 {
  const text = context.config(name);
  const value = text === null ? NaN : parseFloat(text);
  if (isNaN(value)) fail("the setting " + name + " is not a number");
  return value;
}
