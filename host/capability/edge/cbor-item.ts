/** The first bytes of CBOR's items, without their arguments. */
export const MAJOR = { negative: 0x20, bytes: 0x40, text: 0x60, array: 0x80, map: 0xa0 } as const;

/** A tag: the bytes after it are an integer, and after the next tag one that is -1 minus them. */
export const BIG_TAG = 0xc2;

/** The first bytes of CBOR's values that have no argument, and of a double. */
export const SIMPLE = { false: 0xf4, true: 0xf5, null: 0xf6, undefined: 0xf7, float64: 0xfb } as const;
