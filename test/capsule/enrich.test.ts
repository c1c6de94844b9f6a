import { Decoder, Encoder } from "cbor-x";
import { afterEach, beforeEach, expect, it } from "vitest";
import { parseManifest } from "../../host/capability/manifest.ts";
import { createHost, type Host } from "../../host/node.ts";
import { builtCapsule, builtManifest } from "./built.ts";

const encoder = new Encoder({ useRecords: false, mapsAsObjects: true, tagUint8Array: false });
const decoder = new Decoder({ mapsAsObjects: true });
let host: Host;
const routed: [string, unknown][] = [];
const letters: string[] = [];

beforeEach(async () => {
  routed.length = letters.length = 0;
  host = await createHost();
  await host.load(builtCapsule("enrich"), {
    manifest: parseManifest(builtManifest("enrich")),
    grants: ["state", "publish=routed.>", "subscribe=devices.add", "subscribe=measured"],
  });
  host.subscribe("routed.>", ({ subject, payload }) => void routed.push([subject, decoder.decode(payload)]));
  host.subscribe("dlq.enrich", ({ headers }) => void letters.push(headers.map(([, value]) => value).join(" ")));
});

afterEach(() => host.close());

const send = async (subject: string, document: unknown): Promise<void> => {
  await host.publish(subject, document instanceof Uint8Array ? document : Uint8Array.from(encoder.encode(document)));
  await host.idle();
};

it("adds what it knows of the device, and routes by what is in the message", async () => {
  await send("devices.add", { id: "p-7", site: "ulm", unit: "bar", made: 1999 });
  const rest = { tags: ["a", { b: null }], raw: Uint8Array.of(1, 2), note: "Zürich" };
  await send("measured", { device: "p-7", value: 4.25, limit: 5, ...rest });
  await send("measured", { unit: "psi", device: "p-7", value: 6, limit: 5.5 });
  await send("measured", { device: "p-7", value: -1e300 });
  expect(routed).toEqual([
    ["routed.ulm.normal", { site: "ulm", unit: "bar", device: "p-7", value: 4.25, limit: 5, ...rest }],
    ["routed.ulm.alarm", { site: "ulm", unit: "bar", device: "p-7", value: 6, limit: 5.5 }],
    ["routed.ulm.normal", { site: "ulm", unit: "bar", device: "p-7", value: -1e300 }],
  ]);
  expect(letters).toEqual([]);
});

it.each([
  ["bytes that are no CBOR", "measured", Uint8Array.of(0xa1, 0x61), "goes wrong at byte 1"],
  ["what is no map", "measured", [1], "not a map"],
  ["a device it does not know", "measured", { device: "p-8", value: 1 }, "p-8 is not known"],
  ["a value that is no number", "measured", { device: "p-8", value: "1" }, "needs the text device and the number value"],
  ["half a device", "devices.add", { id: "p-9", site: "ulm" }, "needs the texts id, site and unit"],
])("refuses %s with its reason", async (_, subject, document, reason) => {
  await send(subject, document);
  expect([routed, letters]).toEqual([[], [expect.stringContaining(reason)]]);
});
