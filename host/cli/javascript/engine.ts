import { DoterosError } from "../../contract/error.ts";
import { scriptPeer } from "./peer.ts";
import { firstPlace, type Places, withPlaces } from "./places.ts";
import { settleAddresses } from "./settle.ts";
import { type EngineWorld, withoutStandIn, withStandIn } from "./world.ts";

/** The part of componentize-qjs that is used here. */
interface Engine {
  readonly componentize: (options: {
    readonly witPath: string;
    readonly world: string;
    readonly jsSource: string;
    readonly stubWasi: boolean;
    readonly optSize: boolean;
    readonly sync: boolean;
  }) => Promise<{ readonly component: Uint8Array }>;
}

/** How the engine was compiled: to call fast, or to be small. */
export type EngineSize = "fast" | "small";

/** A module of JavaScript, and the places its lines come from. */
export interface Script {
  readonly code: string;
  readonly places: Places;
}

/**
 * A component of one module of JavaScript: QuickJS with the module loaded, as it is after its top level has run.
 *
 * @throws DoterosError `invalid` when the module throws while it is loaded, or does not fit its world
 */
export async function makeComponent({ code, places }: Script, { folder, world }: EngineWorld, size: EngineSize): Promise<Uint8Array> {
  const { componentize } = (await scriptPeer("componentize-qjs")) as Engine;
  const jsSource = withStandIn(withPlaces(code, places));
  let component: Uint8Array;
  try {
    ({ component } = await componentize({ witPath: folder, world, jsSource, stubWasi: true, optSize: size === "small", sync: true }));
  } catch (cause) {
    throw loadFailure(cause instanceof Error ? cause.message : String(cause), places, cause);
  }
  return settleAddresses(withoutStandIn(component));
}

function loadFailure(report: string, places: Places, cause: unknown): DoterosError {
  const place = firstPlace(report, places);
  const where = place === undefined ? {} : { where: place };
  // What the engine says when it asks for a host function, and when a module throws.
  const asked = /unknown import: `([^`]+)`/u.exec(report)?.[1]?.replace("#", ", ");
  const thrown = /Failed to [^\n]*module(?: evaluation)?: (\S[^\n]*)/u.exec(report)?.[1];
  if (asked !== undefined || thrown !== undefined) {
    const reason = asked === undefined ? (thrown as string) : `its top level calls the host: ${asked}`;
    return new DoterosError("invalid", `the capsule does not load: ${reason}`, {
      ...where,
      help: "the top level of its files runs while it is built, where there is no host: no state, no time, no randomness",
      cause,
    });
  }
  return new DoterosError("invalid", `the component cannot be made: ${report.trim()}`, { ...where, cause });
}
