import { generateKeyPairSync, sign } from "node:crypto";

/** A key and the certificate for it, as text. */
export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

const DAY_MILLISECONDS = 86_400_000;

/** Makes a certificate for `localhost` and 127.0.0.1 that nobody signed but itself. */
export function selfSigned(): Certificate {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const ecdsa = der(0x30, oid([0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02]));
  const name = der(0x30, der(0x31, der(0x30, oid([0x55, 0x04, 0x03]), der(0x0c, Buffer.from("test of doteros-wasm")))));
  const time = (at: number): Buffer => der(0x17, Buffer.from(new Date(at).toISOString().replaceAll(/[-:T]|\.\d+/g, "").slice(2)));
  const names = der(0x30, der(0x82, Buffer.from("localhost")), der(0x87, Buffer.from([127, 0, 0, 1])));
  const extension = (id: number[], value: Buffer): Buffer => der(0x30, oid(id), der(0x04, value));
  const extensions = der(0xa3, der(0x30, extension([0x55, 0x1d, 0x11], names), extension([0x55, 0x1d, 0x13], der(0x30, der(0x01, Buffer.from([0xff]))))));
  const body = der(
    0x30,
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.from([1])),
    ecdsa,
    name,
    der(0x30, time(Date.now() - DAY_MILLISECONDS), time(Date.now() + DAY_MILLISECONDS)),
    name,
    publicKey.export({ type: "spki", format: "der" }),
    extensions,
  );
  const signature = der(0x03, Buffer.from([0]), sign("sha256", body, privateKey));
  const text = der(0x30, body, ecdsa, signature).toString("base64").replaceAll(/(.{64})/g, "$1\n");
  return { key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(), cert: `-----BEGIN CERTIFICATE-----\n${text}\n-----END CERTIFICATE-----\n` };
}

const oid = (bytes: number[]): Buffer => der(0x06, Buffer.from(bytes));

/** A value in DER: its tag, its length, and what is in it. */
function der(tag: number, ...parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}
