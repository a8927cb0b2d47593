/** Messages with which an SDK deals otherwise than their manifest says. */
export interface Deviation {
  /** Folders of messages: `vectors` (ours), `sealring` (sealed just now), or the language whose SDK wrote them. */
  readonly folders: readonly string[]
  readonly ids: readonly string[]
  readonly reason: string
}

const committing = ['0478', '0578']
const everySuite = ['0014', '0046', '0078', '0114', '0146', '0178', '0214', '0346', '0378', ...committing]
const signed = ['0214', '0346', '0378', '0578']
/** One suite of each message format, unsigned; then the signed ones too. */
const unsignedPair = ['0178', '0478']
const fourSuites = ['0178', '0378', '0478', '0578']

const inSuites = (suites: readonly string[], ...names: readonly string[]): string[] =>
  names.flatMap((name) => suites.map((suite) => `${suite}-${name}`))

const framesHaveIvs: Deviation = {
  folders: ['vectors'],
  ids: inSuites(committing, 'bad-frame-iv-own'),
  reason: 'opens a frame with the IV that stands there, whichever it is',
}
const contextIsADictionary: Deviation = {
  folders: ['vectors'],
  ids: inSuites(unsignedPair, 'bad-context-unsorted', 'bad-context-present-but-empty'),
  reason: 'reads the pairs of the context in any order, and none where the header counts none',
}

/**
 * By language. Each id must deviate: one that behaves fails the run, as one that is not listed does. The
 * vectors are right by the specification; what stands here are the SDKs' own departures from it.
 */
export const deviations: Readonly<Record<string, readonly Deviation[]>> = {
  python: [
    framesHaveIvs,
    contextIsADictionary,
    {
      folders: ['vectors'],
      ids: [
        ...inSuites(fourSuites, 'bad-trailing-byte', 'bad-unframed-trailing-byte'),
        ...inSuites(unsignedPair, 'bad-final-frame-twice', 'bad-footer-unsigned'),
      ],
      reason: 'reads no further than the end of the message, so anything may follow it',
    },
  ],
  java: [
    framesHaveIvs,
    {
      folders: ['vectors'],
      ids: inSuites(unsignedPair, 'bad-context-unsorted', 'bad-context-trailing-byte'),
      reason: 'reads as many pairs as are counted, in any order, and overlooks what follows them',
    },
    {
      folders: ['vectors'],
      ids: inSuites(fourSuites, 'bad-unframed-frame-length'),
      reason: 'overlooks the frame length of an unframed message',
    },
    {
      folders: ['vectors'],
      ids: [...inSuites(everySuite, 'context-unicode'), ...inSuites(fourSuites, 'required-and-stored')],
      reason: 'refuses an encryption context with an empty key',
    },
    {
      folders: ['go', 'python', 'rust', 'sealring'],
      ids: inSuites(everySuite, 'context-empty-value'),
      reason: 'refuses an encryption context with an empty value',
    },
  ],
  go: [framesHaveIvs, contextIsADictionary],
  rust: [
    framesHaveIvs,
    contextIsADictionary,
    {
      folders: ['vectors'],
      ids: inSuites(signed, 'bad-public-key-uncompressed'),
      reason: 'takes a public key in any encoding of its point',
    },
  ],
}
