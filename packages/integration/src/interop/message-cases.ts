/** A message that every SDK writes in every algorithm suite, as far as it can. */
export interface MessageCase {
  readonly name: string
  readonly description: string
  /** Bytes of plaintext. */
  readonly size: number
  /** Frame length; 0 is unframed. The SDKs for Python and Java want a multiple of 128. */
  readonly frame: number
  readonly context: Readonly<Record<string, string>>
  /** Names in keys.json; the first makes the data key. */
  readonly keys: readonly string[]
  /** What the reader is given; `keys` unless it says otherwise. */
  readonly read?: readonly string[]
  /** Keys of the context that are not stored, but reproduced by the reader. */
  readonly required: readonly string[]
  /** Wrapped through the interface before keyrings. */
  readonly masterKey: boolean
  /** Languages whose SDK can't write it → why. */
  readonly lacking: Readonly<Record<string, string>>
}

const frame = 128
const usual = {
  size: 40,
  frame,
  context: { purpose: 'interop' },
  keys: ['aes-256'],
  required: [],
  masterKey: false,
  lacking: {},
}
/** Keys whose order in UTF-8 differs from their order in UTF-16. */
const unicode = { '\u{1F511}': 'key', '\uFF5E': 'tilde', ä: 'A\u0308' }
const required = { context: { purpose: 'interop', tenant: '\u{1F511} 7' }, required: ['tenant'] }
const framedOnly = 'writes framed messages only'
const unframed = { frame: 0, lacking: { go: framedOnly, rust: framedOnly } }
const keyringsOnly = 'has keyrings only'

const cases: readonly (Partial<MessageCase> & Pick<MessageCase, 'name' | 'description'>)[] = [
  { name: 'empty', description: 'No plaintext', size: 0 },
  { name: 'one-byte', description: 'One byte of plaintext', size: 1 },
  { name: 'frame-minus-1', description: 'One byte less than a frame', size: frame - 1 },
  { name: 'frame', description: 'Exactly one frame', size: frame },
  { name: 'frame-plus-1', description: 'One byte more than a frame', size: frame + 1 },
  { name: 'frames', description: 'Several frames', size: 300 },
  { name: 'no-context', description: 'Empty encryption context', context: {} },
  { name: 'context-unicode', description: 'Context keys beyond the basic plane', context: unicode },
  {
    name: 'context-empty-value',
    description: 'An empty value in the encryption context',
    context: { empty: '' },
    lacking: { java: 'refuses empty keys and values' },
  },
  { name: 'aes-128', description: 'Wrapped by a 128-bit key', keys: ['aes-128'] },
  { name: 'aes-192', description: 'Wrapped by a 192-bit key', keys: ['aes-192'] },
  {
    name: 'two-data-keys',
    description: 'Two encrypted data keys; the reader has only the second',
    keys: ['aes-256-other', 'aes-128'],
    read: ['aes-128'],
  },
  {
    name: 'rsa',
    description: 'Wrapped by RSA, OAEP with SHA-256',
    keys: ['rsa-2048-public'],
    read: ['rsa-2048-private'],
  },
  {
    name: 'master-key',
    description: 'Wrapped by a master key, the interface before keyrings',
    context: unicode,
    masterKey: true,
    lacking: { go: keyringsOnly, rust: keyringsOnly, sealring: keyringsOnly },
  },
  { name: 'required-context', description: 'A pair of the context is not stored', ...required },
  {
    name: 'required-context-rsa',
    description: 'A pair of the context is not stored; wrapped by RSA, which does not bind the context',
    ...required,
    keys: ['rsa-2048-public'],
    read: ['rsa-2048-private'],
  },
  { name: 'unframed-empty', description: 'Unframed, no plaintext', size: 0, ...unframed },
  { name: 'unframed', description: 'Unframed', size: 300, ...unframed },
  {
    name: 'unframed-required-context',
    description: 'Unframed, a pair of the context is not stored',
    ...required,
    ...unframed,
  },
]

export const messageSuites: readonly string[] = [
  '0014',
  '0046',
  '0078',
  '0114',
  '0146',
  '0178',
  '0214',
  '0346',
  '0378',
  '0478',
  '0578',
]

/** Those that the SDK for a language can write (`sealring`: we). */
export function messageCases(language: string): MessageCase[] {
  return cases.map((given) => ({ ...usual, ...given })).filter(({ lacking }) => !(language in lacking))
}
