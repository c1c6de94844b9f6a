import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { parseSigningKey, signingKey } from "../../host/ledger/key.ts";
import { nodePlatform } from "../../host/platform/node/index.ts";
import { keyFile } from "../../host/platform/node/key-file.ts";
import { Folder } from "../cli/fixture.ts";

let folder = new Folder();
afterEach(() => {
  folder.remove();
  folder = new Folder();
});

const make = (): string => signingKey("example.com/ledger", nodePlatform.random(32)).text;
const never = (): string => expect.fail("the key is there already");

describe("a key file", () => {
  it("is made when it is first wanted, and read from then on", async () => {
    const path = join(folder.path, "key");
    const text = await keyFile(path, make);
    expect(readFileSync(path, "utf8")).toBe(`${text}\n`);
    expect(parseSigningKey(text).verifier.name).toBe("example.com/ledger");
    expect(await keyFile(path, never)).toBe(text);
    expect(readdirSync(folder.path)).toEqual(["key"]);
  });

  it("is its owner's alone", async () => {
    const path = join(folder.path, "key");
    await keyFile(path, make);
    // Windows has no such bits.
    expect(statSync(path).mode & 0o777).toBe(process.platform === "win32" ? 0o666 : 0o600);
  });

  it("is one when many want it at once", async () => {
    const path = join(folder.path, "key");
    const texts = await Promise.all(Array.from({ length: 20 }, async () => keyFile(path, make)));
    expect(new Set(texts).size).toBe(1);
    expect(readFileSync(path, "utf8")).toBe(`${texts[0]}\n`);
    expect(readdirSync(folder.path)).toEqual(["key"]);
  });

  it("is refused when others may read it", async () => {
    const path = folder.write("key", make());
    for (const mode of [0o640, 0o604, 0o620, 0o602]) {
      chmodSync(path, mode);
      await expect(keyFile(path, never)).rejects.toMatchObject({ code: "invalid-key", where: path });
    }
  });

  it("is not any file", async () => {
    const path = folder.write("key", "x".repeat(5_000));
    chmodSync(path, 0o600);
    await expect(keyFile(path, never)).rejects.toMatchObject({ code: "invalid-key" });
    mkdirSync(join(folder.path, "directory"), { mode: 0o700 });
    await expect(keyFile(join(folder.path, "directory"), never)).rejects.toMatchObject({ code: "unreadable-input" });
  });

  it("is not made where nothing can be", async () => {
    writeFileSync(join(folder.path, "file"), "");
    await expect(keyFile(join(folder.path, "gone", "key"), make)).rejects.toMatchObject({ code: "unwritable-output" });
    await expect(keyFile(join(folder.path, "file", "key"), make)).rejects.toMatchObject({ code: "unreadable-input" });
  });
});
