// The host's functions as core WebAssembly sees them: the canonical ABI's flat signatures of wit/capsule.wit. Text and
// bytes are a pointer and a length, an option is 0 or 1 before its value, and a result larger than one number is left
// at the address in the last parameter. Only what a capsule calls becomes an import of its component.

@external("doteros:capsule/state@0.1.0", "get")
export declare function stateGet(key: usize, keyLength: usize, answer: usize): void;

@external("doteros:capsule/state@0.1.0", "put")
export declare function statePut(key: usize, keyLength: usize, value: usize, valueLength: usize, answer: usize): void;

@external("doteros:capsule/messaging@0.1.0", "publish")
export declare function messagingPublish(
  subject: usize, subjectLength: usize,
  hasReplyTo: i32, replyTo: usize, replyToLength: usize,
  hasContentType: i32, contentType: usize, contentTypeLength: usize,
  hasDataType: i32, dataType: usize, dataTypeLength: usize,
  headers: usize, headersLength: usize,
  payload: usize, payloadLength: usize,
  answer: usize,
): void;

@external("doteros:capsule/context@0.1.0", "config")
export declare function contextConfig(key: usize, keyLength: usize, answer: usize): void;

@external("wasi:logging/logging@0.1.0-draft", "log")
export declare function loggingLog(
  level: i32, context: usize, contextLength: usize, message: usize, messageLength: usize,
): void;
