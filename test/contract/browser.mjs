// Runs a script in a browser, in a worker of a page or in the page and then in the worker: a server on the loopback interface gives it
// the page, and the script tells the server its report. Nothing drives the browser: it is started with the page's address, and ended
// by its id.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";

/** What a page may do that runs capsules: compile WebAssembly, and no code from text. */
const POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'";
const TYPES = { "": "text/html", ".mjs": "text/javascript", ".wasm": "application/wasm" };
const PAGE = '<!DOCTYPE html><meta charset="utf-8"><title>contract</title><script type="module" src="/page.mjs"></script>\n';
/** Where a script can run, in the order of the reports. */
const PLACES = ["page", "worker"];

const pageScript = (script, places) => `const tell = (text) => fetch("/failure", { method: "POST", body: text });
addEventListener("securitypolicyviolation", (event) => tell("the page's policy forbids " + event.violatedDirective + " " + event.blockedURI));
try {
  const script = "/script/${script}";
  if (${places.includes("page")}) await import(script);
  const worker = new Worker(script, { type: "module" });
  worker.addEventListener("error", (event) => tell("the worker failed: " + (event.message ?? "it does not load")));
} catch (error) {
  await tell("the page failed: " + error);
}
`;
/** Preferences of Firefox that keep it from asking anything of the network or of anyone. */
const PREFERENCES = {
  "app.normandy.enabled": false,
  "app.update.enabled": false,
  "browser.aboutwelcome.enabled": false,
  "browser.shell.checkDefaultBrowser": false,
  "browser.startup.homepage_override.mstone": "ignore",
  "datareporting.policy.dataSubmissionEnabled": false,
  "extensions.systemAddon.update.enabled": false,
  "network.captive-portal-service.enabled": false,
  "network.connectivity-service.enabled": false,
  "services.settings.server": "data:,#remote-settings-dummy/v1",
  "toolkit.telemetry.server": "",
};

/** The browsers, where they may be, and how each is started. */
const BROWSERS = {
  chromium: {
    variable: "DOTEROS_CHROMIUM",
    places: ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"],
    words: (profile, address) => [
      "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
      "--disable-component-update", "--disable-sync", `--user-data-dir=${profile}`, address,
    ],
    prepare: () => undefined,
  },
  firefox: {
    variable: "DOTEROS_FIREFOX",
    places: ["firefox-esr", "firefox"],
    words: (profile, address) => ["--headless", "--no-remote", "--profile", profile, address],
    prepare(profile) {
      const lines = Object.entries(PREFERENCES).map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`);
      writeFileSync(path.join(profile, "user.js"), lines.join(""));
    },
  },
};

/** Where a browser is: what the environment says, or what lies on the path. */
export function findBrowser(name) {
  const { variable, places } = BROWSERS[name];
  const named = process.env[variable];
  if (named !== undefined && named !== "") return existsSync(named) ? { program: named } : { missing: `${variable} names ${named}, which is not there` };
  const folders = (process.env.PATH ?? "").split(path.delimiter);
  const program = places.flatMap((place) => folders.map((folder) => path.join(folder, place))).find((file) => existsSync(file));
  return program === undefined ? { missing: `no ${name} on the path, and ${variable} names none` } : { program };
}

/**
 * Runs a script, beside which is what it imports, on the files of a folder.
 *
 * @param places where it runs: in the page and then in a worker of it, unless the worker alone is named
 * @returns the reports, one of each place; throws what went wrong instead of one
 */
export async function runInBrowser(name, program, script, files, timeout, places = PLACES) {
  const profile = mkdtempSync(path.join(tmpdir(), `doteros-${name}-`));
  const { server, told } = serve(script, files, places);
  await new Promise((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  BROWSERS[name].prepare(profile);
  const words = BROWSERS[name].words(profile, `http://127.0.0.1:${server.address().port}/`);
  const child = spawn(program, words, { stdio: ["ignore", "ignore", "pipe"], detached: true, env: { ...process.env, HOME: profile } });
  let said = "";
  child.stderr.on("data", (text) => (said = `${said}${text}`.slice(-2_000)));
  try {
    return await Promise.race([told, ended(child, () => said), later(timeout, `${name} did not tell its reports in ${timeout / 1_000} s`, () => said)]);
  } finally {
    stop(child);
    server.closeAllConnections();
    server.close();
    await closed(child);
    rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }
}

/** The server of the page, and the promise of the reports. */
function serve(script, files, places) {
  let tell;
  const reports = [];
  const told = new Promise((resolve, reject) => {
    const report = (text) => {
      reports.push(JSON.parse(text));
      if (reports.length === places.length) resolve(reports);
    };
    tell = { "/report": report, "/failure": (text) => reject(new Error(text)) };
  });
  const server = createServer((request, response) => {
    if (request.method === "POST") {
      let body = "";
      request.setEncoding("utf8").on("data", (text) => (body += text));
      request.on("end", () => {
        response.end();
        tell[request.url]?.(body);
      });
      return;
    }
    const content = request.url === "/page.mjs" ? pageScript(path.basename(script), places) : contentOf(request.url, path.dirname(script), files);
    if (content === undefined) response.writeHead(404).end();
    else response.writeHead(200, { "content-type": TYPES[path.extname(request.url)] ?? "application/octet-stream", "content-security-policy": POLICY }).end(content);
  });
  return { server, told };
}

function contentOf(url, scripts, files) {
  if (url === "/") return PAGE;
  if (url === "/files") return JSON.stringify(readdirSync(files));
  const [, folder, name] = /^\/(script|files)\/([\w.-]+)$/.exec(url) ?? [];
  const file = name === undefined ? undefined : path.join(folder === "script" ? scripts : files, name);
  return file !== undefined && existsSync(file) ? readFileSync(file) : undefined;
}

function ended(child, said) {
  return new Promise((_, reject) => {
    child.on("error", reject);
    child.on("exit", (code, signal) => reject(new Error(`the browser ended by itself, with ${code ?? signal}\n${said()}`)));
  });
}

function closed(child) {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return Promise.resolve();
  return new Promise((resolve) => {
    child.on("exit", resolve);
  });
}

function later(milliseconds, what, said) {
  return new Promise((_, reject) => {
    setTimeout(() => reject(new Error(`${what}\n${said()}`)), milliseconds).unref();
  });
}

/** Ends the browser and the processes that it started. */
function stop(child) {
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch {
    child.kill("SIGKILL");
  }
}
