import { consoleWrites } from "./console-words.ts";

// A capsule that does not ask for `log` says nothing.
consoleWrites(() => {});
