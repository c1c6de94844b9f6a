// The outside of a contender's process. Each contender has a process of its own, so that none pays for the garbage of
// another, or for the shapes that the objects of another left in the engine's caches.
import { fork } from "node:child_process";

const INSIDE = new URL("contender/process.mjs", import.meta.url);

/**
 * Starts a contender's process. Its code is loaded with the first question.
 *
 * @param {string} file the contender's module, relative to this folder
 */
export function start(file) {
  const child = fork(INSIDE, [new URL(file, import.meta.url).href], { silent: true, serialization: "advanced" });
  let words = "";
  child.stdout.resume();
  child.stderr.on("data", (text) => {
    words += text;
  });
  return {
    /** Asks one question; the next one may be asked when this one is answered. */
    ask: (question, argument) =>
      new Promise((resolve, reject) => {
        const onMessage = ({ answer, problem }) => {
          child.off("close", onClose);
          if (problem === undefined) resolve(answer);
          else reject(new Error(problem));
        };
        const onClose = () => {
          child.off("message", onMessage);
          reject(new Error(`its process ended: ${words.trim().split("\n").at(-1)}`));
        };
        child.once("message", onMessage);
        child.once("close", onClose);
        child.send({ question, argument });
      }),
    stop: () => child.connected && child.disconnect(),
  };
}
