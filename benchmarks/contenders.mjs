// Everyone there is to compare with, and how they get to the start: a process each, the same work done before timing.
import { isDeepStrictEqual } from "node:util";
import { start } from "./remote.mjs";
import { installPeers } from "./thirdparty/install.mjs";
import { expected } from "./work.mjs";

export const GLUE = { name: "glue", title: "hand-written glue", file: "contender/glue.mjs" };
export const DOTEROS = { name: "doteros", title: "doteros-wasm", file: "contender/doteros.mjs" };
export const BY_HAND = { name: "by-hand", title: "by hand", file: "contender/by-hand.mjs" };
export const HOST = { name: "host", title: "host, many at once", file: "contender/host.mjs" };
export const HOST_IN_TURN = { name: "host-in-turn", title: "host, one by one", file: "contender/host-in-turn.mjs" };
export const HOST_THREAD = { name: "host-thread", title: "host, in a thread, many at once", file: "contender/host-thread.mjs" };
export const HOST_THREAD_IN_TURN = { name: "host-thread-in-turn", title: "host, in a thread, one by one", file: "contender/host-thread-in-turn.mjs" };
export const PLUGIN = { name: "plugin", title: "Extism's plug-in in our host", file: "contender/plugin.mjs" };
export const HOST_POLICY = { name: "host-policy", title: "host, with a policy", file: "contender/host-policy.mjs" };
export const HOST_LEDGER = { name: "host-ledger", title: "host, ledger in memory", file: "contender/host-ledger.mjs" };
export const HOST_DOTSTORE = { name: "host-dotstore", title: "host, ledger on disk", file: "contender/host-dotstore.mjs" };
export const JCO = peer("jco", "jco");
export const JCO_AHEAD = peer("jco-ahead", "jco, transpiled ahead");
export const EXTISM = peer("extism", "Extism");
export const EXTISM_LMDB = peer("extism-lmdb", "Extism, one lmdb transaction each");
export const EXTISM_WORKER = peer("extism-worker", "Extism in a worker");

function peer(name, title) {
  return { name, title, file: `thirdparty/${name}.mjs`, isPeer: true };
}

/**
 * Starts contenders and has each do the work once. Those that cannot, or do something else, come back with a `problem`.
 *
 * @param {{ name: string, title: string, file: string, isPeer?: boolean }[]} wanted
 * @param {(line: string) => void} progress
 */
export async function line(wanted, progress) {
  const missing = wanted.some(({ isPeer }) => isPeer) ? await installPeers(progress) : undefined;
  const entrants = [];
  for (const contender of wanted) {
    progress(`starting ${contender.title}`);
    const remote = start(contender.file);
    const entrant = { ...contender, remote };
    entrants.push(entrant);
    try {
      const { observed, ...described } = await remote.ask("describe");
      Object.assign(entrant, described);
      if (!isDeepStrictEqual(observed, expected())) entrant.problem = `it did other work: ${JSON.stringify(observed)}`;
    } catch (error) {
      entrant.isMissing = contender.isPeer === true && missing !== undefined;
      entrant.problem = entrant.isMissing ? missing : error.message;
    }
  }
  return entrants;
}
