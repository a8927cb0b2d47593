/** The hash functions that sign, in node:crypto's spelling, with the length of a digest. */
export const digestBytes = { sha256: 32, sha384: 48, sha512: 64 } as const

/** One of {@link digestBytes}. */
export type Hash = keyof typeof digestBytes
