import { execFile } from "node:child_process";
import { readdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { delimiter, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

// The programs that wasmtime's makers test sockets and requests with, from the folders that an environment variable names: see
// test/README.md.

const folders = (process.env["DOTEROS_PROGRAMS"] ?? "").split(delimiter).filter((folder) => folder !== "");
const TABLE = join(import.meta.dirname, "NETWORK.md");
const COMMAND = join(import.meta.dirname, "..", "..", "dist", "cli", "main.js");
const NAME = /^(p2_(?:tcp|udp|ip_name|http_outbound)_\w+?)(?:\.component)?\.wasm$/;
const GRANTS = ["net:*:*", "net:listen:*", "stdio"];
const SECONDS_MAX = 60;

/** Programs that are to be ended, by what is said of it. */
const ENDED: Readonly<Record<string, RegExp>> = { p2_udp_send_too_much: /datagrams were sent where check-send allowed/ };
/** Programs that do not pass, and why. */
const FAILING: Readonly<Record<string, string>> = {
  p2_http_outbound_request_invalid_header: "it expects a header to be forbidden that only wasmtime's own test host forbids, `custom-forbidden-header`",
};

/** Programs that pass where nobody answers at an address that is nobody's; which somebody does on some machines. */
const UNCERTAIN = new Map<string, string>();

const programs = folders.flatMap((folder) => readdirSync(folder).filter((file) => NAME.test(file)).sort().map((file): [string, string] => [NAME.exec(file)?.[1] ?? "", join(folder, file)]));
const results = new Map<string, string>();

/** What the programs ask: it answers with what it was asked. */
const server = createServer((request, response) => {
  const length = request.headers["content-length"];
  response.writeHead(200, { "x-wasmtime-test-method": request.method, "x-wasmtime-test-uri": request.url, ...(length === undefined ? {} : { "content-length": length }) });
  request.pipe(response);
});

beforeAll(async () => {
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  if (await isAnswered("203.0.113.12", 80)) UNCERTAIN.set("p2_http_outbound_request_timeout", "where the table was written somebody answers at an address that is nobody's, 203.0.113.12");
});
afterAll(() => {
  server.close();
  if (process.env["DOTEROS_PROGRAMS_TABLE"] !== undefined && results.size > 0) writeFileSync(TABLE, tableText());
});

const PRESENCE = programs.length === 0 ? "were skipped: DOTEROS_PROGRAMS names no folder with any, see test/README.md" : `are in the folders that DOTEROS_PROGRAMS names: ${folders.join(", ")}`;

describe("wasmtime's programs for sockets and outgoing HTTP", () => {
  it.each([PRESENCE])("%s", () => expect(programs.length === 0 || folders.length > 0).toBe(true));

  it.each(programs)("%s", { timeout: (SECONDS_MAX + 5) * 1_000 }, async (name, file) => {
    const { code, errors } = await run(file);
    const isPassed = name in ENDED ? code === 1 && ENDED[name]?.test(errors) === true : code === 0;
    const reason = UNCERTAIN.get(name);
    const result = isPassed ? "passes" : (FAILING[name] ?? reason ?? errors);
    results.set(name, result);
    expect(reason === undefined ? [FAILING[name] ?? "passes"] : ["passes", reason]).toContain(result);
  });
});

function run(file: string): Promise<{ code: number; errors: string }> {
  const { port } = server.address() as AddressInfo;
  const grants = [...GRANTS, `env:HTTP_SERVER=127.0.0.1:${port}`].flatMap((grant) => ["--grant", grant]);
  return new Promise((resolve) => {
    execFile(process.execPath, [COMMAND, "run", file, ...grants], { timeout: SECONDS_MAX * 1_000 }, (error, _output, errors) => {
      resolve({ code: error === null ? 0 : Number(error.code ?? -1), errors });
    });
  });
}

function isAnswered(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 1_000 });
    const settle = (isSo: boolean): void => {
      socket.destroy();
      resolve(isSo);
    };
    socket.on("connect", () => settle(true));
    socket.on("error", () => settle(false));
    socket.on("timeout", () => settle(false));
  });
}

function tableText(): string {
  const passed = [...results.values()].filter((result) => result === "passes").length;
  const rows = [...results].map(([name, result]) => `| \`${name}\` | ${result} |`);
  return [
    "# wasmtime's programs for sockets and outgoing HTTP",
    "",
    `${passed} of ${results.size} pass, with \`doteros-wasm run PROGRAM ${GRANTS.map((grant) => `--grant ${grant}`).join(" ")}\`. Written by \`DOTEROS_PROGRAMS=folder DOTEROS_PROGRAMS_TABLE=1 npm test -- test/programs\`; the programs are no part of this project.`,
    "",
    "| program | |",
    "|---|---|",
    ...rows,
    "",
  ].join("\n");
}
