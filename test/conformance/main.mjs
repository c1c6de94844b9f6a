// npm run conformance -- component FILES… | rego FOLDER
import { readFileSync } from "node:fs";
import { basename } from "node:path";

const [suite, ...paths] = process.argv.slice(2);

async function component() {
  const { runScript } = await import("./component.mjs");
  const total = { pass: 0, fail: 0, skipped: 0 };
  for (const path of paths) {
    const result = await runScript(readFileSync(path, "utf8"));
    total.pass += result.pass;
    total.fail += result.fail.length;
    total.skipped += result.skipped.length;
    console.log(`${basename(path)}: ${result.pass} passed, ${result.fail.length} failed, ${result.skipped.length} skipped`);
    for (const { line, why } of result.fail) console.log(`  line ${line}: ${why}`);
    for (const { line, why } of result.skipped) console.log(`  line ${line} skipped: ${why}`);
  }
  return total;
}

async function rego() {
  const { runCases } = await import("./rego.mjs");
  const total = { pass: 0, fail: 0, skipped: 0 };
  for (const path of paths) {
    const result = runCases(path);
    total.pass += result.pass;
    total.fail += result.fail.length;
    total.skipped += result.skipped.length;
    for (const { name, why } of result.fail) console.log(`${name}\n  ${why.replaceAll("\n", "\n  ")}`);
    for (const { name, why } of result.skipped) console.log(`${name}\n  skipped: ${why}`);
  }
  return total;
}

const run = { component, rego }[suite];
if (run === undefined || paths.length === 0) {
  console.error("usage: npm run conformance -- component FILE.wast…\n       npm run conformance -- rego FOLDER");
  process.exit(2);
}
const total = await run();
console.log(JSON.stringify({ suite, ...total }));
process.exitCode = total.fail > 0 ? 1 : 0;
