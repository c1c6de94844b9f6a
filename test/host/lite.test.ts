import { createHash } from "node:crypto";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import type { Host, NeutralHostOptions } from "../../host/contract/host.ts";
import { createHost } from "../../host/lite.ts";
import { litePlatform } from "../../host/lite/platform.ts";
import { MemoryStore } from "../../host/store/memory.ts";
import { ALL_GRANTS, SCRIPT_MANIFEST } from "../fixture/running.ts";
import { scriptCapsule } from "../fixture/script.ts";
import { refusalOf } from "../refusal.ts";

const POLICY = { modules: { "policy.rego": "package doteros\nallow := true" } };
let script: Uint8Array;
let host: Host | undefined;

beforeAll(async () => {
  script = await scriptCapsule();
});
afterEach(() => host?.close());

describe("the small host", () => {
  it.each([
    ["store", { store: new MemoryStore() }],
    ["policy", { policy: POLICY }],
    ["decisions", { decisions: () => undefined }],
    ["signingKey", { signingKey: "PRIVATE+KEY+a+b+c" }],
    ["sleep", { sleep: { awakeMax: 4 } }],
  ] satisfies [string, NeutralHostOptions][])("says that it has no %s, and who has", async (option, options) => {
    const { code, where, help } = await refusalOf(createHost(options));
    expect([code, where]).toEqual(["unsupported", option]);
    expect(help).toContain("doteros-wasm/browser");
  });

  it("takes store: memory, which is what it has", async () => {
    host = await createHost({ store: "memory" });
    expect(host.capsules.size).toBe(0);
  });

  it("refuses threads, snapshots, policies and checkpoints when they are asked for, and goes on", async () => {
    const own = (host = await createHost());
    const options = { manifest: SCRIPT_MANIFEST, grants: [...ALL_GRANTS, "policy"] };
    const capsule = await own.load(script, options);
    const other = { ...options, manifest: { ...SCRIPT_MANIFEST, name: "other" } };
    const refusals = [
      () => own.load(script, { ...other, isolation: "thread" }),
      () => own.load(script, { ...other, snapshot: new Uint8Array(8) }),
      () => own.load(script, { ...other, manifest: { ...other.manifest, capabilities: { ...other.manifest.capabilities, policy: true } } }),
      () => own.setPolicy(POLICY),
      () => own.checkpoint(),
      () => capsule.snapshot(),
    ];
    for (const ask of refusals) expect((await refusalOf(ask())).code).toBe("unsupported");
    await own.publish("do", "p a 1");
    await own.idle();
    expect([...own.capsules.keys()]).toEqual(["script"]);
    expect(capsule.counters.transitions).toBe(1);
  });
});

describe("its platform", () => {
  const bytes = Uint8Array.from({ length: 1000 }, (_, at) => at * 7);
  const expected = createHash("sha256").update(bytes).digest("hex");
  const hexOf = (hash: Uint8Array | undefined): string => Buffer.from(hash ?? []).toString("hex");

  afterEach(() => vi.unstubAllGlobals());

  it("hashes by the runtime's own", async () => {
    expect(hexOf(await litePlatform.digest?.(bytes))).toBe(expected);
  });

  it("hashes the same where the runtime's own may not be used", async () => {
    vi.stubGlobal("crypto", { getRandomValues: crypto.getRandomValues.bind(crypto) });
    expect(hexOf(await litePlatform.digest?.(bytes))).toBe(expected);
  });
});
