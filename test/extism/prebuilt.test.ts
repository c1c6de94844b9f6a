import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, delimiter, join } from "node:path";
import { parse } from "@bytecodealliance/jco";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DoterosError } from "../../host/contract/error.ts";
import { outsidePlatform } from "../network/platform.ts";
import { type Peers, startPeers } from "../network/peers.ts";
import { CASES, MISSING, optionsOf, plainAnswer, type PluginCase, SERVER } from "./cases.ts";
import { MANIFEST, startPlugin } from "./plugin.ts";
import { pluginTable } from "./table.ts";

// Extism's own plugins, from the folders that an environment variable names: see test/README.md.

const folders = (process.env["DOTEROS_EXTISM"] ?? "").split(delimiter).filter((folder) => folder !== "");
const files = folders.flatMap((folder) => readdirSync(folder).filter((name) => name.endsWith(".wasm")).sort().map((name) => join(folder, name)));
const PRESENCE = folders.length === 0 ? "were skipped: DOTEROS_EXTISM names no folder of them, see test/README.md" : `are in the folders that DOTEROS_EXTISM names: ${folders.join(", ")}`;

let peers: Peers;
beforeAll(async () => {
  peers = await startPeers();
});
afterAll(() => peers.close());

/** A text with the server's name in it. */
const withServer = (text: string): string => text.replaceAll(SERVER, `127.0.0.1:${peers.ports.web}`);

/** Whether a file is the one that a case is for: two have the same name, and other functions. */
function isFor(file: string, { call, refused }: PluginCase): boolean {
  if (refused !== undefined) return true;
  const names = WebAssembly.Module.exports(new WebAssembly.Module(readFileSync(file))).map(({ name }) => name);
  return names.includes(call);
}

const tried = files
  .filter((file) => MISSING[basename(file)] === undefined)
  .map((file) => ({ file, cases: CASES.filter((one) => one.file === basename(file) && isFor(file, one)) }));

describe("plugins that Extism's makers test with", () => {
  it.each([PRESENCE])("%s", () => expect(files.length > 0).toBe(folders.length > 0));

  it.each(tried.map(({ file, cases }) => [file, cases.length] as const))("%s is known", (_, count) => expect(count).toBeGreaterThan(0));

  it.each(tried.flatMap(({ file, cases }) => cases.map((one) => [`${basename(file)}: ${one.call}: ${one.shows}`, file, one] as const)))("%s", async (_, file, one) => {
    const outcome = await outcomeOf(file, one);
    expect(outcome).toEqual(expectedOf(one, outcome.answers));
  });
});

/** What became of a case, as far as it says anything. */
async function outcomeOf(file: string, one: PluginCase): Promise<Pick<PluginCase, "answers" | "lines" | "refused">> {
  const { inputs = [""], policy, provide } = one;
  const net = (one.net ?? []).map(withServer);
  const link: Record<string, Uint8Array> = {};
  for (const [name, what] of Object.entries(one.link ?? {})) link[name] = what.startsWith("(") ? await parse(what) : readFileSync(join(file, "..", what));
  const answers: (string | undefined)[] = [];
  try {
    const { host, call, lines } = await startPlugin(readFileSync(file), {
      load: optionsOf(one, link, net),
      ...(net.length === 0 ? {} : { platform: outsidePlatform, manifest: { capabilities: { ...MANIFEST.capabilities, net } } }),
      ...(policy === undefined ? {} : { policy }),
      ...(provide === undefined ? {} : { provide }),
    });
    for (const input of inputs) answers.push(plainAnswer(await call(withServer(input))));
    await host.close();
    return { answers, ...(one.lines === undefined ? {} : { lines: lines.map(({ level, message }) => `${level} ${message}`) }) };
  } catch (error) {
    if (!(error instanceof DoterosError)) throw error;
    return { answers, refused: error.code };
  }
}

/** What should: where an answer is only described, that is the answer when it is as described. */
function expectedOf({ answers, lines, refused }: PluginCase, found: readonly unknown[]): object {
  const plain = answers.map((answer, at) => (answer instanceof RegExp && answer.test(String(found[at])) ? found[at] : answer));
  return { answers: plain, ...(lines === undefined ? {} : { lines }), ...(refused === undefined ? {} : { refused }) };
}

afterAll(() => {
  if (process.env["DOTEROS_EXTISM_TABLE"] !== undefined) writeFileSync(join(import.meta.dirname, "PLUGINS.md"), pluginTable(files.map((file) => basename(file))));
});

it("writes down each case once", () => {
  const keys = CASES.map(({ file, call, shows, link, inputs }) => JSON.stringify([file, call, shows, link, inputs]));
  expect(new Set(keys).size).toBe(keys.length);
});
