// The work that every contender does and the host functions behind it: what must be the same is written once.

/** Bytes in the payload of the message: about as long as a sensor reading in JSON. */
const PAYLOAD_BYTES = 100;
const SUBJECT = "readings.seattle";
/** The first bytes of the payloads that `observe` sends. */
const MARKS = [1, 77, 200];

/**
 * The message, as our linker and jco take it. `mark` is the first byte of its payload.
 *
 * @param {number} mark
 */
export function message(mark) {
  return {
    subject: SUBJECT,
    replyTo: undefined,
    contentType: undefined,
    dataType: undefined,
    headers: [],
    payload: Uint8Array.from({ length: PAYLOAD_BYTES }, (_, index) => (mark + index) & 0xff),
  };
}

/**
 * The host functions: a map for the state, and a sink that only remembers, because what a sink does is not the question.
 *
 * @param {(sent: { subject: string, payload: Uint8Array }) => void} [publish]
 */
export function createWork(publish) {
  const entries = new Map();
  const work = {
    entries,
    count: 0,
    last: undefined,
    get: (key) => entries.get(key),
    put: (key, value) => {
      entries.set(key, value);
    },
    publish: (sent) => {
      work.count += 1;
      work.last = sent;
    },
  };
  if (publish !== undefined) work.publish = publish;
  return work;
}

/**
 * What a few messages leave behind in a new instance, as text: everything published, in order, and the state.
 *
 * @param {{ instantiate: (work: ReturnType<typeof createWork>) => Promise<object> }} loaded
 */
export async function observe(loaded) {
  const published = [];
  const work = createWork(({ subject, payload }) => published.push(`${subject} ${hex(payload)}`));
  const instance = await loaded.instantiate(work);
  for (const mark of MARKS) await instance.repeat(message(mark), 1);
  await instance.close?.();
  return { published, state: [...work.entries].map(([key, value]) => `${key} ${hex(value)}`) };
}

/** What `observe` has to see, from what the capsule counter promises: it counts the messages of each subject. */
export function expected() {
  const counts = MARKS.map((_, index) => hex(Uint8Array.of(index + 1, 0, 0, 0, 0, 0, 0, 0)));
  return {
    published: counts.map((count) => `counted.${SUBJECT} ${count}`),
    state: [`${SUBJECT} ${counts.at(-1)}`],
  };
}

/** @param {Uint8Array} bytes */
function hex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
