import { DoterosError } from "../../contract/error.ts";
import { scriptPeer } from "./peer.ts";
import { settleAddresses } from "./settle.ts";
import { type EngineWorld, withoutStandIn, withStandIn } from "./world.ts";

/** The part of componentize-qjs that is used here. */
interface Engine {
  componentize(options: {
    readonly witPath: string;
    readonly world: string;
    readonly jsSource: string;
    readonly stubWasi: boolean;
    readonly optSize: boolean;
    readonly sync: boolean;
  }): Promise<{ readonly component: Uint8Array }>;
}

/** How the engine was compiled: to call fast, or to be small. */
export type EngineSize = "fast" | "small";

/**
 * A component of one module of JavaScript: QuickJS with the module loaded, as it is after its top level has run.
 *
 * @throws DoterosError `invalid` when the module throws while it is loaded, or does not fit its world
 */
export async function makeComponent(code: string, { folder, world }: EngineWorld, size: EngineSize): Promise<Uint8Array> {
  const { componentize } = (await scriptPeer("componentize-qjs")) as Engine;
  try {
    const options = { witPath: folder, world, jsSource: withStandIn(code), stubWasi: true, optSize: size === "small", sync: true };
    const { component } = await componentize(options);
    return settleAddresses(withoutStandIn(component));
  } catch (cause) {
    if (cause instanceof DoterosError) throw cause;
    throw new DoterosError("invalid", `the capsule does not load: ${cause instanceof Error ? cause.message : String(cause)}`, {
      help: "the top level of its files runs while it is built, where it can ask the host nothing: no state, no time, no randomness",
      cause,
    });
  }
}
