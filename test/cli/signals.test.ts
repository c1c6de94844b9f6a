import { once } from "node:events";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Summary } from "../../host/cli/run/summary.ts";
import { command, ended, objects, start, type Result } from "./command.ts";
import { Folder, moody } from "./fixture.ts";

const folder = new Folder();
let words: string[] = [];
beforeAll(async () => {
  const component = folder.write("moody.wasm", await moody());
  folder.write("capsule.yaml", "name: moody\nversion: 0.1.0\ncapabilities: {state: true, publish: ['said.>']}\nsubscriptions: [input]\nlimits: {fuelPerMessage: 1000000000}\n");
  words = ["run", component, "--format", "ndjson", "--grant", "state", "--grant", "publish=said.>", "--grant", "subscribe=input", "--limit", "fuelPerMessage=1G"];
});
afterAll(() => folder.remove());

const rows = (mood: string, count: number): string => `{"do":"${mood}"}\n`.repeat(count);
const summaryOf = ({ stdout }: Result): Record<string, unknown> => objects(stdout).at(-1) ?? {};

/** Starts a run that has published something, and is not done. */
async function underWay(mood: string, count: number): Promise<ReturnType<typeof start>> {
  const input = folder.write(`${mood}${count}.ndjson`, rows(mood, count));
  const child = start([...words, "--input", input, "--json"]);
  await once(child.stdout, "readable");
  return child;
}

describe("ending a run early", () => {
  it("Ctrl-C while it waits for input prints the summary and ends with 130", async () => {
    const child = start([...words, "--input", "-", "--json"]);
    child.stdin.write(rows("p", 2));
    await once(child.stdout, "readable");
    child.kill("SIGINT");
    const result = await ended(child);
    expect(result).toMatchObject({ code: 130, signal: null });
    expect(summaryOf(result)).toMatchObject({ messages: 2, transitions: 2, ended: "interrupt", exitCode: 130 });
  });

  it("Ctrl-C in the middle of the work finishes the message in hand, and every row is accounted for", async () => {
    const child = await underWay("s", 1_000);
    child.kill("SIGINT");
    const result = await ended(child);
    expect(result).toMatchObject({ code: 130, signal: null });
    const summary = summaryOf(result) as unknown as Summary;
    expect(summary.input.rows).toBeLessThan(100);
    expect(summary.messages).toBe(summary.transitions);
    expect(summary.messages + summary.abandoned).toBe(summary.input.rows);
    expect(summary.state.version).toBe(summary.transitions);
    expect(summary.published).toBe(summary.transitions);
  });

  it("a second Ctrl-C ends it at once", async () => {
    const child = await underWay("s", 1_001);
    child.kill("SIGINT");
    const last = setTimeout(() => child.kill("SIGINT"), 100);
    const result = await ended(child);
    clearTimeout(last);
    expect(result).toMatchObject({ code: null, signal: "SIGINT" });
  });

  it("--timeout ends reading, names the reason and ends with 1", async () => {
    const child = start([...words, "--input", "-", "--timeout", "0.6"]);
    child.stdin.write(rows("p", 3));
    const { code, stdout, stderr } = await ended(child);
    expect(code).toBe(1);
    expect(stdout).toBe('said.moody {"do":"p"}\n'.repeat(3));
    expect(stderr).toContain("error[DW0045]: the input had not ended after 0.6 seconds\n    help: give it longer with --timeout, or leave that out\n");
    expect(stderr).toMatch(/^ended early: the time was up$/m);
  });

  it("--timeout also ends a capsule that is busy, after the message in hand", async () => {
    const input = folder.write("busy.ndjson", rows("s", 1_000));
    const result = await command([...words, "--input", input, "--timeout", "0.6", "--json"]);
    expect(result.code).toBe(1);
    expect(objects(result.stdout)).toContainEqual(expect.objectContaining({ type: "error", code: "timeout" }));
    expect(summaryOf(result)).toMatchObject({ ended: "timeout", exitCode: 1 });
  });

  it("--timeout does not wait out the pause before another attempt", async () => {
    const manifest = folder.write(
      "patient.yaml",
      "name: patient\nversion: 0.1.0\ncapabilities: {state: true, publish: ['said.>']}\nsubscriptions: [input]\nretry: {attempts: 2, backoffMilliseconds: 3600000}\n",
    );
    const result = await command([...words, "--manifest", manifest, "--input", "-", "--timeout", "0.5", "--json"], rows("f", 100));
    expect(result.code).toBe(1);
    expect(summaryOf(result)).toMatchObject({ ended: "timeout", transitions: 0, faults: 1 });
    expect(summaryOf(result)["abandoned"]).toBeGreaterThan(0);
  });

  it("ends quietly when nobody reads the output any more", async () => {
    const input = folder.write("long.ndjson", rows("p", 200_000));
    const child = start([...words, "--input", input]);
    await once(child.stdout, "readable");
    child.stdout.destroy();
    let told = "";
    child.stderr.on("data", (text: Buffer) => {
      told += text.toString();
    });
    const [code] = (await once(child, "close")) as [number | null];
    expect([code, told]).toEqual([0, ""]);
  });
});
