// npm run conformance -- component FILES…
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { runScript } from "./component.mjs";

const [suite, ...paths] = process.argv.slice(2);
if (suite !== "component" || paths.length === 0) {
  console.error("usage: npm run conformance -- component FILE.wast…");
  process.exit(2);
}

let pass = 0;
let fail = 0;
let skipped = 0;
for (const path of paths) {
  const result = await runScript(readFileSync(path, "utf8"));
  pass += result.pass;
  fail += result.fail.length;
  skipped += result.skipped.length;
  console.log(`${basename(path)}: ${result.pass} passed, ${result.fail.length} failed, ${result.skipped.length} skipped`);
  for (const { line, why } of result.fail) console.log(`  line ${line}: ${why}`);
  for (const { line, why } of result.skipped) console.log(`  line ${line} skipped: ${why}`);
}
console.log(JSON.stringify({ suite, pass, fail, skipped }));
process.exitCode = fail > 0 ? 1 : 0;
