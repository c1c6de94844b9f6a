import { log as hostLog } from "wasi:logging/logging@0.1.0-draft";
import { soundText } from "./sound.ts";

// Lines of log, for people. A line is written whatever becomes of the message.

/** How much a line matters, least first. */
export type Level = "trace" | "debug" | "info" | "warn" | "error" | "critical";

/** Writes one line; `part` names the part of the capsule that speaks, and may be empty. */
export function write(level: Level, message: string, part = ""): void {
  hostLog(level, soundText(part, "part"), soundText(message, "the line"));
}

/** What only a person who looks for something wants to know, step by step. */
export function trace(message: string, part = ""): void {
  write("trace", message, part);
}

/** What only a person who looks for something wants to know. */
export function debug(message: string, part = ""): void {
  write("debug", message, part);
}

/** What went as it should. */
export function info(message: string, part = ""): void {
  write("info", message, part);
}

/** What is odd, and was coped with. */
export function warn(message: string, part = ""): void {
  write("warn", message, part);
}

/** What went wrong. */
export function error(message: string, part = ""): void {
  write("error", message, part);
}

/** What went so wrong that someone should be woken. */
export function critical(message: string, part = ""): void {
  write("critical", message, part);
}
