import { beforeAll, describe, expect, it } from "vitest";
import { withPolicy } from "../../host/cli/build/manifest-section.ts";
import { DEAD_LETTER_HEADERS } from "../../host/node.ts";
import { nodePlatform } from "../../host/platform/node/index.ts";
import { Replay } from "../../host/runtime/replay.ts";
import { MemoryStore } from "../../host/store/memory.ts";
import { ASKING } from "../fixture/asking.ts";
import { componentOf } from "../fixture/component.ts";
import { headersOf, type Running, start } from "../fixture/running.ts";

const RULES = `package app
allow if input.user == "bob"
big := input.n + 1
at := time.now_ns()
chance := rand.intn("x", 1000000000)
conflict := input.a
conflict := input.b
slow := count([1 | some i in numbers.range(1, 3000); some j in numbers.range(1, 3000); i == j])`;

let bare: Uint8Array;
let asking: Uint8Array;
beforeAll(async () => {
  bare = await componentOf(ASKING);
  asking = withPolicy(bare, RULES);
});

const MANIFEST = { name: "asking", capabilities: { publish: ["out"], policy: true }, retry: { attempts: 1 } } as const;
const GRANTS = ["publish=>", "subscribe=>"];

async function running(bytes: Uint8Array, grants: readonly string[] = [], store?: MemoryStore): Promise<Running> {
  return start(bytes, MANIFEST, { load: { grants: [...GRANTS, ...grants], manifest: { version: "0.1.0", subscriptions: ["do"], ...MANIFEST } }, ...(store === undefined ? {} : { store }) });
}

describe("a capsule that carries a policy", () => {
  it("asks it, without a grant, and hears JSON, nothing, or why not", async () => {
    const { host, send, texts, heard } = await running(asking);
    await send('app.allow {"user": "bob"}');
    await send('app.allow {"user": "eve"}');
    await send('app.big {"n": 9007199254740993}');
    expect(texts()).toEqual(["out true", "out none", "out 9007199254740994"]);
    const reasons = async (script: string): Promise<string> => {
      await send(script);
      return headersOf(heard.at(-1))[DEAD_LETTER_HEADERS.reason] ?? "";
    };
    expect(await reasons("app.allow {oops")).toContain("invalid: the input is no JSON document");
    expect(await reasons("app..allow {}")).toContain("invalid: the path is no rule's");
    expect(await reasons("1/0; {}")).toContain("invalid: the path is no rule's");
    expect(await reasons('app.conflict {"a": 1, "b": 2}')).toContain("failed: ");
    expect(await reasons("app.slow {}")).toContain("limit: ");
    await host.close();
  });

  it("hears the same when it is replayed from the component alone, the time and chance included", async () => {
    const store = new MemoryStore();
    const { host, send, texts } = await running(asking, [], store);
    await send("app.at {}");
    await send("app.chance {}");
    await send("app.chance {}");
    await send('app.allow {"user": "bob"}');
    await host.close();
    const [at, first, second] = texts();
    expect(at).toMatch(/^out \d{19}$/);
    expect(first).not.toBe(second);
    const report = await Replay.run({ entries: store.entries(0), component: (digest) => store.component(digest) }, nodePlatform, () => undefined);
    expect([report.difference, report.transitions]).toEqual([undefined, 4]);
  });

  it("with a mistake in it is not loaded", async () => {
    await expect(running(withPolicy(bare, "package app\nallow if x"))).rejects.toMatchObject({ code: "invalid-policy", where: "policy.rego:2:10" });
  });
});

describe("a capsule that carries no policy", () => {
  it("needs a grant to ask, and hears that nothing is defined", async () => {
    await expect(running(bare)).rejects.toMatchObject({ code: "not-granted", help: expect.stringContaining("--grant policy") as string });
    const { host, send, texts } = await running(bare, ["policy"]);
    await send("app.allow {}");
    expect(texts()).toEqual(["out none"]);
    await host.close();
  });
});
