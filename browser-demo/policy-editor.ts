import { button, find } from "./element.ts";
import type { Session } from "./session.ts";
import { reason } from "./text.ts";

const KEPT_AS = "doteros-demo-policy";

const POLICIES: readonly { readonly name: string; readonly text: string }[] = [
  {
    name: "Allow what is granted",
    text: `package doteros

# Asked before each thing that a capsule does, and answered for the whole message.
default allow := true
`,
  },
  {
    name: "Nothing about Seattle",
    text: `package doteros

default allow := true

# Alerts may be sent, but for one city.
deny contains "nobody needs to know about Seattle" if {
\tinput.operation == "publish"
\tinput.resource.subject == "alerts.seattle"
}
`,
  },
  {
    name: "Read only",
    text: `package doteros

default allow := true

# Capsules may look at their state and say things, but remember nothing.
deny contains "this is a quiet day" if input.operation in {"state.put", "state.delete"}
`,
  },
];

/** The policy that was in force when the page was left; none at first, and the engine is loaded with the first one. */
export function keptPolicy(): string | undefined {
  return localStorage.getItem(KEPT_AS) ?? undefined;
}

/** Forgets it. */
export function forgetPolicy(): void {
  localStorage.removeItem(KEPT_AS);
}

/** Lets the policy be changed while everything runs. */
export function showPolicy(session: Session): void {
  const text = find("policy-text", HTMLTextAreaElement);
  const state = find("policy-state", HTMLParagraphElement);
  text.value = keptPolicy() ?? POLICIES[0]?.text ?? "";
  state.textContent = keptPolicy() === undefined ? "No policy is in force: what is granted is allowed." : "In force since before the page was loaded.";
  find("policies", HTMLDivElement).replaceChildren(
    ...POLICIES.map((policy) =>
      button(policy.name, () => {
        text.value = policy.text;
        state.textContent = "Not in force yet.";
      }),
    ),
  );
  find("policy-form", HTMLFormElement).addEventListener("submit", (event) => {
    event.preventDefault();
    void enforce(session, text.value, state);
  });
}

async function enforce(session: Session, text: string, state: HTMLElement): Promise<void> {
  state.classList.remove("is-bad");
  try {
    await session.host.setPolicy({ modules: { "policy.rego": text } });
    localStorage.setItem(KEPT_AS, text);
    state.textContent = `In force since ${new Date().toLocaleTimeString("en-GB")}.`;
    await session.refresh();
  } catch (error) {
    state.classList.add("is-bad");
    state.textContent = `${reason(error)} The one before stays in force.`;
  }
}
