// What an engine makes of random runs of a host: one line, a digest and what there was. Every engine must print the same. Run by
// engines.mjs, bundled, with the folder of the capsules, the first seed and how many.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { digestOfRuns, type Participant } from "./host-run.ts";

const [folder = "", first = "1", count = "100"] = process.argv.slice(2);
const manifests = JSON.parse(readFileSync(join(folder, "manifests.json"), "utf8")) as Participant["manifest"][];
const participants = manifests.map((manifest) => ({ manifest, bytes: new Uint8Array(readFileSync(join(folder, `${manifest.name}.wasm`))) }));
const { digest, counts } = await digestOfRuns(Number(first), Number(count), participants);
const told = Object.entries(counts).toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([kind, times]) => `${kind} ${times}`);
process.stdout.write(`${digest} ${told.join(", ")}\n`);
