import { hkdfSync, type CipherGCMTypes } from 'node:crypto'
import { insist } from './reference-reader.js'

/** One row of framework/algorithm-suites.md, as a person reads it. */
export interface ReferenceSuite {
  readonly id: number
  readonly name: string
  readonly format: 1 | 2
  /** Bytes of data key and encryption key. */
  readonly keyLength: number
  readonly kdf?: 'sha256' | 'sha384' | 'sha512'
  readonly signature?: { readonly curve: 'P-256' | 'P-384'; readonly hash: 'sha256' | 'sha384' }
}

const p256 = { curve: 'P-256', hash: 'sha256' } as const
const p384 = { curve: 'P-384', hash: 'sha384' } as const

const rows: readonly (readonly [number, number, ReferenceSuite['kdf']?, ReferenceSuite['signature']?])[] = [
  [0x0014, 128],
  [0x0046, 192],
  [0x0078, 256],
  [0x0114, 128, 'sha256'],
  [0x0146, 192, 'sha256'],
  [0x0178, 256, 'sha256'],
  [0x0214, 128, 'sha256', p256],
  [0x0346, 192, 'sha384', p384],
  [0x0378, 256, 'sha384', p384],
  [0x0478, 256, 'sha512'],
  [0x0578, 256, 'sha512', p384],
]

/** All suites there are, by id. */
export const referenceSuites: ReadonlyMap<number, ReferenceSuite> = new Map(
  rows.map(([id, bits, kdf, signature]) => [
    id,
    {
      id,
      name: `${id.toString(16).padStart(4, '0')} (AES-${bits}, ${kdf ?? 'no KDF'}, ${signature?.curve ?? 'unsigned'})`,
      // Those that commit to their key are those of format 2.
      format: id >= 0x0400 ? 2 : 1,
      keyLength: bits / 8,
      ...(kdf === undefined ? {} : { kdf }),
      ...(signature === undefined ? {} : { signature }),
    },
  ]),
)

export function referenceSuite(id: number): ReferenceSuite {
  const suite = referenceSuites.get(id)
  insist(suite !== undefined, 'suite')
  return suite
}

const ciphers: ReadonlyMap<number, CipherGCMTypes> = new Map([
  [16, 'aes-128-gcm'],
  [24, 'aes-192-gcm'],
  [32, 'aes-256-gcm'],
])

/** AES-GCM for a key of this length, of a message or of a raw AES keyring. */
export function referenceCipher({ length }: Uint8Array): CipherGCMTypes {
  const cipher = ciphers.get(length)
  insist(cipher !== undefined, 'key length')
  return cipher
}

const hashLengths = { sha256: 32, sha384: 48, sha512: 64 }

/** The encryption key of one message (framework/transitive-requirements.md#hkdf-encryption-key). */
export function referenceEncryptionKey(
  suite: ReferenceSuite,
  dataKey: Uint8Array,
  messageId: Uint8Array,
): Buffer {
  insist(dataKey.length === suite.keyLength, 'data key length')
  if (suite.kdf === undefined) return Buffer.from(dataKey)
  const suiteId = Buffer.from([suite.id >> 8, suite.id & 255])
  const [salt, info] =
    suite.format === 2 ? [messageId, 'DERIVEKEY'] : [Buffer.alloc(hashLengths[suite.kdf]), messageId]
  const derived = hkdfSync(
    suite.kdf,
    dataKey,
    salt,
    Buffer.concat([suiteId, Buffer.from(info)]),
    suite.keyLength,
  )
  return Buffer.from(derived)
}

/** What the header of format 2 commits with (framework/transitive-requirements.md#hkdf-commit-key). */
export function referenceCommitKey(dataKey: Uint8Array, messageId: Uint8Array): Buffer {
  return Buffer.from(hkdfSync('sha512', dataKey, messageId, 'COMMITKEY', 32))
}
