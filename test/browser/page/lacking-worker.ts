import { serveHost } from "doteros-wasm/browser";

// A worker with a host, in a browser that lacks what the worker's address names: it is taken away before anyone looks for it.

const lacks: Readonly<Record<string, () => void>> = {
  storage: () => Object.defineProperty(navigator, "storage", { value: undefined }),
  locks: () => Object.defineProperty(navigator, "locks", { value: undefined }),
  handles: () => Reflect.deleteProperty(FileSystemFileHandle.prototype, "createSyncAccessHandle"),
  // As where whoever uses the browser lets sites keep nothing.
  consent: () => Object.defineProperty(navigator.storage, "getDirectory", { value: () => Promise.reject(new DOMException("it is not allowed", "SecurityError")) }),
};
lacks[new URL(location.href).search.slice(1)]?.();
serveHost();
