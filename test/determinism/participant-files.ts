// Writes the capsules that take part into a folder, for engines that have no tools to make them.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { allParticipants } from "./participants.ts";

const [folder = ""] = process.argv.slice(2);
const participants = await allParticipants();
for (const { bytes, manifest } of participants) writeFileSync(join(folder, `${manifest.name}.wasm`), bytes);
writeFileSync(join(folder, "manifests.json"), JSON.stringify(participants.map(({ manifest }) => manifest)));
