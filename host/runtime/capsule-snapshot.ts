import type { Transition } from "../capability/transition.ts";
import { DoterosError } from "../contract/error.ts";
import { readSnapshot, writeSnapshot } from "../ledger/snapshot.ts";
import type { WorkingState } from "../store/working-state.ts";
import type { Admission } from "./admission.ts";
import { Guest } from "./guest.ts";
import { bytesOfHex, hexOf } from "./hex.ts";
import type { AwayGuest } from "./thread/away-guest.ts";

/** A capsule, as far as a snapshot is concerned. */
export interface Resting {
  readonly guest: Guest;
  readonly transition: Transition;
  readonly state: WorkingState;
  /** The manifest as JSON text. */
  readonly manifest: string;
}

/** The instances of a capsule, to copy. @throws DoterosError `unsupported` when they are in another thread, or nothing without others */
export function copiable(guest: Guest | AwayGuest, { composition, manifest, outside }: Pick<Admission, "composition" | "manifest" | "outside">): Guest {
  if (outside !== undefined) throw new DoterosError("unsupported", `${manifest.name} uses what lies outside the host, which is no part of a snapshot`, { help: "take one of a capsule that keeps what it knows in its state" });
  const [used] = composition?.uses ?? [];
  if (used !== undefined) {
    throw new DoterosError("unsupported", `${manifest.name} uses ${used.name}, which is no part of a snapshot`, { where: used.name, help: "keep its ledger instead: a replay comes to the same state" });
  }
  if (guest instanceof Guest) return guest;
  throw new DoterosError("unsupported", `${manifest.name} runs in another thread, where its memory cannot be copied yet`, { help: 'load it with isolation: "none"' });
}

/** @throws DoterosError `usage` when there is a state already */
export function checkEmpty({ identity, index }: Transition, state: WorkingState): void {
  if (state.size === 0 && index === 0) return;
  throw new DoterosError("usage", `${identity.name} has a state already, and would lose it to the snapshot`, { help: "give the capsule another name, or the host another store" });
}

/**
 * What takes a snapshot of a capsule, whenever no message is in its hands.
 *
 * @throws DoterosError `unsupported` when its instances keep what cannot be copied
 */
export async function snapshotTaker({ guest, transition, state, manifest }: Resting): Promise<() => Uint8Array> {
  const copy = await guest.copier();
  return () => {
    const { identity, config, index, latest } = transition;
    const running = guest.ready ? copy() : undefined;
    const entries = state.scan("", undefined);
    const digest = bytesOfHex(identity.digest);
    const { version, size } = state;
    return writeSnapshot({ capsule: identity.name, digest, manifest, config: [...config], index, instance: guest.instance, time: latest, version, entries, running }, size);
  };
}

/**
 * Makes a capsule that has done nothing yet what a snapshot says.
 *
 * @returns what its state holds now
 * @throws DoterosError `invalid-entry` for bytes that are no snapshot; `wrong-value` when it is one of another component, or
 *   does not come to what it says; `limit-exceeded` when the capsule may not have so much
 */
export async function restoreCapsule({ guest, transition, state }: Omit<Resting, "manifest">, bytes: Uint8Array): Promise<Map<string, Uint8Array>> {
  const snapshot = readSnapshot(bytes);
  const digest = hexOf(snapshot.digest);
  if (digest !== transition.identity.digest) {
    throw new DoterosError("wrong-value", `the snapshot is of the component ${digest}, and this is ${transition.identity.digest}`, { help: "load the component that the snapshot was taken of" });
  }
  if (snapshot.running === undefined) guest.discard();
  else await guest.restore(snapshot.running);
  guest.instance = snapshot.instance;
  transition.index = snapshot.index;
  transition.latest = snapshot.time;
  // Copies: what was read are pieces of the snapshot, which would stay as long as the last of them.
  const entries = new Map(snapshot.entries.map(([key, value]) => [key, value.slice()]));
  state.apply(entries);
  state.version = snapshot.version;
  return entries;
}
