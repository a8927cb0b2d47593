import { generateKeyPairSync, verify } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { createKms, readKeysFile } from '@sealring/kms-mock'
import type { PresetKey } from '@sealring/kms-mock'
import { expect } from 'chai'
import { describe, it } from 'mocha'
import { generateMaterial } from '#src/cryptography/material.js'
import { caught, codeOf, nameOf } from './support/caught.js'
import { newKey } from './support/new-key.js'
import { temporaryFolder } from './support/temporary-folder.js'

const region = 'us-east-1'
const keyId = '12345678-1234-1234-1234-123456789012'
const material = Buffer.alloc(32, 7).toString('base64')

describe('preset keys', () => {
  it('are what they say: spec, usage, aliases, tags, state', async () => {
    const kms = createKms({
      keys: [
        {
          region,
          keyId,
          keySpec: 'HMAC_256',
          material,
          alias: 'alias/a',
          aliases: ['alias/b'],
          tags: [{ TagKey: 'env', TagValue: 'test' }],
          enabled: false,
        },
      ],
    })
    for (const KeyId of [keyId, 'alias/a', 'alias/b']) {
      expect(await kms.handle('DescribeKey', { KeyId }))
        .to.have.property('KeyMetadata')
        .that.includes({
          KeyId: keyId,
          KeySpec: 'HMAC_256',
          KeyUsage: 'GENERATE_VERIFY_MAC',
          KeyState: 'Disabled',
        })
    }
  })

  for (const keySpec of ['RSA_2048', 'ECC_NIST_P256', 'ML_DSA_44', 'ML_KEM_512'] as const) {
    const keyUsage = keySpec === 'ML_KEM_512' ? 'ENCAPSULATE_DECAPSULATE' : 'SIGN_VERIFY'
    it(`may be key pairs: ${keySpec}`, async () => {
      const bytes = await generateMaterial(keySpec)
      const kms = createKms({
        keys: [{ region, keyId, keySpec, keyUsage, material: bytes.toString('base64') }],
      })
      const output = await kms.handle('DescribeKey', { KeyId: keyId })
      expect(output).to.have.nested.property('KeyMetadata.KeySpec', keySpec)
    })

    it(`are refused where the material is another key's: ${keySpec}`, async () => {
      const other = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'der' })
      const open = async (): Promise<unknown> =>
        createKms({
          keys: [{ region, keyId, keySpec, keyUsage, material: other.toString('base64') }],
        }).handle('DescribeKey', { KeyId: keyId })
      expect(await codeOf(open())).to.equal('KMS_OPTION_INVALID')
    })
  }

  it('sign with the key that they were given', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const der = privateKey.export({ type: 'pkcs8', format: 'der' })
    const kms = createKms({
      keys: [
        {
          region,
          keyId,
          keySpec: 'ECC_NIST_P256',
          keyUsage: 'SIGN_VERIFY',
          material: der.toString('base64'),
        },
      ],
    })
    const Message = Buffer.from('message')
    const { Signature } = await kms.handle('Sign', {
      KeyId: keyId,
      Message,
      SigningAlgorithm: 'ECDSA_SHA_256',
    })
    if (!(Signature instanceof Uint8Array)) throw new Error('no signature')
    expect(verify('sha256', Message, publicKey, Signature)).to.equal(true)
  })

  const refused: readonly [what: string, key: Partial<PresetKey>][] = [
    ['short material', { material: 'AAAA' }],
    ['no usage where there are several', { keySpec: 'ECC_NIST_P256' }],
    ['a usage of another spec', { keyUsage: 'SIGN_VERIFY' }],
    ['a malformed alias', { alias: 'a' }],
    ['the same alias twice', { alias: 'alias/a', aliases: ['alias/a'] }],
  ]
  for (const [what, key] of refused) {
    it(`refuses ${what}`, async () => {
      const open = async (): Promise<unknown> =>
        createKms({ keys: [{ region, keyId, material, ...key }] }).handle('ListKeys')
      expect(await codeOf(open())).to.equal('KMS_OPTION_INVALID')
    })
  }
})

describe('a keys file', () => {
  const path = temporaryFolder()
  const read = async (document: unknown): Promise<PresetKey[]> => {
    await writeFile(path('keys.json'), typeof document === 'string' ? document : JSON.stringify(document))
    return readKeysFile(path('keys.json'))
  }

  it('gives keys to createKms', async () => {
    const keys = await read({ keys: [{ region, keyId, material, alias: 'alias/a' }] })
    const kms = createKms({ keys })
    const { CiphertextBlob } = await kms.handle('Encrypt', { KeyId: 'alias/a', Plaintext: Buffer.from('x') })
    expect(await kms.handle('Decrypt', { CiphertextBlob })).to.deep.include({ Plaintext: Buffer.from('x') })
  })

  const malformed: readonly [what: string, document: unknown][] = [
    ['no JSON', `{"keys": [{"material": "${material}"`],
    ['a list', []],
    ['no keys', {}],
    ['an unknown member', { keys: [], more: 1 }],
    ['an unknown member of a key', { keys: [{ region, keyId, material, secret: material }] }],
    ['a key without material', { keys: [{ region, keyId }] }],
    ['material that is not base64', { keys: [{ region, keyId, material: `${material}?` }] }],
    ['a spec that is none', { keys: [{ region, keyId, material, keySpec: 'AES' }] }],
    ['a region that is none', { keys: [{ region: 'US', keyId, material }] }],
  ]
  for (const [what, document] of malformed) {
    it(`is refused with its place, and quotes no key: ${what}`, async () => {
      const error = await caught(read(document))
      expect(error.code).to.equal('KMS_OPTION_INVALID')
      expect(`${error.stack} ${String(error.cause)}`)
        .to.include(path('keys.json'))
        .and.not.include(material.slice(0, 16))
    })
  }

  it('is refused when it is not there, with the reason', async () => {
    const error = await caught(readKeysFile(path('none.json')))
    expect(error).to.have.property('code', 'KMS_OPTION_INVALID')
    expect(error.cause).to.have.property('code', 'ENOENT')
  })
})

describe('a seed', () => {
  const rsa = { KeySpec: 'RSA_2048', KeyUsage: 'SIGN_VERIFY' }
  const idOf = (output: Readonly<Record<string, unknown>>): unknown =>
    Reflect.get(Object(output['KeyMetadata']), 'KeyId')

  it('numbers keys as they are asked for, whichever is ready first', async () => {
    const at = createKms({ seed: 'any' })
    const together = await Promise.all([at.handle('CreateKey', rsa), at.handle('CreateKey')])
    const one = createKms({ seed: 'any' })
    const inTurn = [await one.handle('CreateKey', rsa), await one.handle('CreateKey')]
    expect(together.map(idOf)).to.deep.equal(inTurn.map(idOf))
    const KeyId = idOf(inTurn[0]!)
    expect((await at.handle('GetPublicKey', { KeyId }))['PublicKey']).to.deep.equal(
      (await one.handle('GetPublicKey', { KeyId }))['PublicKey'],
    )
  })

  it('is not moved on by what is refused', async () => {
    const kms = createKms({ seed: 'any' })
    const Tags = [{ TagKey: 'aws:reserved', TagValue: '' }]
    expect(await nameOf(kms.handle('CreateKey', { Tags }))).to.equal('TagException')
    expect(await newKey(kms)).to.equal(await newKey(createKms({ seed: 'any' })))
  })
})

describe('seeded outputs', () => {
  const answers = async (options: object): Promise<unknown[]> => {
    const kms = createKms({ seed: 'any', ...options })
    const KeyId = await newKey(kms)
    const { Plaintext } = await kms.handle('GenerateDataKey', { KeyId, KeySpec: 'AES_256' })
    const random = await kms.handle('GenerateRandom', { NumberOfBytes: 24 })
    const EncryptionContext = { a: 'b' }
    const sealed = await kms.handle('Encrypt', { KeyId, Plaintext: Buffer.from('x'), EncryptionContext })
    const { CiphertextBlob } = sealed
    expect(await kms.handle('Decrypt', { CiphertextBlob, EncryptionContext })).to.deep.include({
      Plaintext: Buffer.from('x'),
    })
    return [KeyId, Plaintext, random['Plaintext'], CiphertextBlob]
  }

  it('are the same for the same calls, and no value comes twice', async () => {
    const [first, second] = [await answers({ seedOutputs: true }), await answers({ seedOutputs: true })]
    expect(first).to.deep.equal(second)
    const [, dataKey, random] = first
    expect(dataKey).to.be.instanceOf(Uint8Array)
    expect(random).to.be.instanceOf(Uint8Array)
    if (dataKey instanceof Uint8Array) expect(dataKey.subarray(0, 24)).not.to.deep.equal(random)
  })

  it('share no iv between plaintexts, contexts and keys', async () => {
    const kms = createKms({ seed: 'any', seedOutputs: true })
    const [one, other] = [await newKey(kms), await newKey(kms)]
    const ivOf = async (KeyId: string, text: string, EncryptionContext = {}): Promise<string> => {
      const Plaintext = Buffer.from(text)
      const { CiphertextBlob } = await kms.handle('Encrypt', { KeyId, Plaintext, EncryptionContext })
      if (!(CiphertextBlob instanceof Uint8Array)) throw new Error('no ciphertext')
      return Buffer.from(CiphertextBlob).toString('hex', 69, 81)
    }
    const ivs = [
      await ivOf(one, 'x'),
      await ivOf(one, 'y'),
      await ivOf(one, 'x', { a: 'b' }),
      await ivOf(other, 'x'),
    ]
    expect(new Set(ivs).size).to.equal(4)
    expect(await ivOf(one, 'x')).to.equal(ivs[0])
  })

  it('are random unless asked for', async () => {
    const [first, second] = [await answers({}), await answers({})]
    expect(first[0]).to.equal(second[0])
    expect(first[1]).not.to.deep.equal(second[1])
    expect(first[3]).not.to.deep.equal(second[3])
  })
})
