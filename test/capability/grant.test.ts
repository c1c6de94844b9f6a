import { describe, expect, it } from "vitest";
import { checkGrants, parseGrants } from "../../host/capability/grant.ts";
import { grantFlag, grantText } from "../../host/capability/grant-text.ts";
import { DoterosError } from "../../host/contract/error.ts";
import type { Manifest } from "../../host/contract/manifest.ts";

const errorOf = async (run: () => Promise<unknown>): Promise<DoterosError> => {
  try {
    await run();
  } catch (error) {
    if (error instanceof DoterosError) return error;
  }
  throw new Error("it did not throw a DoterosError");
};

const MANIFEST: Manifest = {
  name: "weather",
  version: "0.1.0",
  capabilities: { state: true, publish: ["alerts.>", "stats.*"], request: ["svc.geo"], log: true, context: true },
  subscriptions: ["readings.>"],
};

describe("grants", () => {
  it("are read as they are typed", async () => {
    expect(await parseGrants(["state", "log", "context", "publish=alerts.>", "request=svc.*", "subscribe=readings.*"])).toEqual([
      { capability: "state" },
      { capability: "log" },
      { capability: "context" },
      { capability: "publish", pattern: "alerts.>" },
      { capability: "request", pattern: "svc.*" },
      { capability: "subscribe", pattern: "readings.*" },
    ]);
  });

  it.each([
    ["stat", /"stat" names nothing that can be granted; did you mean state\?/],
    ["publich=a", /did you mean publish\?/],
    ["filesystem", /there is state, publish, request, subscribe, log, context/],
    ["", /"" names nothing/],
    ["state=all", /"state=all" has a value, and state takes none/],
    ["publish", /does not say for which subjects; write it as publish=PATTERN/],
    ["publish=", /has a pattern that is empty/],
    ["publish=a..b", /has a pattern that has an empty token/],
    ["subscribe=>.a", /has a pattern that has > before its last token/],
  ])("are refused when they are %j", async (text, message) => {
    const error = await errorOf(() => parseGrants([text]));
    expect(error.code).toBe("invalid-grant");
    expect(error.message).toMatch(message);
  });

  it("are refused all at once", async () => {
    const { message } = await errorOf(() => parseGrants(["stat", "log", "publish"]));
    expect(message).toMatch(/^2 grants are malformed:\n {2}"stat" .*\n {2}"publish" .*$/);
  });

  it("have a text and a flag that a shell takes as it is", () => {
    expect(grantText({ capability: "publish", pattern: "a.>" })).toBe("publish=a.>");
    expect(grantFlag({ capability: "state" })).toBe("--grant state");
    expect(grantFlag({ capability: "publish", pattern: "a.b" })).toBe("--grant publish=a.b");
    expect(grantFlag({ capability: "publish", pattern: "it's.>" })).toBe("--grant 'publish=it'\\''s.>'");
  });
});

describe("a manifest that asks for more than is granted", () => {
  it("is refused with everything that is missing, and the flags that would grant it", async () => {
    const error = await errorOf(async () => checkGrants(MANIFEST, await parseGrants(["state", "publish=alerts.*"])));
    expect(error.code).toBe("not-granted");
    expect(error.message).toBe(
      [
        "weather asks for what it was not granted:",
        "  publish alerts.>      --grant 'publish=alerts.>'",
        "  publish stats.*       --grant 'publish=stats.*'",
        "  request svc.geo       --grant request=svc.geo",
        "  log                   --grant log",
        "  context               --grant context",
        "  subscribe readings.>  --grant 'subscribe=readings.>'",
      ].join("\n"),
    );
    expect(error.help).toContain("--grant 'publish=alerts.>' --grant 'publish=stats.*' --grant request=svc.geo --grant log");
  });

  it("is accepted once it is granted what the help says", async () => {
    const { help = "" } = await errorOf(() => checkGrants(MANIFEST, []));
    const texts = [...help.matchAll(/--grant '?([^' ]+)'?/g)].map(([, text = ""]) => text);
    expect(texts).toHaveLength(7);
    await checkGrants(MANIFEST, await parseGrants(texts));
  });

  it("is covered by wider patterns, and not by those of other capabilities", async () => {
    const others = ["state", "log", "context", "request=>", "subscribe=>"];
    await checkGrants(MANIFEST, await parseGrants([...others, "publish=>"]));
    expect((await errorOf(async () => checkGrants(MANIFEST, await parseGrants(others)))).message).toMatch(/publish alerts\.>.*\n.*publish stats/);
  });
});
