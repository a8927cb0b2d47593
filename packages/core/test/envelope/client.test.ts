import { CommitmentPolicy } from '@aws-crypto/client-node'
import { expect } from 'chai'
import { describe, it } from 'mocha'
import { buildClient, inspect } from '@sealring/core/envelope'
import { wrongType } from './wrong-type.js'
import { codeOf } from './code-of.js'
import { bytesOf, keyring, oracle, ours, severalKeyrings, signed, unsigned } from './fixture.js'

describe('the envelope client', () => {
  it('writes the committing, signed suite in frames of 4096 bytes unless told otherwise', async () => {
    const { result, messageHeader } = await ours.encrypt(keyring, bytesOf('x', 5000))
    expect(messageHeader).to.include({ suiteId: signed, frameLength: 4096, version: 2, contentType: 2 })
    expect(inspect(result)).to.deep.include({
      formatVersion: 2,
      suite: {
        id: 0x0578,
        name: 'ALG_AES_256_GCM_HKDF_SHA512_COMMIT_KEY_ECDSA_P384',
        committing: true,
        signed: true,
      },
      messageId: Buffer.from(messageHeader.messageId).toString('hex'),
      contentType: 'framed',
      frameLength: 4096,
      frames: 2,
      plaintextLength: 5000,
    })
  })

  it('tells providers in a way that a terminal can show', async () => {
    const { result } = await ours.encrypt(keyring, '')
    const [key] = inspect(result).encryptedDataKeys
    expect(key).to.include({ providerId: 'sealring test', length: 48 })
    expect(key!.providerInfo).to.match(/^[ -~Ѐ-ӿ]+$/)
  })

  it('takes the policies of client-node, by value or option, and refuses what they refuse', async () => {
    const message = (await ours.encrypt(keyring, 'text')).result
    for (const policy of Object.values(CommitmentPolicy)) {
      for (const client of [buildClient(policy), buildClient({ commitmentPolicy: policy })]) {
        const committing = await codeOf(() => client.encrypt(keyring, 'text', { suiteId: unsigned }))
        const plain = await codeOf(() => client.encrypt(keyring, 'text', { suiteId: 0x0178 }))
        const forbids = policy === CommitmentPolicy.FORBID_ENCRYPT_ALLOW_DECRYPT
        expect([committing, plain]).to.deep.equal(
          forbids ? ['SUITE_NOT_ALLOWED', 'no error'] : ['no error', 'SUITE_NOT_ALLOWED'],
        )
        expect((await client.decrypt(keyring, message)).plaintext.toString()).to.equal('text')
      }
    }
    const forbidding = buildClient('FORBID_ENCRYPT_ALLOW_DECRYPT')
    const { messageHeader } = await forbidding.encrypt(keyring, 'text')
    expect(messageHeader).to.include({ version: 1, type: 128, suiteId: 0x0378, headerIvLength: 12 })
  })

  it('opens messages without commitment only where the policy allows it', async () => {
    const { result } = await buildClient('FORBID_ENCRYPT_ALLOW_DECRYPT').encrypt(keyring, 'text')
    expect(await codeOf(() => ours.decrypt(keyring, result))).to.equal('SUITE_NOT_ALLOWED')
    const lenient = buildClient('REQUIRE_ENCRYPT_ALLOW_DECRYPT')
    expect((await lenient.decrypt(keyring, result)).plaintext.toString()).to.equal('text')
  })

  const invalid: Readonly<Record<string, () => unknown>> = {
    'an unknown policy': () => buildClient(wrongType('SOMETIMES')),
    'a limit of 0': () => buildClient({ maxEncryptedDataKeys: 0 }),
    'a limit that is no number': () => buildClient({ maxHeaderLength: wrongType('1') }),
    'a fraction of a frame': () => ours.encrypt(keyring, '', { frameLength: 0.5 }),
    'the frame length 0': () => ours.encrypt(keyring, '', { frameLength: 0 }),
    'a frame length beyond 32 bits': () => ours.encrypt(keyring, '', { frameLength: 2 ** 32 }),
    'an unknown suite': () => ours.encrypt(keyring, '', { suiteId: 0x0678 }),
    'a plaintext that is no bytes': () => ours.encrypt(keyring, wrongType(7)),
    'a message that is no bytes': () => ours.decrypt(keyring, wrongType({})),
    'a message to inspect that is no bytes': () => inspect(wrongType(7)),
  }
  for (const [what, run] of Object.entries(invalid)) {
    it(`refuses ${what}`, async () => {
      expect(await codeOf(run)).to.equal('INVALID_ARGUMENT')
    })
  }

  const badContexts: Readonly<Record<string, unknown>> = {
    'no object': 'a=b',
    'an array': ['a'],
    'a value that is no string': { a: 1 },
    'a reserved key': { 'aws-crypto-anything': 'a' },
    'the public key': { 'aws-crypto-public-key': 'a' },
    'a lone surrogate in a key': { '\ud800': 'a' },
    'a lone surrogate in a value': { a: '\udfff' },
    'a key beyond 65,535 bytes': { ['ü'.repeat(32_768)]: '' },
    'more than 65,535 bytes in all': { a: 'a'.repeat(40_000), b: 'b'.repeat(30_000) },
  }
  for (const [what, encryptionContext] of Object.entries(badContexts)) {
    it(`refuses an encryption context with ${what}`, async () => {
      const options = { suiteId: unsigned, encryptionContext: wrongType(encryptionContext) }
      // What does not fit the format is found when the keyring has already been asked.
      expect(['INVALID_CONTEXT', 'DATA_KEY_NOT_WRAPPED']).to.include(
        await codeOf(() => ours.encrypt(keyring, '', options)),
      )
    })
  }

  it('keeps to its limits in both directions', async () => {
    const plaintext = bytesOf('x', 1000)
    const encryptionContext = { a: 'b'.repeat(100) }
    const options = { suiteId: unsigned, frameLength: 100, encryptionContext }
    const { result } = await ours.encrypt(severalKeyrings, plaintext, options)
    const { headerLength } = inspect(result)
    const limits = [
      { maxEncryptedDataKeys: 1 },
      { maxHeaderLength: headerLength - 1 },
      { maxContextLength: 106 },
      { maxFrameLength: 99 },
      { maxMessageLength: result.length - 1 },
    ]
    for (const limit of limits) {
      const client = buildClient(limit)
      const what = JSON.stringify(limit)
      expect(await codeOf(() => client.encrypt(severalKeyrings, plaintext, options)), what).to.equal(
        'MESSAGE_TOO_LARGE',
      )
      expect(await codeOf(() => client.decrypt(severalKeyrings, result)), what).to.equal('MESSAGE_TOO_LARGE')
    }
    for (const limit of [
      { maxEncryptedDataKeys: 2 },
      { maxEncryptedDataKeys: false as const },
      { maxHeaderLength: headerLength },
      { maxContextLength: 107 },
      { maxFrameLength: 100 },
      { maxMessageLength: result.length },
    ]) {
      const client = buildClient(limit)
      const again = await client.encrypt(severalKeyrings, plaintext, options)
      expect(plaintext.equals((await client.decrypt(severalKeyrings, again.result)).plaintext)).to.equal(true)
    }
    expect(await codeOf(() => ours.decrypt(severalKeyrings, result, { maxBodySize: 99 }))).to.equal(
      'MESSAGE_TOO_LARGE',
    )
    expect(await codeOf(() => ours.decrypt(severalKeyrings, result, { maxBodySize: 100 }))).to.equal(
      'no error',
    )
  })

  it('returns plaintext in memory of its own', async () => {
    const { result } = await oracle.encrypt(keyring, 'short')
    const { plaintext } = await ours.decrypt(keyring, result)
    expect([plaintext.byteOffset, plaintext.buffer.byteLength]).to.deep.equal([0, 5])
  })

  it('does not change the options that it is given, nor the plaintext', async () => {
    const options = Object.freeze({ suiteId: unsigned, encryptionContext: Object.freeze({ a: 'b' }) })
    const plaintext = Buffer.from('text')
    await ours.encrypt(keyring, plaintext, options)
    expect(plaintext.toString()).to.equal('text')
  })
})
