import { parseManifest } from "../../host/capability/manifest.ts";
import { builtCapsule, builtManifest } from "../capsule/built.ts";
import { criminalComponent } from "../fixture/crime.ts";
import { SCRIPT_MANIFEST } from "../fixture/running.ts";
import { scriptCapsule } from "../fixture/script.ts";
import type { Participant } from "./host-run.ts";
import { NUMBERS } from "./numbers.ts";

/** The examples in AssemblyScript that take part. */
const EXAMPLES = ["counter", "aggregate", "enrich", "thermostat", "weather"];

/** The capsules that take part: one that does what it is told, one that computes, and the examples. */
export async function allParticipants(): Promise<Participant[]> {
  return [
    { bytes: await scriptCapsule({ pages: 2 }), manifest: SCRIPT_MANIFEST },
    { bytes: await criminalComponent({ wat: NUMBERS }), manifest: { ...SCRIPT_MANIFEST, name: "numbers", subscriptions: ["numbers"] } },
    ...EXAMPLES.map((name) => ({ bytes: builtCapsule(name), manifest: parseManifest(builtManifest(name)) })),
  ];
}
