import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { describe, expect, it } from "vitest";
import type { ExternType, ValueType } from "../../host/component/index.ts";
import { Component, compileComponent, DoterosError } from "../../host/component/index.ts";
import { partsOf } from "../../host/component/value-type.ts";
import { builtCapsule } from "../capsule/built.ts";
import { exercise } from "./exercise.ts";
import { prebuiltComponents } from "./folders.ts";
import type { Start } from "./oracle.ts";
import { startWithJco } from "./oracle.ts";

const { folders, files } = prebuiltComponents();

const PRESENCE =
  folders.length === 0
    ? "were skipped: DOTEROS_PREBUILT names no folder of them, see test/README.md"
    : `are in the folders that DOTEROS_PREBUILT names: ${folders.join(", ")}`;

describe("prebuilt components", () => {
  it.each([PRESENCE])("%s", () => expect(files.length > 0).toBe(folders.length > 0));

  it.each(files.map((file) => [basename(file), file] as const))("%s", async (_, file) => {
    const { ours, jco } = await compare(readFileSync(file));
    expect(ours).toEqual(jco);
  }, 60_000);
});

/** What a component does with this linker and with jco, given the same host and called alike. */
async function compare(bytes: Uint8Array): Promise<{ readonly ours: unknown; readonly jco: unknown }> {
  const component = await compileComponent(bytes).catch((error: unknown) => error);
  if (!(component instanceof Component)) {
    const jco = await startWithJco(bytes, []).then(() => "taken", () => "refused");
    return { ours: component instanceof DoterosError ? "refused" : component, jco };
  }
  const types = [...component.imports, ...component.exports].map(({ type }) => type);
  if (types.some(isAsynchronous)) return { ours: await whoWaits(component), jco: WAITED };
  const ours = await exercise(component, async (imports) => (await component.instantiate(imports)).exports);
  const jco = await exercise(component, await startWithJco(bytes, component.imports));
  return { ours: ours.log, jco: jco.log };
}

const WAITED = "run by jco, or refused by the name of what waits";

/** What becomes of a component that waits: {@link WAITED}, or what went wrong. */
async function whoWaits(component: Component): Promise<string> {
  let by = "";
  const { traps } = await exercise(component, async (imports) => {
    const { engine, exports } = await component.instantiate(imports);
    by = engine;
    return exports;
  }).catch((error: unknown) => ({ traps: [error] }));
  const errors = traps.filter((reason) => reason instanceof DoterosError);
  const refusal = errors.find(({ code }) => code === "unsupported");
  if (refusal === undefined) return by === "jco" ? WAITED : `not refused: ${String(traps[0])}`;
  return /asynchronous model: \S/.test(refusal.message) ? WAITED : refusal.message;
}

function isAsynchronous(type: ExternType): boolean {
  if (type.kind === "instance") return type.exports.some((part) => isAsynchronous(part.type));
  if (type.kind !== "func") return false;
  return type.async || type.params.some((param) => waits(param.type)) || (type.result !== undefined && waits(type.result));
}

function waits(type: ValueType): boolean {
  return type.kind === "stream" || type.kind === "future" || type.kind === "error-context" || partsOf(type).some(waits);
}

describe("the comparison with jco", () => {
  it.each(["counter", "weather"])("finds %s alike", async (name) => {
    const { ours, jco } = await compare(builtCapsule(name));
    expect(ours).toEqual(jco);
  });

  it("sees an import that answers something else", async () => {
    const component = await compileComponent(builtCapsule("counter"));
    const honest: Start = async (imports) => (await component.instantiate(imports)).exports;
    const forgetful: Start = async (imports) => honest({ ...imports, "doteros:capsule/state@0.1.0": FORGETFUL });
    const { log } = await exercise(component, honest);
    expect(log.some((entry) => "call" in entry)).toBe(true);
    expect((await exercise(component, honest)).log).toEqual(log);
    expect((await exercise(component, forgetful)).log).not.toEqual(log);
  });
});

const FORGETFUL = { get: () => undefined, put: () => undefined, delete: () => undefined, scan: () => [], version: () => 0n };
