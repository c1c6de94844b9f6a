/**
 * The headers that a dead letter has beside those of the message it was. It goes to `dlq.<capsule>` with the payload, the
 * reply subject and the types of the original.
 */
export const DEAD_LETTER_HEADERS = {
  /** Why the capsule failed, in words. */
  reason: "dead-letter-reason",
  /** The {@link ErrorCode} of it: `capsule-fault`, `trap`, `mailbox-full`. */
  code: "dead-letter-code",
  /** The subject the message was addressed to. */
  subject: "dead-letter-subject",
  /** How often it was tried. */
  attempts: "dead-letter-attempts",
  /** The name of the capsule. */
  capsule: "dead-letter-capsule",
  /** The index of the transition that it did not become. */
  index: "dead-letter-index",
} as const;

/** The subject that the dead letters of a capsule go to. */
export function deadLetterSubject(capsule: string): string {
  return `dlq.${capsule}`;
}
