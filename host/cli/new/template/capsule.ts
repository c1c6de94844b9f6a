import type { Language, Plan } from "../plan.ts";
import { frameFiles, sourceFile } from "./frame.ts";

/** What a capsule of a template asks for, reads and is tested for. */
interface Part {
  readonly capabilities: readonly string[];
  readonly grants: readonly string[];
  readonly source: Readonly<Record<Language, string>>;
  readonly test: string;
  readonly does: string;
}

/** The project of a capsule that handles messages. */
export function capsuleProject(plan: Plan): Record<string, string> {
  const { name, language } = plan;
  const part = plan.template === "empty" ? EMPTY : COUNTER;
  const grants = part.grants.map((grant) => ` --grant "${grant}"`).join("");
  const start = `doteros-wasm run ${name}.wasm --input readings.ndjson --subject "readings.{city}"${grants}`;
  return {
    ...frameFiles(plan, { build: `doteros-wasm build . --out ${name}.wasm`, start }),
    "capsule.yaml": ["# What the capsule is and what it asks for; its operator grants it, or does not.", `name: ${name}`, "version: 1.0.0", ...part.capabilities, "subscriptions: [readings.*]", ""].join("\n"),
    [sourceFile(language)]: part.source[language],
    "test/capsule.test.js": testText(name, part),
    "readings.ndjson": '{"city":"oslo","celsius":4.5}\n{"city":"seattle","celsius":12}\n{"city":"oslo","celsius":5}\n',
    "README.md": readme(plan, part.does, start),
  };
}

const COUNTER_SCRIPT = (types: boolean): string => `import { invalid, Message, messaging, state } from "doteros-wasm/sdk";

/** Counts the readings of each city, and tells the count. What it keeps and sends takes effect when it returns. */
export function handle(message${types ? ": Message" : ""})${types ? ": void" : ""} {
  if (message.payload.length === 0) return invalid("there is nothing in it");
  const city = message.subject.slice("readings.".length);
  const count = Number(state.getText(city) ?? "0") + 1;
  state.putText(city, String(count));
  messaging.publish(Message.ofText(\`counted.\${city}\`, String(count)));
}
`;

const COUNTER: Part = {
  capabilities: ["capabilities:", "  state: true", "  publish: [counted.*]"],
  grants: ["state", "publish=counted.*", "subscribe=readings.*"],
  source: {
    typescript: COUNTER_SCRIPT(true),
    javascript: COUNTER_SCRIPT(false),
    assemblyscript: `import { bytesOfU64, invalid, Message, messaging, state, u64Of } from "doteros-wasm/sdk/assemblyscript";

/** Counts the readings of each city, and tells the count. What it keeps and sends takes effect when it returns. */
export function handle(message: Message): void {
  if (message.payload.length == 0) return invalid("there is nothing in it");
  const city = message.subject.substring("readings.".length);
  const before = state.get(city);
  const count = before === null ? 1 : u64Of(before) + 1;
  state.put(city, bytesOfU64(count));
  messaging.publish(Message.ofText("counted." + city, count.toString()));
}
`,
  },
  test: `test("counts the readings of each city", async () => {
  for (const city of ["oslo", "seattle", "oslo"]) await host.publish(\`readings.\${city}\`, "{}");
  await host.idle();
  assert.deepEqual(heard, ["counted.oslo 1", "counted.seattle 1", "counted.oslo 2"]);
  assert.equal(capsule.counters.transitions, 3);
});

test("refuses a reading with nothing in it, and counts on as if it had not come", async () => {
  await host.publish("readings.oslo", "");
  await host.publish("readings.oslo", "{}");
  await host.idle();
  assert.equal(capsule.counters.deadLettered, 1);
  assert.equal(heard.at(-1), "counted.oslo 3");
});
`,
  does: "It counts the readings of each city in its state, and publishes the count.",
};

const EMPTY: Part = {
  capabilities: ["capabilities: {}"],
  grants: ["subscribe=readings.*"],
  source: {
    typescript: `import type { Message } from "doteros-wasm/sdk";

/** Called for each message. What it keeps and sends takes effect when it returns. */
export function handle(message: Message): void {}
`,
    javascript: `/** Called for each message. What it keeps and sends takes effect when it returns. */
export function handle(message) {}
`,
    assemblyscript: `import { Message } from "doteros-wasm/sdk/assemblyscript";

/** Called for each message. What it keeps and sends takes effect when it returns. */
export function handle(message: Message): void {}
`,
  },
  test: `test("handles a message", async () => {
  await host.publish("readings.oslo", "{}");
  await host.idle();
  assert.equal(capsule.counters.transitions, 1);
  assert.deepEqual(heard, []);
});
`,
  does: "It handles messages and does nothing yet.",
};

function testText(name: string, { grants, test }: Part): string {
  return `import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, test } from "node:test";
import { createHost } from "doteros-wasm/node";

// The component as it was built, in a real host, granted what it asks for.
const host = await createHost();
const component = await readFile(new URL("../${name}.wasm", import.meta.url));
const capsule = await host.load(component, { grants: ${JSON.stringify(grants).replaceAll(",", ", ")} });
const heard = [];
host.subscribe("counted.*", ({ subject, payload }) => {
  heard.push(\`\${subject} \${new TextDecoder().decode(payload)}\`);
});
after(() => host.close());

${test}`;
}

function readme({ name, language }: Plan, does: string, start: string): string {
  return `# ${name}

A capsule: a WebAssembly component that handles messages and can touch only what it is granted. ${does}

    npm install       # the tools, once
    npm test          # builds ${name}.wasm and tests it in a real host
    npm start         # builds it and runs it over readings.ndjson

The code is in \`${sourceFile(language)}\`; \`capsule.yaml\` says what it asks for. \`npm start\` runs this:

    npx ${start}
`;
}
