import { describe, expect, it } from "vitest";
import { checkGrants, parseGrants } from "../../host/capability/grant.ts";
import { grantFlag, grantText } from "../../host/capability/grant-text.ts";
import { parseManifest } from "../../host/capability/manifest.ts";
import { coversAddress, outsideRequests, outsideRights } from "../../host/capability/outside-grant.ts";
import type { Manifest, RequestedCapabilities } from "../../host/contract/manifest.ts";
import { refusal, refusalOf } from "../refusal.ts";

const asking = (capabilities: RequestedCapabilities): Manifest => parseManifest({ name: "tool", version: "0.1.0", capabilities });

describe("grants of what lies outside", () => {
  it("are read as they are typed, and written likewise", async () => {
    const texts = ["fs:./data:ro", "fs:C:\\data::/data:rw", "net:api.example.com:443", "net:*.example.com:*", "net:[::1]:80", "env:HOME", "env:LEVEL=a=b:c", "stdio", "clock"];
    const grants = await parseGrants(texts);
    expect(grants.map(grantText)).toEqual(texts);
    expect(grants[0]).toEqual({ capability: "fs", pattern: "./data:ro" });
    expect(grantFlag({ capability: "net", pattern: "*.example.com:*" })).toBe("--grant 'net:*.example.com:*'");
  });

  it.each([
    ["fs", /"fs" does not say which folder; write it as fs:\.\/data:ro/],
    ["fs:", /does not say which folder/],
    ["fs=./data:ro", /does not say which folder; write it as fs:/],
    ["fs:./data", /does not say whether the folder may be changed; write it as fs:FOLDER:ro or fs:FOLDER:rw/],
    ["fs:./data:rx", /does not say whether the folder may be changed/],
    ["fs:a\0b:ro", /does not say whether/],
    ["net", /does not say which host/],
    ["net:example.com", /does not say which host and port/],
    ["net:example.com:https", /does not say which host and port/],
    ["net:a*.example.com:443", /does not say which host and port/],
    ["net:example.com:0", /has the port 0; there are 1 to 65535/],
    ["net:example.com:65536", /has the port 65536/],
    ["env", /does not say which variable; write it as env:HOME/],
    ["env:=x", /names no variable/],
    ["stdio:out", /has a value, and stdio takes none/],
    ["clock=real", /has a value, and clock takes none/],
    ["filesystem", /there is state, .*, fs, net, env, stdio, clock/],
    ["stdin", /did you mean stdio\?/],
  ])("are refused when they are %j", async (text, message) => {
    expect(await refusalOf(parseGrants([text]))).toMatchObject({ code: "invalid-grant", message: expect.stringMatching(message) as string });
  });

  it("name hosts exactly, or all of a domain, or all", () => {
    const covered = ["a.example.com:443", "a.b.example.com:443", "A.EXAMPLE.com:443", "*.b.example.com:443"];
    expect(covered.filter((address) => !coversAddress("*.example.com:443", address))).toEqual([]);
    const others = ["example.com:443", "aexample.com:443", "a.example.com:80", "example.com.evil.org:443"];
    expect(others.filter((address) => coversAddress("*.example.com:443", address))).toEqual([]);
    expect(coversAddress("*:*", "[::1]:80")).toBe(true);
    expect(coversAddress("localhost:*", "localhost.evil.org:80")).toBe(false);
  });
});

describe("a manifest that asks for what lies outside", () => {
  const manifest = asking({ files: ["/data:ro", "./out:rw"], net: ["api.example.com:443"], env: ["HOME"], stdio: true, clock: true });

  it("is refused with the flags that would grant it, none of which leads out of the current folder", async () => {
    const error = await refusalOf(checkGrants(manifest, []));
    expect(error.code).toBe("not-granted");
    expect(error.help).toBe(
      "to grant all of it, add --grant fs:./data::/data:ro --grant fs:./out:rw --grant net:api.example.com:443 --grant env:HOME --grant stdio --grant clock",
    );
    const texts = [...(error.help ?? "").matchAll(/--grant ([^ ]+)/g)].map(([, text = ""]) => text);
    await checkGrants(manifest, await parseGrants(texts));
  });

  it("gets what it asks for, from where the grants say, and not more than it asks for", async () => {
    const grants = await parseGrants(["fs:/srv/x::/data:rw", "fs:./out:rw", "fs:/etc::/etc:ro", "net:*.example.com:*", "env:HOME=/nowhere", "env:PATH", "stdio", "clock"]);
    await checkGrants(manifest, grants);
    expect(outsideRights(manifest, grants)).toEqual({
      folders: [
        { host: "/srv/x", guest: "/data", writable: false },
        { host: "./out", guest: "./out", writable: true },
      ],
      net: ["api.example.com:443"],
      env: [["HOME", "/nowhere"]],
      stdio: true,
      clock: true,
    });
  });

  it("is not granted to change what may only be read", async () => {
    const grants = await parseGrants(["fs:./out:ro"]);
    expect((await refusalOf(checkGrants(asking({ files: ["./out:rw"] }), grants))).message).toContain("fs ./out:rw  --grant fs:./out:rw");
  });

  it("is derived from what is granted where a component has none, without the values of variables", async () => {
    const grants = await parseGrants(["fs:/srv/x::/data:rw", "net:a:1", "env:KEY=secret", "stdio"]);
    expect(outsideRequests(grants)).toEqual({ files: ["/data:rw"], net: ["a:1"], env: ["KEY"], stdio: true });
  });

  it("is told what is wrong with it",  () => {
    const error = refusal(() => asking({ files: ["/data"], net: ["a"], env: ["A=b"] }));
    expect(error.message).toBe(
      [
        "the manifest has 3 problems:",
        '  capabilities.files[0] must be such as /data:ro, not "/data"',
        '  capabilities.net[0] must be such as example.com:443, not "a"',
        '  capabilities.env[0] must be such as HOME, not "A=b"',
      ].join("\n"),
    );
  });
});
