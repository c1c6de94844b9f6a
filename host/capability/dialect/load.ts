import type { Dialect } from "./dialect.ts";

type Load = () => Promise<{ readonly DIALECT: Dialect }>;

/** The dialects, each loaded for a component that imports or exports something of their packages, and not our own. */
const DIALECTS: readonly (readonly [packages: readonly string[], load: Load])[] = [
  [["wasi:keyvalue"], () => import("./keyvalue.ts")],
  [["fermyon:spin", "spin:key-value"], () => import("./spin-key-value.ts")],
  [["wasi:config", "fermyon:spin"], () => import("./config.ts")],
  [["wasi:logging"], () => import("./logging.ts")],
  [["wasi:blobstore"], () => import("./blobstore.ts")],
  [["wasi:io"], () => import("./streams.ts")],
  [["wasi:clocks"], () => import("./clocks.ts")],
  [["wasi:random"], () => import("./random.ts")],
  [["wasi:filesystem"], () => import("./filesystem.ts")],
  [["wasi:http"], () => import("./http.ts")],
  [["wasi:sockets"], () => import("./sockets.ts")],
  [["wasi:messaging"], () => import("./wasi-messaging.ts")],
  [["wasmcloud:messaging"], () => import("./wasmcloud-messaging.ts")],
  // Last, because what answers requests or handles messages may export a main function beside, which does nothing.
  [["wasi:cli"], () => import("./cli.ts")],
];

/** Loads the dialects of some packages. */
export async function loadDialects(packages: ReadonlySet<string>): Promise<readonly Dialect[]> {
  const wanted = DIALECTS.filter(([names]) => names.some((name) => packages.has(name)));
  return Promise.all(wanted.map(([, load]) => load().then(({ DIALECT }) => DIALECT)));
}
