import type { Component } from "../../component/index.ts";
import { OFFERED } from "../interface.ts";
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
  [["wasi:messaging"], () => import("./wasi-messaging.ts")],
  [["wasmcloud:messaging"], () => import("./wasmcloud-messaging.ts")],
];

/** The packages whose interfaces are mapped onto the capabilities. */
export const DIALECT_PACKAGES: readonly string[] = [...new Set(DIALECTS.flatMap(([packages]) => packages))];

/** The dialects that a component may be written in, by what it imports and exports. */
export async function dialectsOf(component: Pick<Component, "imports" | "exports">): Promise<Dialect[]> {
  const names = [...component.imports, ...component.exports].map(({ name }) => name).filter((name) => !OFFERED.has(name));
  const used = new Set(names.map((name) => name.split("/", 1)[0]));
  const wanted = DIALECTS.filter(([packages]) => packages.some((name) => used.has(name)));
  return Promise.all(wanted.map(([, load]) => load().then(({ DIALECT }) => DIALECT)));
}
