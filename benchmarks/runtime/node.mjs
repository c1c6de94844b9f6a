import { createHost, openDotstore } from "../../dist/node.js";
import { runScript } from "./script.mjs";

await runScript({ createHost, openDotstore });
