// A message to oneself comes in as soon as events that wait had their turn; a timer would be held back by four milliseconds
// each time once a few were nested.
const { port1, port2 } = new MessageChannel();
let waiting: (() => void)[] = [];

port1.addEventListener("message", () => {
  const due = waiting;
  waiting = [];
  for (const callback of due) callback();
});
port1.start();

/** Calls `callback` soon, after events that wait. */
export function defer(callback: () => void): void {
  if (waiting.length === 0) port2.postMessage(undefined);
  waiting.push(callback);
}
