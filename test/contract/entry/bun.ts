import { createHost, openDotstore, replayLedger, bunPlatform } from "../../../host/bun.ts";
import { foldersFor } from "../place.ts";
import { runScript } from "./script.ts";

await runScript({ door: { createHost, replayLedger }, platform: bunPlatform, place: foldersFor(openDotstore) });
