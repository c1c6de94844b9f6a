import { execFileSync } from "node:child_process";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { buildScript } from "../../host/cli/javascript/build.ts";
import { inFolder } from "../typescript/building.ts";

const ROOT = join(import.meta.dirname, "..", "..");

it("docs/extend.md does what it shows", async () => {
  const text = readFileSync(join(ROOT, "docs", "extend.md"), "utf8");
  const blocks = (language: string): string[] => [...text.matchAll(new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, "gsu"))].map(([, block = ""]) => block);
  const [sensors = "", world = ""] = blocks("wit");
  const [capsule = "", host = ""] = blocks("js");
  const shown = /```\n\n((?: {4}.*\n)+)/u.exec(text)?.[1] ?? "";
  const output = await inFolder({ "room.js": capsule, "host.mjs": host, "wit/world.wit": world, "wit/deps/sensors/sensors.wit": sensors }, async (folder) => {
    const wit = join(folder, "wit");
    cpSync(join(ROOT, "wit", "capsule.wit"), join(wit, "deps", "capsule", "capsule.wit"));
    cpSync(join(ROOT, "wit", "deps", "wasi-logging"), join(wit, "deps", "wasi-logging"), { recursive: true });
    const { component } = await buildScript({ file: join(folder, "room.js"), folder, wit, world: "room", manifest: undefined, size: "fast" });
    writeFileSync(join(folder, "room.wasm"), component);
    // Node 20 has no `await using`, and host.close() is what it calls.
    const runnable = host.replace("await using host =", "const host =");
    writeFileSync(join(folder, "host.mjs"), `${runnable}\nawait host.close();\n`);
    return execFileSync(process.execPath, ["host.mjs"], { cwd: folder, encoding: "utf8" });
  });
  expect(output.trim().split("\n")).toEqual(shown.trim().split("\n").map((line) => line.trim()));
}, 60_000);
