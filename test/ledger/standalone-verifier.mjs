// Verifies ledgers and proofs with nothing but Node's own cryptography, written from the formats' descriptions alone.
//
//     node standalone-verifier.mjs KEY ledger.dwl             a ledger that was exported
//     node standalone-verifier.mjs KEY proofs.ndjson          proofs, one on each line
//
// KEY is the text NAME+ID+BASE64 of the key that must have signed. The exit code is 0 when everything holds.

import { createHash, createPublicKey, verify } from "node:crypto";
import { readFileSync } from "node:fs";

const sha256 = (...parts) => parts.reduce((hash, part) => hash.update(part), createHash("sha256")).digest();
const leafOf = (entry) => sha256(Buffer.of(0), entry);
const nodeOf = (left, right) => sha256(Buffer.of(1), left, right);

function must(holds, what) {
  if (!holds) throw new Error(what);
}

/** The key of C2SP's signed-note: the id is a hash over name and key. */
function readKey(text) {
  const [, name, id, base64] = /^([^+\s]+)\+([0-9a-f]{8})\+(.+)$/.exec(text);
  const bytes = Buffer.from(base64, "base64");
  must(bytes.length === 33 && bytes[0] === 1, "the key is not one of Ed25519");
  must(sha256(`${name}\n`, bytes).subarray(0, 4).toString("hex") === id, "the key does not belong to its id");
  const der = Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), bytes.subarray(1)]);
  return { name, id, key: createPublicKey({ key: der, format: "der", type: "spki" }) };
}

/** A checkpoint: three lines, an empty one, signatures. */
function readCheckpoint(note, { name, id, key }) {
  const end = note.lastIndexOf("\n\n") + 1;
  const signed = note.slice(0, end);
  const line = note.slice(end + 1).split("\n").find((one) => one.startsWith(`\u2014 ${name} `));
  const signature = Buffer.from(line?.split(" ")[2] ?? "", "base64");
  must(signature.subarray(0, 4).toString("hex") === id, "the checkpoint is not signed with the key");
  must(verify(null, Buffer.from(signed), key, signature.subarray(4)), "the signature of the checkpoint is wrong");
  const [origin, size, root] = signed.split("\n");
  must(origin === name, "the checkpoint is of another ledger");
  return { size: Number(size), root };
}

/** The root of the tree that a path makes of a leaf: RFC 9162, 2.1.3.2. */
function rootFromPath(leaf, index, size, path) {
  let [hash, fn, sn] = [leaf, index, size - 1];
  for (const other of path) {
    must(sn > 0, "the path is too long");
    if (fn % 2 === 1 || fn === sn) {
      hash = nodeOf(other, hash);
      while (fn % 2 === 0 && fn !== 0) [fn, sn] = [fn / 2, Math.floor(sn / 2)];
    } else hash = nodeOf(hash, other);
    [fn, sn] = [Math.floor(fn / 2), Math.floor(sn / 2)];
  }
  must(sn === 0, "the path is too short");
  return hash;
}

/** Both roots that a proof of consistency makes: RFC 9162, 2.1.4.2. */
function rootsFromConsistency(from, to, fromRoot, proof) {
  const path = Number.isInteger(Math.log2(from)) ? [fromRoot, ...proof] : proof;
  let [fn, sn] = [from - 1, to - 1];
  while (fn % 2 === 1) [fn, sn] = [Math.floor(fn / 2), Math.floor(sn / 2)];
  let [fr, sr] = [path[0], path[0]];
  for (const other of path.slice(1)) {
    must(sn > 0, "the path is too long");
    if (fn % 2 === 1 || fn === sn) {
      [fr, sr] = [nodeOf(other, fr), nodeOf(other, sr)];
      while (fn % 2 === 0 && fn !== 0) [fn, sn] = [fn / 2, Math.floor(sn / 2)];
    } else sr = nodeOf(sr, other);
    [fn, sn] = [Math.floor(fn / 2), Math.floor(sn / 2)];
  }
  must(sn === 0, "the path is too short");
  return [fr, sr];
}

function verifyProof(line, key) {
  const proof = JSON.parse(line);
  const checkpoint = readCheckpoint(proof.checkpoint, key);
  const path = proof.path.map((text) => Buffer.from(text, "base64"));
  if (proof.kind === "inclusion") {
    must(proof.index >= 0 && proof.index < checkpoint.size, "the index is outside of the checkpoint");
    const root = rootFromPath(leafOf(Buffer.from(proof.entry, "base64")), proof.index, checkpoint.size, path);
    must(root.toString("base64") === checkpoint.root, `the proof of entry ${proof.index} does not lead to the root`);
    return;
  }
  must(proof.kind === "consistency", "the proof is of another kind");
  const [from, to] = rootsFromConsistency(proof.from.size, checkpoint.size, Buffer.from(proof.from.root, "base64"), path);
  must(from.toString("base64") === proof.from.root && to.toString("base64") === checkpoint.root, "the roots are not consistent");
}

/** Magic, records, index, the end: see the comment in the file that defines the format. Here all entries must be there. */
function verifyFile(bytes, key) {
  must(sha256(bytes.subarray(0, -32)).equals(bytes.subarray(-32)), "the file is damaged");
  const records = [];
  for (let at = 17; bytes[at] !== 0x5a; ) {
    const length = bytes.readUInt32BE(at + 1);
    records.push({ letter: String.fromCharCode(bytes[at]), content: bytes.subarray(at + 9, at + 9 + length) });
    at += 9 + length;
  }
  const of = (letter) => records.filter((record) => record.letter === letter).map(({ content }) => content);
  const [range] = of("R");
  const entries = of("E");
  must(range.readBigUInt64BE(0) === 0n && Number(range.readBigUInt64BE(8)) === entries.length, "entries are missing");
  let previous = Buffer.alloc(32);
  const leaves = entries.map((entry, index) => {
    // An array of fewer than 24 items, a kind, 32 bytes.
    must(entry.subarray(4, 36).equals(previous) && entry.readUInt16BE(2) === 0x5820, `entry ${index} does not follow the one before`);
    return (previous = leafOf(entry));
  });
  const checkpoints = of("N").map((note) => readCheckpoint(note.toString(), key));
  must(checkpoints.length > 0, "nothing is signed");
  for (const { size, root } of checkpoints) must(rootOf(leaves.slice(0, size)).toString("base64") === root, `the checkpoint of ${size} entries has another root`);
  return entries.length;
}

/** The root of a tree: RFC 9162, 2.1.1. */
function rootOf(leaves) {
  if (leaves.length < 2) return leaves[0] ?? sha256("");
  const split = 2 ** Math.floor(Math.log2(leaves.length - 1));
  return nodeOf(rootOf(leaves.slice(0, split)), rootOf(leaves.slice(split)));
}

try {
  const [keyText, file] = process.argv.slice(2);
  const key = readKey(keyText);
  const bytes = readFileSync(file);
  if (bytes.toString("latin1", 0, 17) === "doteros-ledger 1\n") {
    console.log(`${verifyFile(bytes, key)} entries hold`);
  } else {
    const lines = bytes.toString().trimEnd().split("\n");
    for (const line of lines) verifyProof(line, key);
    console.log(`${lines.length} proofs hold`);
  }
} catch (error) {
  console.log(`does not hold: ${error.message}`);
  process.exit(1);
}
