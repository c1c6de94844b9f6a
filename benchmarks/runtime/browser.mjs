// What runs in a worker of a page: it tells the page's server what it measured.
import { createHost, openBrowserStore } from "../../dist/browser.js";
import { measured } from "./measured.mjs";

let stores = 0;
const openStore = () => {
  stores += 1;
  return openBrowserStore(`bench-${stores}`);
};
const tell = (path, body) => fetch(path, { method: "POST", body });

try {
  const response = await fetch("/files/counter.wasm");
  const samples = await measured({ createHost, openStore }, new Uint8Array(await response.arrayBuffer()));
  await tell("/report", JSON.stringify(samples));
} catch (error) {
  await tell("/failure", `${error.message}\n${error.stack}`);
}
