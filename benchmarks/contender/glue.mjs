// Glue written by hand for this one world, as tight as it gets in Node: the limit. It knows by heart where the canonical
// ABI puts what, because that is what the module speaks; there is no component, no type and no check left in it.
import { mainModule } from "../capsule.mjs";
import { Memory } from "./glue-memory.mjs";

export const version = undefined;

const HANDLE = "doteros:capsule/handler@0.1.0#handle";
const FAULTS = ["denied", "invalid", "limit", "failed"];
// A result in memory: is it an error, at 0; from 4 on the option or the fault, then where its bytes are and how many.
const CASE = 4;
const START = 8;
const LENGTH = 12;

export const prepare = mainModule;

/** @param {Uint8Array} bytes */
export async function load(bytes) {
  const module = await WebAssembly.compile(bytes);
  return {
    instantiate: async (work) => {
      const memory = new Memory();
      const { exports } = await WebAssembly.instantiate(module, importsFor(work, memory));
      memory.attach(exports);
      const handle = handlerOf(exports, memory);
      return {
        repeat: (message, times) => {
          for (let index = 0; index < times; index += 1) handle(message);
        },
      };
    },
  };
}

function importsFor({ get, put, publish }, memory) {
  return {
    "doteros:capsule/state@0.1.0": {
      get: (key, keyLength, result) => {
        if (memory.bytes.length === 0) memory.renew();
        const value = get(memory.readText(key, keyLength));
        const at = value === undefined ? 0 : memory.writeBytes(value);
        memory.bytes[result] = 0;
        memory.bytes[result + CASE] = value === undefined ? 0 : 1;
        if (value === undefined) return;
        memory.view.setUint32(result + START, at, true);
        memory.view.setUint32(result + LENGTH, value.length, true);
      },
      put: (key, keyLength, value, valueLength, result) => {
        if (memory.bytes.length === 0) memory.renew();
        put(memory.readText(key, keyLength), memory.readBytes(value, valueLength));
        memory.bytes[result] = 0;
      },
    },
    "doteros:capsule/messaging@0.1.0": {
      // prettier-ignore
      publish: (
        subject, subjectLength, hasReply, reply, replyLength, hasContent, content, contentLength,
        hasData, data, dataLength, headers, headersLength, payload, payloadLength, result,
      ) => {
        if (memory.bytes.length === 0) memory.renew();
        publish({
          subject: memory.readText(subject, subjectLength),
          replyTo: hasReply === 0 ? undefined : memory.readText(reply, replyLength),
          contentType: hasContent === 0 ? undefined : memory.readText(content, contentLength),
          dataType: hasData === 0 ? undefined : memory.readText(data, dataLength),
          headers: memory.readHeaders(headers, headersLength),
          payload: memory.readBytes(payload, payloadLength),
        });
        memory.bytes[result] = 0;
      },
    },
  };
}

function handlerOf(exports, memory) {
  const call = exports[HANDLE];
  const after = exports[`cabi_post_${HANDLE}`];
  return ({ subject, replyTo, contentType, dataType, headers, payload }) => {
    const subjectAt = memory.writeText(subject);
    const subjectLength = memory.length;
    const replyAt = replyTo === undefined ? 0 : memory.writeText(replyTo);
    const replyLength = replyTo === undefined ? 0 : memory.length;
    const contentAt = contentType === undefined ? 0 : memory.writeText(contentType);
    const contentLength = contentType === undefined ? 0 : memory.length;
    const dataAt = dataType === undefined ? 0 : memory.writeText(dataType);
    const dataLength = dataType === undefined ? 0 : memory.length;
    const headersAt = memory.writeHeaders(headers);
    const payloadAt = memory.writeBytes(payload);
    // prettier-ignore
    const result = call(
      subjectAt, subjectLength, replyTo === undefined ? 0 : 1, replyAt, replyLength,
      contentType === undefined ? 0 : 1, contentAt, contentLength,
      dataType === undefined ? 0 : 1, dataAt, dataLength,
      headersAt, headers.length, payloadAt, payload.length,
    );
    if (memory.bytes.length === 0) memory.renew();
    if (memory.bytes[result] !== 0) {
      throw new Error(`${FAULTS[memory.bytes[result + CASE]]}: ${memory.readTextAt(result + START)}`);
    }
    if (after !== undefined) after(result);
  };
}
