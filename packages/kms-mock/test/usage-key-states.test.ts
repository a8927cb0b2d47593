import { generateKeyPairSync } from 'node:crypto'
import { createKms } from '@sealring/kms-mock'
import type { Kms } from '@sealring/kms-mock'
import { expect } from 'chai'
import { describe, it } from 'mocha'
import { caught } from './support/caught.js'
import { keyring } from './support/key-kinds.js'
import type { KeyKind } from './support/key-kinds.js'
import { newKey } from './support/new-key.js'

/*
 * Key state × operation for the operations of keys that aren't symmetric encryption keys. All of them are alike in the key
 * state table of the KMS Developer Guide.
 */
const outcomes = [
  ['Enabled', 'ok'],
  ['Disabled', 'DisabledException'],
  ['PendingDeletion', 'KMSInvalidStateException'],
  ['PendingImport', 'KMSInvalidStateException'],
] as const
type State = (typeof outcomes)[number][0]

const Message = Buffer.from('x')
const Plaintext = Buffer.from('x')
const peer = generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).publicKey
const PublicKey = peer.export({ format: 'der', type: 'spki' })
const ecdsa = { Message, SigningAlgorithm: 'ECDSA_SHA_256' }
const hmac = { Message, MacAlgorithm: 'HMAC_SHA_256' }
const kem = { EncapsulationAlgorithm: 'ML_KEM' }
const oaep = { EncryptionAlgorithm: 'RSAES_OAEP_SHA_256' }

const kind = (spec: KeyKind['spec'], usage: KeyKind['usage']) =>
  ({ spec, usage, region: 'us-east-1' }) as const
const signing = kind('ECC_NIST_P256', 'SIGN_VERIFY')
const rsa = kind('RSA_2048', 'ENCRYPT_DECRYPT')
const mac = kind('HMAC_256', 'GENERATE_VERIFY_MAC')
const mlKem = kind('ML_KEM_512', 'ENCAPSULATE_DECAPSULATE')
const agreement = kind('ECC_NIST_P256', 'KEY_AGREEMENT')

/** Operation, kind of key, input without the key, and what an operation before it adds to the input. */
type Row = readonly [
  operation: string,
  kind: Pick<KeyKind, 'spec' | 'usage' | 'region'>,
  input: object,
  before?: readonly [operation: string, input: object, member: string],
]
const rows: readonly Row[] = [
  ['Sign', signing, ecdsa],
  ['Verify', signing, ecdsa, ['Sign', ecdsa, 'Signature']],
  ['GenerateMac', mac, hmac],
  ['VerifyMac', mac, hmac, ['GenerateMac', hmac, 'Mac']],
  ['GetPublicKey', signing, {}],
  ['DeriveSharedSecret', agreement, { KeyAgreementAlgorithm: 'ECDH', PublicKey }],
  ['Encapsulate', mlKem, kem],
  ['Decapsulate', mlKem, kem, ['Encapsulate', kem, 'SharedSecretCiphertextBlob']],
  ['Encrypt', rsa, { Plaintext, ...oaep }],
  ['Decrypt', rsa, oaep, ['Encrypt', { Plaintext, ...oaep }, 'CiphertextBlob']],
]
const anything = Buffer.alloc(64, 1)

const bring = async (kms: Kms, state: State, [, wanted, given, before]: Row): Promise<object> => {
  if (state === 'PendingImport') {
    const input = { KeySpec: wanted.spec, KeyUsage: wanted.usage, Origin: 'EXTERNAL' }
    const KeyId = await newKey(kms, {}, input)
    const described = await kms.handle('DescribeKey', { KeyId })
    expect(described).to.have.nested.property('KeyMetadata.KeyState', state)
    return { ...given, KeyId, ...(before && { [before[2]]: anything }) }
  }
  const KeyId = await keyring(kms)(wanted)
  const added = before && { [before[2]]: (await kms.handle(before[0], { ...before[1], KeyId }))[before[2]] }
  if (state === 'Disabled') await kms.handle('DisableKey', { KeyId })
  if (state === 'PendingDeletion') await kms.handle('ScheduleKeyDeletion', { KeyId })
  return { ...given, KeyId, ...added }
}

describe('key state × operation, keys of other usages', () => {
  const kms = createKms()
  for (const row of rows) {
    for (const [state, outcome] of outcomes) {
      it(`${row[0]} on ${state}: ${outcome}`, async () => {
        const call = kms.handle(row[0], await bring(kms, state, row))
        if (outcome === 'ok') await call
        else expect((await caught(call)).name).to.equal(outcome)
      })
    }
  }
})
