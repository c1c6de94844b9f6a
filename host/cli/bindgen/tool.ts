import { DoterosError } from "../../contract/error.ts";

/** How the strings of guests are encoded: AssemblyScript's are UTF-16 (host/decisions/0006). */
export const STRINGS = "utf16";

/** What of jco's library builds components. */
export interface ComponentTool {
  readonly componentEmbed: (options: { dummy?: boolean; binary?: Uint8Array; witSource: string; world: string; stringEncoding?: "utf8" | "utf16" }) => Promise<Uint8Array>;
  readonly componentNew: (core: Uint8Array) => Promise<Uint8Array>;
}

/**
 * jco, which reads WIT and wraps core modules. Who only runs capsules does not need it, so it is loaded when it is asked for.
 *
 * @throws DoterosError `unsupported` when it is not installed
 */
export async function componentTool(): Promise<ComponentTool> {
  return (await loadPeer("@bytecodealliance/jco")) as ComponentTool;
}

/** A package that this one may use but does not bring along. */
export async function loadPeer(name: "@bytecodealliance/jco" | "assemblyscript/asc" | "binaryen"): Promise<unknown> {
  try {
    return await import(name);
  } catch (cause) {
    throw new DoterosError("unsupported", `${name} is needed to build capsules, and does not load`, {
      help: `npm install --save-dev ${name === "binaryen" ? name : "@bytecodealliance/jco assemblyscript"}`,
      cause,
    });
  }
}
