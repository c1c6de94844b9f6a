import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type Built, buildProject } from "../../host/cli/build/build.ts";
import type { Memory } from "../../host/cli/build/transform.ts";
import { type Component, compileComponent, ComponentError } from "../../host/component/index.ts";
import type { Fault, Message } from "../../host/contract/message.ts";

const ROOT = join(import.meta.dirname, "..", "..");

/** Host functions by the names of their interfaces in `doteros:capsule`, and of `wasi:logging`. */
export type Interfaces = Readonly<Record<string, Readonly<Record<string, (...values: never[]) => unknown>>>>;

/** Builds a capsule from its sources in assembly/, as `doteros-wasm build` does. */
export async function buildCapsule(sources: Readonly<Record<string, string>>, world = "capsule", memory?: Memory): Promise<Built> {
  const build = join(ROOT, ".build");
  await mkdir(build, { recursive: true });
  const folder = await mkdtemp(join(build, "sdk-"));
  try {
    for (const [name, text] of Object.entries(sources)) {
      await mkdir(dirname(join(folder, "assembly", name)), { recursive: true });
      await writeFile(join(folder, "assembly", name), text);
    }
    return await buildProject({ folder, wit: join(ROOT, "wit"), world, manifest: undefined, memory });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A capsule that is linked to host functions of the test's own. */
export interface Linked {
  readonly component: Component;
  /** Hands over one message; returns its fault, or undefined when it was handled. Throws what trapped. */
  send(subject: string, payload?: string | Uint8Array, more?: Partial<Message>): Fault | undefined;
  start(): Fault | undefined;
}

/** Links a component to host functions. */
export async function linkCapsule(bytes: Uint8Array, interfaces: Interfaces): Promise<Linked> {
  const component = await compileComponent(bytes);
  const named = Object.entries(interfaces).map(([name, functions]) => [
    name === "logging" ? "wasi:logging/logging@0.1.0-draft" : `doteros:capsule/${name}@0.1.0`,
    functions,
  ]);
  const { exports } = await component.instantiate(Object.fromEntries(named) as Record<string, never>);
  const handler = exports["doteros:capsule/handler@0.1.0"] as { handle(message: Message): void };
  const starter = exports["doteros:capsule/starter@0.1.0"] as { start(): void } | undefined;
  return {
    component,
    send: (subject, payload = "", more = {}) => {
      const bytesOf = typeof payload === "string" ? new TextEncoder().encode(payload) : payload;
      return faultOf(() => handler.handle({ subject, headers: [], payload: bytesOf, ...more }));
    },
    start: () => faultOf(() => starter?.start()),
  };
}

function faultOf(call: () => void): Fault | undefined {
  try {
    call();
    return undefined;
  } catch (error) {
    if (error instanceof ComponentError) return error.payload as Fault;
    throw error;
  }
}
