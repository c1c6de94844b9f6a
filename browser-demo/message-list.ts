import { DEAD_LETTER_HEADERS, type Message } from "doteros-wasm/browser";
import { button, find, make } from "./element.ts";
import { load } from "./capsule-list.ts";
import { SAMPLES, SCENES, type Scene } from "./samples.ts";
import type { Session } from "./session.ts";
import { reason, shown, type Shown } from "./text.ts";

/** Messages that are shown. */
const SHOWN_MAX = 200;
const PAYLOAD_LENGTH_MAX = 400;

/** Shows every message, and sends some. */
export async function showMessages(session: Session): Promise<void> {
  const list = find("message-list", HTMLOListElement);
  list.replaceChildren(make("li", { class: "empty" }, "Nothing yet. Play some weather, or send a message."));
  let waiting: HTMLLIElement[] = [];
  const draw = (): void => {
    list.querySelector(".empty")?.remove();
    list.prepend(...waiting.reverse());
    waiting = [];
    while (list.childElementCount > SHOWN_MAX) list.lastElementChild?.remove();
  };
  await session.host.subscribe(">", (message) => {
    if (waiting.length === 0) requestAnimationFrame(draw);
    waiting.push(rowOf(message, isHeard(session, message.subject)));
    if (waiting.length > SHOWN_MAX) waiting.shift();
    session.touch();
  });
  find("scenes", HTMLDivElement).replaceChildren(...SCENES.map((scene) => button(scene.text, () => play(session, scene))));
  find("send", HTMLFormElement).addEventListener("submit", (event) => {
    event.preventDefault();
    void send(session);
  });
}

async function play(session: Session, scene: Scene): Promise<void> {
  const sample = SAMPLES.find(({ name }) => name === scene.capsule);
  if (sample !== undefined && session.capsules.every(({ name }) => name !== sample.name)) await load(session, sample);
  await scene.play(session);
  await session.host.idle();
  await session.refresh();
}

async function send(session: Session): Promise<void> {
  const problem = find("send-problem", HTMLParagraphElement);
  problem.textContent = "";
  try {
    const subject = find("subject", HTMLInputElement).value;
    await session.host.publish(subject, find("payload", HTMLInputElement).value);
    await session.refresh();
    if (!isHeard(session, subject)) problem.textContent = `No capsule listens on ${subject}.`;
  } catch (error) {
    problem.textContent = reason(error);
  }
}

function rowOf(message: Message, isIn: boolean): HTMLLIElement {
  const { subject } = message;
  const kind = subject.startsWith("dlq.") ? "dead" : isIn ? "in" : "out";
  const { text, note } = said(message);
  const cut = text.length > PAYLOAD_LENGTH_MAX ? `${text.slice(0, PAYLOAD_LENGTH_MAX)}…` : text;
  return make("li", { class: kind }, make("span", { class: "subject" }, subject), make("span", { class: "payload" }, cut), ...(note === "" ? [] : [make("span", { class: "note" }, note)]));
}

/** What a message says: a dead letter why it is one, any other its payload. */
function said({ headers, payload }: Message): Shown {
  const why = headers.find(([name]) => name === DEAD_LETTER_HEADERS.reason)?.[1];
  if (why !== undefined) return { text: why, note: "given up" };
  const { text, note, isNumber } = shown(payload);
  return { text, note: isNumber === true ? "" : note };
}

/** Whether a capsule hears it: those messages come from outside. */
function isHeard(session: Session, subject: string): boolean {
  return session.capsules.some(({ manifest }) => manifest.subscriptions.some((pattern) => matches(pattern.split("."), subject.split("."))));
}

function matches(pattern: readonly string[], subject: readonly string[]): boolean {
  const last = pattern.at(-1) === ">";
  if (last ? subject.length < pattern.length : subject.length !== pattern.length) return false;
  return pattern.every((token, at) => token === "*" || token === ">" || token === subject[at]);
}
