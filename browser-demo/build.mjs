// Puts the demo together in .build/browser-demo: its scripts in few files, the capsules, SQLite, days of weather. Needs dist/ and
// the capsules, which .ci/prepare.mjs makes.

import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { componentEmbed, componentNew, parse } from "@bytecodealliance/jco";
import { rolldown } from "rolldown";

const HERE = path.dirname(fileURLToPath(import.meta.url));
const ROOT = path.join(HERE, "..");

/** Where it is put. */
export const SITE = path.join(ROOT, ".build", "browser-demo");

const CAPSULES = ["weather", "counter", "thermostat"];
const PAPERS = ["index.html", "style.css", "icon.svg"];
/** Days of weather: the first year of two cities. */
const DAYS = 366;

/** Builds all of it. */
export async function build() {
  fs.rmSync(SITE, { recursive: true, force: true });
  fs.mkdirSync(SITE, { recursive: true });
  await bundle();
  for (const name of PAPERS) fs.copyFileSync(path.join(HERE, name), path.join(SITE, name));
  for (const name of CAPSULES) fs.copyFileSync(path.join(ROOT, ".build", "capsules", name, `${name}.wasm`), path.join(SITE, `${name}.wasm`));
  fs.copyFileSync(path.join(ROOT, "node_modules", "@sqlite.org", "sqlite-wasm", "dist", "sqlite3.wasm"), path.join(SITE, "sqlite3.wasm"));
  fs.writeFileSync(path.join(SITE, "spinner.wasm"), await spinner());
  fs.writeFileSync(path.join(SITE, "weather.json"), JSON.stringify(weather()));
}

/** The page's script, and that of the worker with the host, where the page's looks for it. */
async function bundle() {
  const input = { main: path.join(HERE, "main.ts"), worker: path.join(ROOT, "dist", "browser", "worker.js") };
  const made = await rolldown({ input, cwd: ROOT, platform: "browser", checks: { ineffectiveDynamicImport: false }, preserveEntrySignatures: "allow-extension" });
  await made.write({ dir: SITE, format: "esm", minify: true, entryFileNames: "[name].js", chunkFileNames: "[name]-[hash].js" });
  await made.close();
}

async function spinner() {
  const wit = path.join(ROOT, "wit");
  const logging = fs.readFileSync(path.join(wit, "deps", "wasi-logging", "logging.wit"), "utf8").replace(/^package (.*);$/m, "package $1 {");
  const witSource = `${fs.readFileSync(path.join(wit, "capsule.wit"), "utf8")}\n${logging}\n}\n`;
  const binary = await parse(fs.readFileSync(path.join(HERE, "spinner.wat"), "utf8"));
  return componentNew(await componentEmbed({ binary, witSource, world: "capsule" }));
}

/** Readings day by day, city after city. */
function weather() {
  const [head, ...lines] = fs.readFileSync(path.join(ROOT, "node_modules", "vega-datasets", "data", "weather.csv"), "utf8").trim().split("\n");
  const names = head.split(",");
  const rows = lines.map((line) => Object.fromEntries(line.split(",").map((value, at) => [names[at], value])));
  const cities = ["Seattle", "New York"].map((city) => rows.filter(({ location }) => location === city).slice(0, DAYS));
  return cities[0].flatMap((_, at) => cities.map((days) => readingOf(days[at])));
}

function readingOf({ location, date, precipitation, temp_max: high, temp_min: low, wind, weather: sky }) {
  return { location: location.replace(" ", "-"), date, precipitation: Number(precipitation), temp_max: Number(high), temp_min: Number(low), wind: Number(wind), weather: sky };
}

if (process.argv[1] !== undefined && fs.realpathSync(process.argv[1]) === fs.realpathSync(fileURLToPath(import.meta.url))) {
  const began = Date.now();
  await build();
  console.log(`the demo is in .build/browser-demo, built in ${((Date.now() - began) / 1_000).toFixed(1)} s`);
}
