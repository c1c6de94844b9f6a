import { createHost, openDotstore, replayLedger, denoPlatform } from "../../../host/deno.ts";
import { foldersFor } from "../place.ts";
import { runScript } from "./script.ts";

await runScript({ door: { createHost, replayLedger }, platform: denoPlatform, place: foldersFor(openDotstore) });
