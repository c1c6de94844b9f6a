import { DoterosError } from "../../contract/error.ts";

/**
 * A package that makes components of JavaScript. Who only runs capsules does not need it, so it is loaded when it is asked for.
 *
 * @throws DoterosError `unsupported` when it is not installed
 */
export async function scriptPeer(name: "componentize-qjs" | "rolldown" | "rolldown/parseAst"): Promise<unknown> {
  try {
    return await import(name);
  } catch (cause) {
    throw new DoterosError("unsupported", `${name} is needed to build capsules from TypeScript or JavaScript, and does not load`, {
      help: "npm install --save-dev componentize-qjs rolldown typescript",
      cause,
    });
  }
}
