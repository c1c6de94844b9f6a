/** Where it is put. */
export const SITE: string;

/** Builds all of it. */
export function build(): Promise<void>;
