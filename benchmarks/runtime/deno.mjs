import { createHost, openDotstore } from "../../dist/deno.js";
import { runScript } from "./script.mjs";

await runScript({ createHost, openDotstore });
