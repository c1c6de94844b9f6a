// Runs the suite in a browser, in a page and then in a worker of it: a server on the loopback interface gives it the page, and
// both tell the server what became of the cases. Nothing drives the browser: it is started with the page's address, and ended by its id.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";

/** What a page may do that runs capsules: compile WebAssembly, and no code from text. */
const POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'";
const TYPES = { "": "text/html", ".mjs": "text/javascript", ".wasm": "application/wasm" };
const PAGE = '<!DOCTYPE html><meta charset="utf-8"><title>contract</title><script type="module" src="/page.mjs"></script>\n';
const SCRIPT = `const tell = (text) => fetch("/failure", { method: "POST", body: text });
addEventListener("securitypolicyviolation", (event) => tell("the page's policy forbids " + event.violatedDirective + " " + event.blockedURI));
try {
  await import("/suite/suite.mjs");
  const worker = new Worker("/suite/suite.mjs", { type: "module" });
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

/** Runs the suite of `suite`, a folder, on the files of another. @returns the report; throws what went wrong instead of one */
export async function runInBrowser(name, program, suite, files, timeout) {
  const profile = mkdtempSync(path.join(tmpdir(), `doteros-${name}-`));
  const { server, told } = serve(suite, files);
  await new Promise((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  BROWSERS[name].prepare(profile);
  const words = BROWSERS[name].words(profile, `http://127.0.0.1:${server.address().port}/`);
  const child = spawn(program, words, { stdio: ["ignore", "ignore", "pipe"], detached: true, env: { ...process.env, HOME: profile } });
  let said = "";
  child.stderr.on("data", (text) => (said = `${said}${text}`.slice(-2_000)));
  try {
    return await Promise.race([told, ended(child, () => said), later(timeout, `${name} did not tell what became of the suite in ${timeout / 1_000} s`, () => said)]);
  } finally {
    stop(child);
    server.closeAllConnections();
    server.close();
    await closed(child);
    rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }
}

/** Where the suite runs, in the order of the reports. */
const PLACES = ["the page", "the worker"];

/** A case holds where it holds in both places, and comes to the same; what a page may not do holds where it does in the worker. */
function merged([page, worker]) {
  const results = worker.results.map((result, at) => {
    const other = page.results[at];
    if (other.outcome === "skipped") return result;
    const [wrong, where] = other.outcome === "ok" ? [result, PLACES[1]] : [other, PLACES[0]];
    if (wrong.outcome === "failed") return { ...wrong, reason: `in ${where}: ${wrong.reason}` };
    return other.answer === result.answer ? wrong : { ...result, outcome: "failed", reason: `in ${PLACES.join(" and ")} it comes to something else` };
  });
  return { ...worker, results };
}

/** The server of the page, and the promise of what the page tells. */
function serve(suite, files) {
  let tell;
  const reports = [];
  const told = new Promise((resolve, reject) => {
    const report = (text) => {
      reports.push(JSON.parse(text));
      if (reports.length === PLACES.length) resolve(merged(reports));
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
    const content = contentOf(request.url, suite, files);
    if (content === undefined) response.writeHead(404).end();
    else response.writeHead(200, { "content-type": TYPES[path.extname(request.url)] ?? "application/octet-stream", "content-security-policy": POLICY }).end(content);
  });
  return { server, told };
}

function contentOf(url, suite, files) {
  if (url === "/") return PAGE;
  if (url === "/page.mjs") return SCRIPT;
  if (url === "/files") return JSON.stringify(readdirSync(files));
  const [, folder, name] = /^\/(suite|files)\/([\w.-]+)$/.exec(url) ?? [];
  const file = name === undefined ? undefined : path.join(folder === "suite" ? suite : files, name);
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
