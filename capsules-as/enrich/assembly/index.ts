// Adds to each measurement what is known of its device, and sends it where its content says.

import { Cbor, CborKind, CborWriter, Message, invalid, messaging, state } from "doteros-wasm/sdk/assemblyscript";

const MEDIA_TYPE = "application/cbor";

export function handle(message: Message): void {
  const document = Cbor.read(message.payload);
  if (document === null) return invalid("the payload is not CBOR: it goes wrong at byte " + Cbor.problemAt().toString());
  if (document.kind != CborKind.Map) return invalid("the payload is not a map");
  if (message.subject == "devices.add") return addDevice(document, message.payload);
  route(document);
}

/** Remembers the whole document under the device's id: reading a field of it later costs no more than of its parts. */
function addDevice(device: Cbor, payload: Uint8Array): void {
  const id = device.getText("id");
  if (id === null || device.getText("site") === null || device.getText("unit") === null) {
    return invalid("a device needs the texts id, site and unit");
  }
  state.put("device/" + id, payload);
}

function route(measured: Cbor): void {
  const id = measured.getText("device");
  const value = measured.getNumber("value");
  if (id === null || isNaN(value)) return invalid("a measurement needs the text device and the number value");
  const known = state.get("device/" + id);
  if (known === null) return invalid("the device " + id + " is not known");
  // It was found to be well formed before it was kept.
  const device = Cbor.read(known)!;

  const site = device.getText("site")!;
  const limit = measured.getNumber("limit");
  const isAlarm = !isNaN(limit) && value > limit;
  const subject = "routed." + site + (isAlarm ? ".alarm" : ".normal");
  messaging.publish(new Message(subject, enriched(measured, device), MEDIA_TYPE));
}

/** The measurement with the fields `site` and `unit` of its device in front, instead of such fields of its own. */
function enriched(measured: Cbor, device: Cbor): Uint8Array {
  let kept = 0;
  for (let index = 0; index < measured.length; index++) if (!isAdded(measured.keyAt(index)!)) kept += 1;
  const out = new CborWriter().map(kept + 2);
  out.text("site").raw(device.get("site")!.raw()).text("unit").raw(device.get("unit")!.raw());
  for (let index = 0; index < measured.length; index++) {
    const key = measured.keyAt(index)!;
    if (!isAdded(key)) out.raw(key.raw()).raw(measured.at(index)!.raw());
  }
  return out.bytes();
}

function isAdded(key: Cbor): bool {
  const name = key.asText();
  return name == "site" || name == "unit";
}
