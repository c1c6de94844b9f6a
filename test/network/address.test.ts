import { array, assert, constant, constantFrom, nat, oneof, property } from "fast-check";
import { isIPv4, isIPv6 } from "node:net";
import { describe, expect, it } from "vitest";
import { canonicalHost, NetworkAccess } from "../../host/capability/dialect/sockets/access.ts";
import { parseAddress, textOf } from "../../host/capability/dialect/sockets/address.ts";
import { isHostName } from "../../host/capability/dialect/sockets/host-name.ts";
import { Transition } from "../../host/capability/transition.ts";
import type { Network } from "../../host/contract/network.ts";
import { nodePlatform } from "../../host/platform/node/index.ts";
import { WorkingState } from "../../host/store/working-state.ts";
import { DEFAULT_LIMITS } from "../../host/capability/resource-limits.ts";

const RUNS = { numRuns: 3_000, seed: Number(process.env["DOTEROS_SEED"] ?? 9) };

describe("IP addresses as text", () => {
  it("come back from their text, and are printed as URLs have them", () => {
    const group = oneof(constant(0), nat(0xffff));
    assert(
      property(array(group, { minLength: 8, maxLength: 8 }), (groups) => {
        const text = textOf({ tag: "ipv6", val: groups as unknown as [number, number, number, number, number, number, number, number] });
        expect(parseAddress(text)).toEqual({ tag: "ipv6", val: groups });
        expect(`[${text}]`).toBe(new URL(`http://[${text}]/`).hostname);
      }),
      RUNS,
    );
  });

  it("are those that Node takes for some, and no others", () => {
    const part = constantFrom("0", "1", "00", "ffff", "10000", "g", ":", "::", ".", "255", "256", "1.2.3.4", "[", "]", "%eth0", "-", "");
    assert(
      property(array(part, { maxLength: 17 }), (parts) => {
        const text = parts.join("");
        const found = parseAddress(text)?.tag;
        // Node has zones, which are no part of an address here, and no brackets.
        if (/[%[\]]/.test(text)) return;
        expect([text, found]).toEqual([text, isIPv4(text) ? "ipv4" : isIPv6(text) ? "ipv6" : undefined]);
      }),
      RUNS,
    );
  });

  it.each([
    ["::1", "::1"],
    ["[0:0:0:0:0:0:0:1]", "::1"],
    ["10:0:0:1::", "10:0:0:1::"],
    ["::ffff:127.0.0.1", "::ffff:7f00:1"],
    ["DEAD:beef::0", "dead:beef::"],
    ["Example.COM.", "example.com"],
    ["127.0.0.1", "127.0.0.1"],
  ])("%s is compared as %s", (text, canonical) => expect(canonicalHost(text)).toBe(canonical));

  it.each(["0x7f.1", "127.1", "2130706433", "127.0.0.1.", "1.2.3.4.5", "[::1"])("%s is none", (text) => expect(parseAddress(text)).toBeUndefined());
});

describe("names of hosts", () => {
  it.each(["localhost", "a.b-c.example", "_dns.example", `${"a".repeat(63)}.b`])("%s is one", (name) => expect(isHostName(name)).toBe(true));
  it.each(["", ".", "a..b", "-a", "a b", "a:1", "a/b", `${"a".repeat(64)}.b`, `${"a.".repeat(127)}ab`])("%j is none", (name) => expect(isHostName(name)).toBe(false));
});

describe("rights to the network", () => {
  const nothing: Network = { begin: () => undefined, poll: () => undefined };
  const access = (...rights: string[]): NetworkAccess => new NetworkAccess(new Transition({ name: "own", version: "1.0.0", digest: "" }, new Map(), DEFAULT_LIMITS, new WorkingState(), nodePlatform, undefined), nothing, rights);

  it("are for a host and a port", () => {
    const own = access("10.0.0.1:80", "[::1]:*", "api.Example.com:443");
    expect([own.mayConnect("10.0.0.1", 80), own.mayConnect("10.0.0.1", 81), own.mayConnect("10.0.0.2", 80), own.mayConnect("::1", 9)]).toEqual([true, false, false, true]);
    expect([own.mayLookUp("api.example.com"), own.mayLookUp("example.com"), own.mayRequest("GET", "", "api.example.com", 443), own.mayRequest("GET", "", "api.example.com", 80)]).toEqual([true, false, true, false]);
  });

  it("are for the addresses that a name had, once it was looked up", () => {
    const own = access("*.example.com:443");
    expect(own.mayConnect("10.0.0.1", 443)).toBe(false);
    own.remember("a.example.com", ["10.0.0.1"]);
    own.remember("other.test", ["10.0.0.2"]);
    expect([own.mayConnect("10.0.0.1", 443), own.mayConnect("10.0.0.1", 80), own.mayConnect("10.0.0.2", 443)]).toEqual([true, false, false]);
  });

  it("with a pattern are for names below, and for no address that ends alike", () => {
    const own = access("*.0.0.1:*", "*.example.com:*");
    expect([own.mayConnect("10.0.0.1", 80), own.mayLookUp("a.example.com"), own.mayLookUp("example.com"), own.mayLookUp("badexample.com")]).toEqual([false, true, false, false]);
  });

  it("to everyone are none to listen, and rights to listen are none to connect", () => {
    const all = access("*:*");
    expect([all.mayConnect("10.0.0.1", 1), all.mayListen(80, "0.0.0.0")]).toEqual([true, false]);
    const own = access("listen:80");
    expect([own.mayListen(80, "0.0.0.0"), own.mayListen(0, "0.0.0.0"), own.mayConnect("10.0.0.1", 80), own.mayLookUp("listen"), own.mayRequest("GET", "", "listen", 80)]).toEqual([true, false, false, false, false]);
    expect(access("listen:*").mayListen(0, "127.0.0.1")).toBe(true);
  });
});
