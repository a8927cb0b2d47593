import { KMS } from '@aws-sdk/client-kms'
import { createClock, createKms } from '@sealring/kms-mock'
import type { Kms, PresetKey } from '@sealring/kms-mock'
import { expect } from 'chai'
import { describe, it } from 'mocha'
import { createAudit } from '#src/audit.js'
import { resolveKey, describedKeyId } from '#src/state/resolve-key.js'
import { emptyState } from '#src/state/state.js'
import { caught, nameOf } from './support/caught.js'
import { newKey } from './support/new-key.js'
import { temporaryFolder } from './support/temporary-folder.js'

const keyOf = async (kms: Kms, input: object): Promise<string> => {
  const { KeyMetadata } = await kms.handle('CreateKey', input)
  return String(Reflect.get(Object(KeyMetadata), 'KeyId'))
}

describe('hardening', () => {
  const path = temporaryFolder()

  for (const [KeySpec, SigningAlgorithm, MessageType] of [
    ['ML_DSA_44', 'ML_DSA_SHAKE_256', 'RAW'],
    ['ECC_NIST_EDWARDS25519', 'ED25519_PH_SHA_512', 'DIGEST'],
  ] as const) {
    it(`${KeySpec}: a signature under way when its key is wiped is still one of the key`, async () => {
      const kms = createKms({ clock: createClock({ frozen: true }), seed: KeySpec })
      const twin = createKms({ seed: KeySpec })
      const input = { KeySpec, KeyUsage: 'SIGN_VERIFY' }
      const KeyId = await keyOf(kms, input)
      expect(await keyOf(twin, input)).to.equal(KeyId)
      const request = { KeyId, Message: Buffer.alloc(64, 1), MessageType, SigningAlgorithm }
      const signing = kms.handle('Sign', request)
      await kms.handle('ScheduleKeyDeletion', { KeyId, PendingWindowInDays: 7 })
      kms.clock.advance({ days: 8 })
      expect(await nameOf(kms.handle('DescribeKey', { KeyId }))).to.equal('NotFoundException')
      const { Signature } = await signing
      expect(await twin.handle('Verify', { ...request, Signature })).to.include({ SignatureValid: true })
    })
  }

  it('a request that is aborted before it is sent does nothing', async () => {
    const kms = createKms()
    const client = new KMS(kms.clientConfig())
    const error = await caught(client.createKey({}, { abortSignal: AbortSignal.abort() }))
    expect(error.name).to.equal('AbortError')
    expect((await client.listKeys({})).Keys).to.deep.equal([])
    client.destroy()
  })

  it('spans and dates that no state file can hold are refused', () => {
    expect(() => createKms({ transitionMs: Infinity })).to.throw('transitionMs')
    for (const start of [Number.NaN, Infinity, new Date('nonsense'), Date.UTC(10_000, 0)]) {
      expect(() => createClock({ start })).to.throw(RangeError)
    }
    expect(() => createClock().advance({ days: 3_000_000 })).to.throw(RangeError)
  })

  it('an answer in the process is the caller’s own: what it does to it changes nothing', async () => {
    const kms = createKms()
    const rsa = { KeySpec: 'RSA_2048', KeyUsage: 'ENCRYPT_DECRYPT' }
    const { KeyMetadata } = await kms.handle('CreateKey', rsa)
    const KeyId = String(Reflect.get(Object(KeyMetadata), 'KeyId'))
    const shown: unknown = Reflect.get(await kms.handle('DescribeKey', { KeyId }), 'KeyMetadata')
    const list: unknown = Reflect.get(Object(shown), 'EncryptionAlgorithms')
    expect(list).to.have.lengthOf(2)
    const algorithms = [...Object(list)]
    Reflect.set(Object(list), 'length', 0)
    expect(await kms.handle('DescribeKey', { KeyId })).to.have.deep.nested.property(
      'KeyMetadata.EncryptionAlgorithms',
      algorithms,
    )
    await kms.handle('CreateGrant', {
      KeyId,
      GranteePrincipal: 'arn:aws:iam::111122223333:role/reader',
      Operations: ['Encrypt'],
    })
    const [grant]: unknown[] = Object(Reflect.get(await kms.handle('ListGrants', { KeyId }), 'Grants'))
    Reflect.set(Object(Reflect.get(Object(grant), 'Operations')), 1, 'Decrypt')
    expect(await kms.handle('ListGrants', { KeyId })).to.have.deep.nested.property('Grants[0].Operations', [
      'Encrypt',
    ])
  })

  it('what a caller leaves out, undefined too, comes from the options', async () => {
    const kms = createKms({ region: 'eu-west-1' })
    const { KeyMetadata } = await kms.handle('CreateKey', {}, JSON.parse('{}'))
    expect(Reflect.get(Object(KeyMetadata), 'Arn')).to.match(/^arn:aws:kms:eu-west-1:111122223333:/)
    const none = Object.fromEntries([['region', undefined]])
    expect(kms.clientConfig(none).region).to.equal('eu-west-1')
    expect((await kms.handle('ListKeys', {}, none))['Keys']).to.have.lengthOf(1)
    expect(() => kms.clientConfig({ region: 'EU' })).to.throw('malformed')
    const nulls: object = { region: null }
    expect((await caught(kms.handle('ListKeys', {}, nulls))).message).to.include('malformed')
  })

  it('a dry run looks at grant tokens, where something is made beforehand too', async () => {
    const kms = createKms()
    const KeyId = await keyOf(kms, {})
    const input = { KeyId, KeyPairSpec: 'RSA_4096', DryRun: true }
    for (const operation of ['GenerateDataKeyPair', 'GenerateDataKeyPairWithoutPlaintext']) {
      expect(await nameOf(kms.handle(operation, input))).to.equal('DryRunOperationException')
      const withToken = { ...input, GrantTokens: ['bogus'] }
      expect(await nameOf(kms.handle(operation, withToken))).to.equal('InvalidGrantTokenException')
    }
  })

  it('preset keys that are one multi-Region key have one spec', () => {
    const keyId = `mrk-${'1'.repeat(32)}`
    const material = Buffer.alloc(32, 1).toString('base64')
    const keys: PresetKey[] = [
      { region: 'us-east-1', keyId, material },
      { region: 'eu-west-1', keyId, material, keySpec: 'HMAC_256' },
    ]
    expect(() => createKms({ keys })).to.throw('same key spec')
  })

  it('a context pair named __proto__ comes back over HTTP', async () => {
    const server = await createKms().listen()
    const call = async (operation: string, input: object): Promise<unknown> => {
      const response = await fetch(server.url, {
        method: 'POST',
        headers: {
          'content-type': 'application/x-amz-json-1.1',
          'x-amz-target': `TrentService.${operation}`,
        },
        body: JSON.stringify(input),
      })
      return response.json()
    }
    const { KeyMetadata } = Object(await call('CreateKey', {}))
    const KeyId: unknown = KeyMetadata.KeyId
    const pairs = Object.fromEntries([
      ['__proto__', 'x'],
      ['a', 'b'],
    ])
    await call('CreateGrant', {
      KeyId,
      GranteePrincipal: 'arn:aws:iam::111122223333:user/other',
      Operations: ['Decrypt'],
      Constraints: { EncryptionContextSubset: pairs },
    })
    const { Grants } = Object(await call('ListGrants', { KeyId }))
    expect(JSON.stringify(Grants[0].Constraints)).to.include('"__proto__":"x"')
    await server.close()
  })

  it('an alias moves between keys of one type and usage only', async () => {
    const kms = createKms()
    const AliasName = 'alias/a'
    await kms.handle('CreateAlias', { AliasName, TargetKeyId: await newKey(kms) })
    const others = [
      { KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' },
      { KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' },
    ]
    for (const other of others) {
      const TargetKeyId = await keyOf(kms, other)
      expect(await nameOf(kms.handle('UpdateAlias', { AliasName, TargetKeyId }))).to.equal(
        'ValidationException',
      )
    }
    await kms.handle('UpdateAlias', { AliasName, TargetKeyId: await newKey(kms) })
  })

  it('reset forgets what keys were used for, in a state file too', async () => {
    const keyId = '12345678-1234-1234-1234-123456789012'
    const keys = [{ region: 'us-east-1', keyId, material: Buffer.alloc(32, 1).toString('base64') }]
    const kms = createKms({ keys, stateFile: path('usage.json') })
    await kms.handle('Encrypt', { KeyId: keyId, Plaintext: Buffer.from('x') })
    expect((await kms.handle('GetKeyLastUsage', { KeyId: keyId }))['KeyLastUsage']).not.to.deep.equal({})
    await kms.reset()
    expect((await kms.handle('GetKeyLastUsage', { KeyId: keyId }))['KeyLastUsage']).to.deep.equal({})
  })

  it('requests for accounts that are not there leave nothing behind', () => {
    const state = emptyState()
    for (let n = 0; n < 100; n += 1) {
      const caller = { region: 'us-east-1', accountId: `${100_000_000_000 + n}` }
      const id = '12345678-1234-1234-1234-123456789012'
      expect(() => resolveKey(state, caller, 'DescribeKey', id, describedKeyId)).to.throw('does not exist')
    }
    expect(state.accountRegions.size).to.equal(0)
  })

  it('calls of made-up operations are counted, but not each by its name for ever', () => {
    const audit = createAudit()
    for (let n = 0; n < 5000; n += 1) {
      audit.record({ operation: `Made${n}`, region: 'us-east-1', accountId: '1', keyArns: [], at: 0 })
    }
    expect(audit.count()).to.equal(5000)
    expect(audit.count('Made4999')).to.equal(0)
  })

  it('faults that are spent are gone', async () => {
    const kms = createKms()
    kms.faults.deny({ times: 1 })
    expect(await nameOf(kms.handle('ListKeys'))).to.equal('AccessDeniedException')
    expect(await kms.handle('ListKeys')).to.deep.include({ Truncated: false })
  })
})
