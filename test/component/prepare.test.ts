import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { compileComponent, loadPrepared, prepare } from "../../host/component/index.ts";

const bytes = readFileSync(new URL("../../.build/capsules/counter/counter.wasm", import.meta.url));

/** Runs the counter once and returns what it published. */
async function count(component: Awaited<ReturnType<typeof compileComponent>>): Promise<unknown[]> {
  const published: unknown[] = [];
  const { exports } = await component.instantiate({
    "doteros:capsule/state@0.1.0": { get: () => undefined, put: () => undefined },
    "doteros:capsule/messaging@0.1.0": { publish: (message: unknown) => void published.push(message) },
  });
  const handler = exports["doteros:capsule/handler@0.1.0"] as { handle: (message: unknown) => void };
  handler.handle({ subject: "readings.oslo", headers: [], payload: new Uint8Array(3) });
  return published;
}

it("a component that was taken apart and put together again does the same", async () => {
  const { modules, plan } = prepare(bytes);
  const copied = structuredClone({ modules, plan });
  const compiled = copied.modules.map((module) => new WebAssembly.Module(module));
  const component = loadPrepared(copied.plan, compiled);
  const original = await compileComponent(bytes);
  expect(await count(component)).toEqual(await count(original));
  expect(component.wit()).toBe(original.wit());
});

it("what was prepared stands on its own: no change to the bytes it was made of reaches it", () => {
  // readFileSync answers a Buffer, whose slices share its memory.
  const source = Buffer.from(bytes);
  const { modules, plan } = prepare(source);
  source.fill(0);
  expect(() => modules.map((module) => new WebAssembly.Module(module))).not.toThrow();
  expect([...modules, plan].map(({ constructor }) => constructor)).toEqual([...modules, plan].map(() => Uint8Array));
});

it("the plan holds no function bodies", () => {
  const { modules, plan } = prepare(bytes);
  const bodies = modules.reduce((sum, module) => sum + module.length, 0);
  expect(plan.length).toBeLessThan(bytes.length - bodies / 2);
  expect(prepare(plan).plan.length).toBeLessThanOrEqual(plan.length);
});

it("a plan with too few modules says how many it wants", () => {
  const { plan } = prepare(bytes);
  expect(() => loadPrepared(plan, [])).toThrow(/wants \d compiled modules, found 0/u);
});
