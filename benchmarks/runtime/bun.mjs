import { createHost, openDotstore } from "../../dist/bun.js";
import { runScript } from "./script.mjs";

await runScript({ createHost, openDotstore });
