import { deleteBrowserStore, DoterosError } from "doteros-wasm/browser";
import { load, showCapsules } from "./capsule-list.ts";
import { button, find, make, onPress } from "./element.ts";
import { showLedger } from "./ledger-view.ts";
import { showMessages } from "./message-list.ts";
import { forgetPolicy, keptPolicy, showPolicy } from "./policy-editor.ts";
import { SAMPLES } from "./samples.ts";
import { Session, STORE } from "./session.ts";
import { showSpin } from "./spin-view.ts";
import { showState } from "./state-view.ts";
import { amount, reason } from "./text.ts";

const facts = find("facts", HTMLParagraphElement);
const banner = find("banner", HTMLDivElement);

/** Says something that the reader has to know, and may have to decide. */
function warn(text: string, ...choices: readonly HTMLButtonElement[]): void {
  banner.replaceChildren(make("p", {}, text), ...(choices.length > 0 ? [make("div", { class: "row" }, ...choices)] : []));
  banner.hidden = false;
}

/** Opens the store of this site; where that cannot be, the reader chooses, or has it in memory. */
async function openSession(): Promise<Session> {
  try {
    return await Session.open({ name: STORE }, keptPolicy());
  } catch (error) {
    if (!(error instanceof DoterosError)) throw error;
    if (error.code === "store-in-use") return chooseOther();
    if (error.code !== "store-unavailable" && error.code !== "unsupported" && error.code !== "store-damaged" && error.code !== "store-full") throw error;
    warn(reason(error), ...(error.code === "store-damaged" ? [button("Delete it and start anew", forget)] : []));
    return Session.open({}, keptPolicy());
  }
}

function chooseOther(): Promise<Session> {
  facts.textContent = "Waiting.";
  return new Promise((resolve, reject) => {
    const choose = (text: string, store: { readonly name?: string; readonly wait?: boolean }): HTMLButtonElement =>
      button(text, async () => {
        facts.textContent = store.wait === true ? "Waiting until the other tab is closed…" : "Starting…";
        try {
          const opened = await Session.open(store, keptPolicy());
          banner.hidden = true;
          resolve(opened);
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)));
        }
      });
    warn("Another tab has this page open, and one at a time works on what is kept.", choose("Wait for it", { name: STORE, wait: true }), choose("Run in memory here", {}));
  });
}

async function forget(): Promise<void> {
  try {
    await session?.host.close();
    await deleteBrowserStore(STORE);
    forgetPolicy();
    location.reload();
  } catch (error) {
    warn(reason(error));
  }
}

let session: Session | undefined;

async function start(): Promise<void> {
  const opened = await openSession();
  session = opened;
  if (opened.entries.length === 0 && SAMPLES[0] !== undefined) await load(opened, SAMPLES[0]);
  const milliseconds = performance.now();
  document.documentElement.dataset["ready"] = milliseconds.toFixed(0);
  showCapsules(opened);
  showState(opened);
  showLedger(opened);
  showSpin(opened);
  showPolicy(opened);
  await showMessages(opened);
  opened.onChange(() => {
    const keeping = opened.keeping === "site" ? "kept in this browser" : "in memory, gone with the page";
    const count = opened.entries.length;
    facts.replaceChildren(
      make("b", {}, `${amount(count)} ${count === 1 ? "entry" : "entries"}`),
      `, ${keeping}. A capsule was running `,
      make("b", {}, `${milliseconds.toFixed(0)} ms`),
      " after you came here.",
    );
  });
  onPress(find("forget", HTMLButtonElement), forget);
}

start().catch((error: unknown) => {
  facts.textContent = "It did not start.";
  warn(reason(error));
});
