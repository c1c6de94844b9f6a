import { log } from "wasi:logging/logging@0.1.0-draft";
import { consoleWrites } from "./console-words.ts";

consoleWrites((level, line) => log(level, "console", line.toWellFormed()));
