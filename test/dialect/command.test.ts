import { beforeAll, describe, expect, it } from "vitest";
import { argumentHeaders } from "../../host/contract/command.ts";
import type { Capsule, Host, HostOptions, LoadOptions } from "../../host/contract/host.ts";
import type { LogLine } from "../../host/contract/log.ts";
import type { Message } from "../../host/contract/message.ts";
import type { Outside, OutsideRights } from "../../host/contract/outside.ts";
import type { Platform } from "../../host/contract/platform.ts";
import { createHost as createNeutralHost } from "../../host/index.ts";
import { nodePlatform } from "../../host/node.ts";
import { MemoryStore } from "../../host/store/memory.ts";
import { copierTool } from "../fixture/copier.ts";
import { headersOf } from "../fixture/running.ts";
import { threadPlatform } from "../fixture/threads.ts";
import { foreignComponent, witOf } from "./foreign.ts";
import { sameAgain } from "./replaying.ts";

const NAMES = ["environment", "exit", "stdin", "stdout", "stderr", "terminal-input", "terminal-output", "terminal-stdin", "terminal-stdout", "terminal-stderr"];
const IMPORTS = [
  ...NAMES.map((name) => `wasi:cli/${name}@0.2.2`),
  ...["monotonic-clock", "wall-clock", "timezone"].map((name) => `wasi:clocks/${name}@0.2.2`),
  ...["random", "insecure", "insecure-seed"].map((name) => `wasi:random/${name}@0.2.2`),
  "wasi:filesystem/preopens@0.2.2",
  "wasi:io/poll@0.2.2",
  "doteros:capsule/state@0.1.0",
];

const code = `
import { getEnvironment, getArguments, initialCwd } from "wasi:cli/environment@0.2.2";
import { exit, exitWithCode } from "wasi:cli/exit@0.2.2";
import { getStdin } from "wasi:cli/stdin@0.2.2";
import { getStdout } from "wasi:cli/stdout@0.2.2";
import { getStderr } from "wasi:cli/stderr@0.2.2";
import { getTerminalStdin } from "wasi:cli/terminal-stdin@0.2.2";
import { getTerminalStdout } from "wasi:cli/terminal-stdout@0.2.2";
import { getTerminalStderr } from "wasi:cli/terminal-stderr@0.2.2";
import * as monotonic from "wasi:clocks/monotonic-clock@0.2.2";
import * as wall from "wasi:clocks/wall-clock@0.2.2";
import * as timezone from "wasi:clocks/timezone@0.2.2";
import { getRandomBytes, getRandomU64 } from "wasi:random/random@0.2.2";
import { getInsecureRandomBytes, getInsecureRandomU64 } from "wasi:random/insecure@0.2.2";
import { insecureSeed } from "wasi:random/insecure-seed@0.2.2";
import { getDirectories } from "wasi:filesystem/preopens@0.2.2";
import { poll } from "wasi:io/poll@0.2.2";
import { put } from "doteros:capsule/state@0.1.0";
const bytes = (text) => new Uint8Array(Array.from(text, (character) => character.charCodeAt(0)));
const text = (data) => Array.from(data, (byte) => String.fromCharCode(byte)).join("");
const say = (what) => getStdout().blockingWriteAndFlush(bytes(what));
const tell = (value) => say(JSON.stringify(value, (key, item) => typeof item === "bigint" ? String(item) : item instanceof Uint8Array ? Array.from(item) : item ?? null) + "\\n");
const whole = (input) => { let all = ""; try { for (;;) all += text(input.blockingRead(7)); } catch (error) { return all + " " + (error.payload ?? error).tag; } };
const nothing = () => ({ env: getEnvironment(), words: getArguments(), cwd: initialCwd() ?? null, folders: getDirectories().length, terminals: [getTerminalStdin(), getTerminalStdout(), getTerminalStderr()].map((one) => one == null) });
const cases = {
  nothing() { tell(nothing()); },
  input() { tell(whole(getStdin())); tell(whole(getStdin())); },
  output() { say("one\\ntwo "); say("and two\\n"); getStderr().blockingWriteAndFlush(bytes("wrong\\nlast")); say("\\n"); say("x".repeat(20000)); },
  clock() { const [now, later] = [monotonic.now(), monotonic.now()]; tell([wall.now(), now, later > now, monotonic.resolution(), wall.resolution(), timezone.display(wall.now()), timezone.utcOffset(wall.now())]); },
  sleep() { const begun = monotonic.now(); const day = 86_400_000_000_000; monotonic.subscribeDuration(day).block(); const slept = monotonic.now() - begun; const [long, short] = [monotonic.subscribeDuration(3 * day), monotonic.subscribeInstant(monotonic.now() + day)]; const ready = poll([long, short]); tell([slept >= day, slept < 2 * day, ready, long.ready(), short.ready()]); },
  random() { const huge = getRandomBytes(100000); tell([getRandomBytes(8), huge.length, getRandomU64(), getInsecureRandomBytes(4), getInsecureRandomU64(), insecureSeed()]); },
  tooRandom() { getRandomBytes(2000000); },
  keep() { put("k", bytes("v")); },
  keepAndFail() { put("k2", bytes("v")); throw undefined; },
  exit0() { put("k3", bytes("v")); try { exit({ tag: "ok" }); } finally { put("after", bytes("v")); } put("after", bytes("v")); },
  exitErr() { put("k4", bytes("v")); exit({ tag: "err" }); },
  exit7() { put("k5", bytes("v")); exitWithCode(7); },
  count() { globalThis.runs = (globalThis.runs ?? 0) + 1; tell(globalThis.runs); },
  spin() { for (;;); },
};
export const run = { run() { const [, name] = getArguments(); cases[name ?? "nothing"](); } };
`;

let component: Uint8Array;
beforeAll(async () => {
  component = await foreignComponent({ packages: [witOf("io"), witOf("wasi")], imports: IMPORTS, exports: "wasi:cli/run@0.2.2", code });
}, 60_000);

interface Tool {
  readonly host: Host;
  readonly capsule: Capsule;
  readonly lines: LogLine[];
  readonly dead: Message[];
  /** Runs it, with its name before the arguments. */
  readonly run: (words: readonly string[], input?: string) => Promise<void>;
  /** What it said, read as JSON. */
  readonly said: () => unknown[];
}

async function tool(grants: readonly string[] = [], { load = {}, platform = nodePlatform, ...options }: HostOptions & { readonly load?: LoadOptions; readonly platform?: Platform } = {}): Promise<Tool> {
  const lines: LogLine[] = [];
  const dead: Message[] = [];
  const host = await createNeutralHost({ ...options, platform, log: (line) => lines.push(line) });
  const manifest = { name: "tool", version: "1.0.0", capabilities: { state: true, log: true, ...load.manifest?.capabilities }, subscriptions: ["run"] } as const;
  const capsule = await host.load(component, { ...load, grants: ["state", "log", "subscribe=run", ...grants], manifest });
  host.subscribe("dlq.>", (message) => void dead.push(message));
  return {
    host,
    capsule,
    lines,
    dead,
    async run(words, input = "") {
      await host.publish("run", input, { headers: argumentHeaders(["tool", ...words]) });
      await host.idle();
    },
    said: () => lines.filter(({ context }) => context === "stdout").map(({ message }) => JSON.parse(message) as unknown),
  };
}

describe("a command that was granted nothing", () => {
  it("sees no file, no variable, no terminal and no input", async () => {
    process.env["DOTEROS_SECRET"] = "seen";
    const { run, said, host, dead } = await tool();
    await run(["nothing", "a b", "", "z%0A\nz"]);
    await run(["input"]);
    expect(dead).toEqual([]);
    expect(said()).toEqual([{ env: [], words: ["tool", "nothing", "a b", "", "z%0A\nz"], cwd: null, folders: 0, terminals: [true, true, true] }, " closed", " closed"]);
    await host.close();
  });

  it("has the payload of its message as standard input, once", async () => {
    const { run, said, host } = await tool();
    await run(["input"], "hello, you there");
    expect(said()).toEqual(["hello, you there closed", " closed"]);
    await host.close();
  });

  it("writes lines of log, of which none is lost", async () => {
    const { run, lines, host } = await tool([], { load: { limits: { fuelPerMessage: 1_000_000_000 } } });
    await run(["output"]);
    expect(lines.map(({ level, context, message, outcome }) => [level, context, message.length > 100 ? message.length : message, outcome])).toEqual([
      ["info", "stdout", "one", "committed"],
      ["info", "stdout", "two and two", "committed"],
      ["warn", "stderr", "wrong", "committed"],
      ["info", "stdout", "", "committed"],
      ["info", "stdout", 16_384, "committed"],
      ["info", "stdout", 3_616, "committed"],
      ["warn", "stderr", "last", "committed"],
    ]);
    await host.close();
  });

  it("has the time of its transition, and a sleep of days takes none", async () => {
    const now = 1_700_000_000_123_456_789n;
    const { run, said, host } = await tool([], { platform: { ...nodePlatform, now: () => now } });
    const begun = performance.now();
    await run(["clock"]);
    await run(["sleep"]);
    expect(performance.now() - begun).toBeLessThan(5_000);
    const [[wall, , ...rest], slept] = said() as [[{ seconds: number; nanoseconds: number }, ...unknown[]], unknown];
    // What its calls have cost has passed since.
    expect(wall.seconds).toBe(1_700_000_000);
    expect(wall.nanoseconds).toBeGreaterThanOrEqual(123_456_789);
    expect(wall.nanoseconds).toBeLessThan(200_000_000);
    expect(rest).toEqual([true, 1, { seconds: 0, nanoseconds: 1 }, { utcOffset: 0, name: "UTC", inDaylightSavingTime: false }, 0]);
    expect(slept).toEqual([true, true, [1], false, true]);
    await host.close();
  });

  it("is the same in a replay, in another host with the same seed, and in a thread", async () => {
    const seeds = (): Platform => ({ ...nodePlatform, now: () => 1n, random: (length) => new Uint8Array(length).fill(7) });
    const outcomes: unknown[] = [];
    for (const load of [{}, {}, { isolation: "thread" }] as LoadOptions[]) {
      const store = new MemoryStore();
      const { run, said, host } = await tool([], { store, platform: load.isolation === undefined ? seeds() : threadPlatform, load });
      for (const name of ["random", "clock", "sleep", "nothing"]) await run([name, "x"], "input");
      if (load.isolation === undefined) outcomes.push(said());
      await host.close();
      expect(await sameAgain(store)).toEqual({ transitions: 4, failures: 0 });
    }
    expect(outcomes[0]).toEqual(outcomes[1]);
    expect((outcomes[0] as unknown[]).length).toBe(4);
  });

  it("is told how much chance it may ask for at a time", async () => {
    const { run, dead, host } = await tool();
    await run(["tooRandom"]);
    expect(headersOf(dead[0])["dead-letter-reason"]).toBe("wasi:random gives 1048576 bytes at a time, not 2000000");
    await host.close();
  });
});

it.each(["0.2.0", "0.2.3", "0.2.12", "0.2.99"])("a command that was built for WASI %s runs", async (version) => {
  const lines: string[] = [];
  const host = await createNeutralHost({ platform: nodePlatform, log: ({ message }) => lines.push(message) });
  const manifest = { name: "copier", version: "1.0.0", capabilities: { log: true }, subscriptions: ["run"] } as const;
  const capsule = await host.load(await copierTool(version), { grants: ["log", "subscribe=run"], manifest });
  await host.publish("run", "one\ntwo");
  await host.idle();
  await host.close();
  expect([capsule.counters.transitions, lines]).toEqual([1, ["one", "two"]]);
});

describe("a command that ends", () => {
  it("by 0 has what it did kept, and by anything else undone, in a new instance each time", async () => {
    const store = new MemoryStore();
    const { run, capsule, dead, host, said } = await tool([], { store });
    for (const name of ["keep", "keepAndFail", "exit0", "exitErr", "exit7", "count", "count"]) await run([name]);
    expect(Array.from(capsule.state.entries(), ([key]) => key)).toEqual(["k", "k3"]);
    expect(dead.map((letter) => [headersOf(letter)["dead-letter-code"], headersOf(letter)["dead-letter-reason"]])).toEqual([
      ["capsule-fault", "failed: exit code 1"],
      ["capsule-fault", "failed: exit code 1"],
      ["capsule-fault", "failed: exit code 7"],
    ]);
    expect(said()).toEqual([1, 1]);
    expect(capsule.counters).toMatchObject({ messages: 7, transitions: 4, faults: 3, retries: 0, traps: 0 });
    await host.close();
    expect(await sameAgain(store)).toEqual({ transitions: 4, failures: 3 });
  });

  it("by the fuel that it has", async () => {
    const { run, capsule, host } = await tool([], { load: { limits: { fuelPerMessage: 30_000_000 } } });
    await run(["spin"]);
    await run(["keep"]);
    expect(capsule.counters).toMatchObject({ exhausted: 1, transitions: 1, retries: 0 });
    await host.close();
  });
});

describe("a command that was granted what lies outside", () => {
  it("has the variables by their names, those of the operator and those that are given, and the policy asked", async () => {
    process.env["DOTEROS_SEEN"] = "seen";
    delete process.env["DOTEROS_NONE"];
    const names = ["DOTEROS_SEEN", "DOTEROS_NONE", "LEVEL", "HIDDEN"];
    const policy = { modules: { "policy.rego": 'package doteros\ndefault allow := true\ndeny contains "no" if { input.operation == "env"; input.resource.name == "HIDDEN" }' } };
    const { run, said, host } = await tool(["env:DOTEROS_SEEN", "env:DOTEROS_NONE", "env:LEVEL=a=b", "env:HIDDEN=x", "env:OTHER=y"], { policy, load: { manifest: { capabilities: { env: names } } as never } });
    await run(["nothing"]);
    expect(said()[0]).toMatchObject({ env: [["DOTEROS_SEEN", "seen"], ["LEVEL", "a=b"]] });
    await host.close();
  });

  it("has real clocks, and really sleeps", async () => {
    const pauses: (number | undefined)[] = [];
    const platform: Platform = { ...nodePlatform, outside: async () => (rights) => outsideOf(rights, { pause: (milliseconds) => pauses.push(milliseconds) > 0 }) };
    const { run, said, host } = await tool(["clock"], { platform, load: { manifest: { capabilities: { clock: true } } as never } });
    await run(["sleep"]);
    expect(said()).toEqual([[true, true, [1], false, true]]);
    expect(pauses.slice(0, 1)).toEqual([86_400_000]);
    await host.close();
  });

  it("cannot be done again: a replay passes it over and says so by its name", async () => {
    const { Replay } = await import("../../host/runtime/replay.ts");
    const store = new MemoryStore();
    const first = await tool(["clock"], { store, load: { manifest: { capabilities: { clock: true } } as never } });
    await first.run(["keep"]);
    await first.host.close();
    const report = await Replay.run({ entries: store.entries(0), component: (digest) => store.component(digest) }, nodePlatform, () => undefined);
    expect(report).toMatchObject({ entries: 0, passed: 2, outside: ["tool"], difference: undefined });
  });

  it("takes no snapshot, and says why", async () => {
    const { capsule, host } = await tool(["clock"], { load: { manifest: { capabilities: { clock: true } } as never } });
    await expect(capsule.snapshot()).rejects.toMatchObject({ code: "unsupported", message: "tool uses what lies outside the host, which is no part of a snapshot" });
    await host.close();
  });
});

/** An outside with a clock that goes on only by being slept on. */
function outsideOf(rights: OutsideRights, { pause }: Pick<Outside, "pause">): Outside {
  let now = 1_000n;
  const clock = { wall: () => now, monotonic: () => now };
  return {
    rights,
    clock,
    environment: [],
    folders: [],
    stdio: undefined,
    network: undefined,
    pause(milliseconds = 0) {
      now += BigInt(milliseconds) * 1_000_000n;
      return pause(milliseconds);
    },
    release: () => undefined,
    close: () => undefined,
  };
}

