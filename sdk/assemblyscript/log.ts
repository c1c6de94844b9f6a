import { addressOf, wellFormed } from "./memory";

// Lines of log, for people. A line is written whatever becomes of the message.

@external("wasi:logging/logging@0.1.0-draft", "log")
declare function loggingLog(level: i32, part: usize, partLength: usize, message: usize, messageLength: usize): void;

/** How much a line matters, least first. */
export enum Level {
  Trace,
  Debug,
  Info,
  Warn,
  Error,
  Critical,
}

/** Writes one line; `part` names the part of the capsule that speaks, and may be empty. */
export function write(level: Level, message: string, part: string = ""): void {
  const line = wellFormed(message);
  const name = wellFormed(part);
  loggingLog(level, addressOf(name), name.length, addressOf(line), line.length);
}

/** What only a person who looks for something wants to know, step by step. */
export function trace(message: string, part: string = ""): void {
  write(Level.Trace, message, part);
}

/** What only a person who looks for something wants to know. */
export function debug(message: string, part: string = ""): void {
  write(Level.Debug, message, part);
}

/** What went as it should. */
export function info(message: string, part: string = ""): void {
  write(Level.Info, message, part);
}

/** What is odd, and was coped with. */
export function warn(message: string, part: string = ""): void {
  write(Level.Warn, message, part);
}

/** What went wrong. */
export function error(message: string, part: string = ""): void {
  write(Level.Error, message, part);
}

/** What went so wrong that someone should be woken. */
export function critical(message: string, part: string = ""): void {
  write(Level.Critical, message, part);
}
