import type { Manifest } from "../contract/manifest.ts";
import type { FolderRight, OutsideRights } from "../contract/outside.ts";
import { type Grant, OUTSIDE_SHAPES, type OutsideName } from "./grant-shape.ts";

// Grants of what lies outside: their grammar, which of them grant what a manifest asks for, and what comes of both.

/** How each is written. */
export const OUTSIDE_EXAMPLES: Readonly<Record<OutsideName, string>> = {
  fs: "fs:./data:ro",
  net: "net:api.example.com:443",
  env: "env:HOME",
  stdio: "stdio",
  clock: "clock",
};

const FOLDER = /^(?<host>[^\0]+?)(?:::(?<guest>[^\0]+))?:(?<mode>ro|rw)$/;
const VARIABLE = /^(?<name>[^=\0]+)(?:=(?<value>[^\0]*))?$/;
const PORT_MAX = 65_535;

/** Whether it is one of those names. */
export function isOutside(name: string): name is OutsideName {
  return Object.hasOwn(OUTSIDE_EXAMPLES, name);
}

/** Why what follows the name in a grant is wrong; undefined when it is not. */
export function outsideProblem(name: OutsideName, pattern: string | undefined, hasValue: boolean): string | undefined {
  const example = OUTSIDE_EXAMPLES[name];
  if (name === "stdio" || name === "clock") return hasValue ? `has a value, and ${name} takes none` : undefined;
  if (pattern === undefined || pattern === "") return `does not say which ${{ fs: "folder", net: "host", env: "variable" }[name]}; write it as ${example}`;
  switch (name) {
    case "fs":
      return FOLDER.test(pattern) ? undefined : `does not say whether the folder may be changed; write it as fs:FOLDER:ro or fs:FOLDER:rw, with another name for the capsule as fs:FOLDER::/data:ro`;
    case "net":
      return netProblem(pattern);
    case "env":
      return VARIABLE.test(pattern) ? undefined : `names no variable; write it as ${example}, or with a value as env:LEVEL=debug`;
  }
}

function netProblem(pattern: string): string | undefined {
  const port = splitAddress(pattern)[1];
  if (!OUTSIDE_SHAPES.net.test(pattern)) return "does not say which host and port; write it as net:api.example.com:443, net:*.example.com:443, net:[::1]:8080 or net:localhost:*";
  return port !== "*" && (Number(port) === 0 || Number(port) > PORT_MAX) ? `has the port ${port}; there are 1 to ${PORT_MAX}, and * for all` : undefined;
}

/** Whether a grant grants what is asked for. */
export function isOutsideGrantedBy(request: Grant, grant: Grant): boolean {
  if (grant.capability !== request.capability) return false;
  const asked = request.pattern ?? "";
  const given = grant.pattern ?? "";
  switch (request.capability) {
    case "fs": {
      const folder = folderOf(given);
      const wanted = folderOf(asked);
      return folder.guest === wanted.guest && (folder.writable || !wanted.writable);
    }
    case "net":
      return coversAddress(given, asked);
    case "env":
      return variableOf(given)[0] === asked;
    default:
      return false;
  }
}

/** Whether a pattern `HOST:PORT` covers an address, or another pattern. */
export function coversAddress(pattern: string, address: string): boolean {
  const [host, port] = splitAddress(pattern.toLowerCase());
  const [otherHost, otherPort] = splitAddress(address.toLowerCase());
  if (port !== "*" && port !== otherPort) return false;
  // A port of its own is no host, and no pattern of hosts covers it.
  if (host === "listen" || otherHost === "listen") return host === otherHost;
  return host === "*" || host === otherHost || (host.startsWith("*.") && otherHost.endsWith(host.slice(1)) && otherHost.length >= host.length);
}

function splitAddress(text: string): [host: string, port: string] {
  const at = text.lastIndexOf(":");
  return [text.slice(0, at), text.slice(at + 1)];
}

/** What a flag is to say that grants what a manifest asks for: a folder that it has an absolute name for is one of the current folder. */
export function outsideFlag({ capability, pattern = "" }: Grant): Grant {
  if (capability !== "fs") return pattern === "" ? { capability } : { capability, pattern };
  const { guest, writable } = folderOf(pattern);
  return { capability, pattern: guest.startsWith("/") ? `.${guest === "/" ? "" : guest}::${guest}:${writable ? "rw" : "ro"}` : pattern };
}

function folderOf(pattern: string): FolderRight {
  const { host = "", guest = host, mode } = FOLDER.exec(pattern)?.groups ?? {};
  return { host, guest, writable: mode === "rw" };
}

function variableOf(pattern: string): [name: string, value: string | undefined] {
  const { name = "", value } = VARIABLE.exec(pattern)?.groups ?? {};
  return [name, value];
}

/** What comes of what a manifest asks for and what is granted, which is no less. */
export function outsideRights({ capabilities: { files = [], net = [], env = [], stdio, clock } }: Manifest, grants: readonly Grant[]): OutsideRights {
  const granted = (name: OutsideName, pattern: string): string => grants.find((grant) => isOutsideGrantedBy({ capability: name, pattern }, grant))?.pattern ?? pattern;
  return {
    folders: files.map((pattern) => ({ ...folderOf(granted("fs", pattern)), writable: folderOf(pattern).writable })),
    net,
    env: env.map((pattern) => variableOf(granted("env", pattern))),
    stdio: stdio === true,
    clock: clock === true,
  };
}

/** What a component without a manifest asks for of what lies outside: what it is granted. */
export function outsideRequests(grants: readonly Grant[]): Manifest["capabilities"] {
  const of = (name: OutsideName): string[] => grants.flatMap(({ capability, pattern = "" }) => (capability === name ? [pattern] : []));
  const files = of("fs").map((pattern) => {
    const { guest, writable } = folderOf(pattern);
    return `${guest}:${writable ? "rw" : "ro"}`;
  });
  const net = of("net");
  const env = of("env").map((pattern) => variableOf(pattern)[0]);
  return {
    ...(files.length === 0 ? {} : { files }),
    ...(net.length === 0 ? {} : { net }),
    ...(env.length === 0 ? {} : { env }),
    ...(of("stdio").length === 0 ? {} : { stdio: true }),
    ...(of("clock").length === 0 ? {} : { clock: true }),
  };
}
