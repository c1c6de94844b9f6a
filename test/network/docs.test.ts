import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { ADDRESSES_REMEMBERED_MAX, DATAGRAM_BYTES_MAX, DATAGRAMS_WAITING_MAX, HTTP_HEADERS_BYTES_MAX, NETWORK_BACKLOG_MAX, NETWORK_ENDS_MAX, NETWORK_WINDOW_BYTES } from "../../host/contract/limits.ts";
import { foreignComponent, witOf } from "../dialect/foreign.ts";

const root = join(import.meta.dirname, "..", "..");
const text = readFileSync(join(root, "docs", "network.md"), "utf8");

it("docs/network.md does what it shows", { timeout: 60_000 }, async () => {
  const [capsule = "", program = ""] = [...text.matchAll(/```js\n(.*?)```/gsu)].map((match) => match[1]);
  const shown = /```\n\nprints\n\n((?: {4}.*\n)+)/u.exec(text)?.[1] ?? "";
  const folder = join(root, ".build", "network");
  mkdirSync(folder, { recursive: true });
  const component = await foreignComponent({
    packages: [witOf("io"), witOf("http")],
    imports: ["wasi:http/types@0.2.3", "wasi:http/outgoing-handler@0.2.3", "doteros:capsule/messaging@0.1.0"],
    code: capsule,
  });
  writeFileSync(join(folder, "asker.wasm"), component);
  writeFileSync(join(folder, "example.mjs"), program);
  const printed = execFileSync(process.execPath, ["example.mjs"], { cwd: folder, encoding: "utf8", timeout: 30_000 });
  expect(printed.trim().split("\n")).toEqual(shown.trim().split("\n").map((line) => line.trim()));
});

it("says the limits as they are", () => {
  for (const limit of [NETWORK_ENDS_MAX, NETWORK_WINDOW_BYTES, DATAGRAMS_WAITING_MAX, DATAGRAM_BYTES_MAX, NETWORK_BACKLOG_MAX, HTTP_HEADERS_BYTES_MAX]) {
    expect(text).toContain(`| ${limit.toLocaleString("en")} |`);
  }
  expect(ADDRESSES_REMEMBERED_MAX).toBeGreaterThan(NETWORK_ENDS_MAX);
});
