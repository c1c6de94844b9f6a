import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { DoterosError } from "../../host/contract/error.ts";
import { fromBase64, toBase64 } from "../../host/ledger/base64.ts";
import { openCheckpoint, parseCheckpoint, signCheckpoint } from "../../host/ledger/checkpoint.ts";
import { isSignature, publicKeyOf, signatureOf } from "../../host/ledger/ed25519.ts";
import { parseSigningKey, parseVerifierKey, signingKey } from "../../host/ledger/key.ts";
import { openNote, signNote } from "../../host/ledger/note.ts";
import { fromEnvironment, Random } from "../component/random.ts";

const SEED = fromEnvironment("DOTEROS_SEED", 1);

/** What golang.org/x/mod/sumdb/note v0.43.0 makes, and what it says to notes. */
const vectors = JSON.parse(readFileSync(join(import.meta.dirname, "note-vectors.json"), "utf8")) as {
  keys: { name: string; signing: string; verifier: string }[];
  signed: { text: string; keys: string[]; note: string }[];
  opened: { what: string; keys: string[]; note: string; signers: string[] | null }[];
  refusedKeys: { what: string; key: string }[];
};

describe("a key", () => {
  it.each(vectors.keys)("of Go is read and written as it is: $name", ({ name, signing, verifier }) => {
    const key = parseSigningKey(signing);
    expect([key.text, key.verifier.text, key.verifier.name]).toEqual([signing, verifier, name]);
    expect(signingKey(name, key.seed)).toEqual(key);
    expect(parseVerifierKey(verifier)).toEqual(key.verifier);
  });
  it.each(vectors.refusedKeys)("is refused as Go refuses it: $what", ({ key }) => {
    expect(() => parseVerifierKey(key)).toThrow(expect.objectContaining({ code: "invalid-key" }));
    expect(() => parseSigningKey(`PRIVATE+KEY+${key}`)).toThrow(expect.objectContaining({ code: "invalid-key" }));
  });
  it("that is private is not taken for the other, nor shown in the error", () => {
    const { text } = signingKey("a", new Uint8Array(32).fill(9));
    expect(() => parseVerifierKey(text)).toThrow(/^this is a private key/);
    const refused = catching(() => parseSigningKey(text.replace("+a+", "+b+")));
    expect(JSON.stringify(refused)).toContain("does not belong to its id");
    expect(JSON.stringify(refused)).not.toContain(text.slice(-20));
  });
});

describe("a note", () => {
  it.each(vectors.signed)("is what Go signs: $text", ({ text, keys, note }) => {
    expect(signNote(text, keys.map(parseSigningKey))).toBe(note);
  });
  it.each(vectors.opened)("is opened or refused as Go does: $what", ({ keys, note, signers }) => {
    const known = keys.map(parseVerifierKey);
    const opened = catching(() => openNote(note, known).signers.map(({ name }) => name));
    expect(opened instanceof DoterosError ? opened.code : opened).toEqual(signers ?? "invalid-note");
  });
  it.each(["", "no newline", "a\ttab\n", "half \ud800\n"])("is not made of %j", (text) => {
    expect(() => signNote(text, [])).toThrow(expect.objectContaining({ code: "invalid-note" }));
  });
});

describe("a checkpoint", () => {
  const key = signingKey("example.com/ledger", new Uint8Array(32).fill(3));
  const root = new Uint8Array(32).fill(5);

  it("comes back as it was signed", () => {
    const note = signCheckpoint(17, root, key);
    expect(note).toMatch(/^example\.com\/ledger\n17\nBQUFBQ.*=\n\n\u2014 example\.com\/ledger .*=\n$/);
    expect(openCheckpoint(note, key.verifier)).toEqual({ origin: "example.com/ledger", size: 17, root, extensions: [] });
  });
  it("is not another ledger's, nor another key's", () => {
    const other = signingKey("example.com/other", key.seed);
    const note = signNote(`example.com/ledger\n17\n${toBase64(root)}\n`, [other]);
    expect(() => openCheckpoint(note, other.verifier)).toThrow(/of the ledger "example.com\/ledger", not of "example.com\/other"/);
    expect(() => openCheckpoint(note, key.verifier)).toThrow(/not signed by example.com\/ledger \([0-9a-f]{8}\)/);
  });
  it("may say more", () => expect(parseCheckpoint(`a\n0\n${toBase64(root)}\nmore\n`).extensions).toEqual(["more"]));
  it.each([
    "", "\n", "a\n1\n", `\n1\n${toBase64(root)}\n`, `a\n01\n${toBase64(root)}\n`, `a\n-1\n${toBase64(root)}\n`, `a\n9007199254740992\n${toBase64(root)}\n`,
    `a\n1\n${toBase64(root)}`, `a\n1\n${toBase64(root.subarray(1))}\n`, `a\n1\n${toBase64(root)}\n\n`, `a\n1e3\n${toBase64(root)}\n`,
  ])("is not %j", (text) => {
    expect(() => parseCheckpoint(text)).toThrow(expect.objectContaining({ code: "invalid-note" }));
  });
});

describe("Ed25519", () => {
  it("signs as RFC 8032, 7.1 has it", () => {
    const seed = Buffer.from("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb", "hex");
    const signature = signatureOf(Uint8Array.of(0x72), seed);
    expect(Buffer.from(publicKeyOf(seed)).toString("hex")).toBe("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
    expect(Buffer.from(signature).toString("hex")).toBe(
      "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    );
    expect(isSignature(signature, Uint8Array.of(0x72), publicKeyOf(seed))).toBe(true);
    expect(isSignature(signature, Uint8Array.of(0x73), publicKeyOf(seed))).toBe(false);
    expect(isSignature(signature, Uint8Array.of(0x72), new Uint8Array(32).fill(255))).toBe(false);
  });
});

describe("base64", () => {
  it("is what Node makes, and no other spelling is read", () => {
    const random = new Random(SEED);
    const characters = "A B a b 0 1 + / = - _ \n \u00e4".split(" ");
    for (let run = 0; run < 2_000; run += 1) {
      const bytes = Uint8Array.from(random.many(random.below(70), () => random.below(256)));
      const text = toBase64(bytes);
      expect(text).toBe(Buffer.from(bytes).toString("base64"));
      expect(fromBase64(text)).toEqual(bytes);
      const spelled = random.many(random.below(9), () => random.pick(characters)).join("");
      const read = fromBase64(spelled);
      expect(read !== undefined, `seed ${SEED}, run ${run}`).toBe(Buffer.from(spelled, "base64").toString("base64") === spelled);
    }
  });
});

function catching(call: () => unknown): unknown {
  try {
    return call();
  } catch (error) {
    return error;
  }
}
