import { createHost, openDotstore, replayLedger, nodePlatform } from "../../../host/node.ts";
import { foldersFor } from "../place.ts";
import { runScript } from "./script.ts";

await runScript({ door: { createHost, replayLedger }, platform: nodePlatform, place: foldersFor(openDotstore) });
