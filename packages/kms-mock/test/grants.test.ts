import { createKms } from '@sealring/kms-mock'
import type { Kms } from '@sealring/kms-mock'
import { expect } from 'chai'
import { beforeEach, describe, it } from 'mocha'
import type { GrantOperation } from '@aws-sdk/client-kms'
import { caught, nameOf } from './support/caught.js'
import { memberAt } from './support/member.js'
import { newKey } from './support/new-key.js'

const GranteePrincipal = 'arn:aws:iam::111122223333:role/grantee'
const SourceArn = 'arn:aws:s3:us-east-1:111122223333:bucket'
const service = 's3.us-east-1.amazonaws.com'
const pairs = (count: number): Record<string, string> =>
  Object.fromEntries(Array.from({ length: count }, (_, n) => [`key${n}`, 'value']))

describe('grants', () => {
  let kms: Kms
  let KeyId: string
  beforeEach(async () => {
    kms = createKms()
    KeyId = await newKey(kms)
  })

  const create = (request: object = {}): Promise<Record<string, unknown>> =>
    kms.handle('CreateGrant', { KeyId, GranteePrincipal, Operations: ['Decrypt'], ...request })
  const list = async (request: object = {}): Promise<unknown[]> => {
    const { Grants } = await kms.handle('ListGrants', { KeyId, ...request })
    return Array.isArray(Grants) ? Grants : []
  }

  const parties: readonly [what: string, request: object, outcome: string][] = [
    ['no grantee', { GranteePrincipal: undefined }, 'ValidationException'],
    ['two grantees', { GranteeServicePrincipal: service }, 'ValidationException'],
    [
      'two retirers',
      { RetiringPrincipal: GranteePrincipal, RetiringServicePrincipal: service },
      'ValidationException',
    ],
    ['a service as an ordinary grantee', { GranteePrincipal: service }, 'ok'],
    ['a user', { GranteePrincipal: 'arn:aws:iam::444455556666:user/a/b/c' }, 'ok'],
    ['the root of an account', { GranteePrincipal: 'arn:aws:iam::444455556666:root' }, 'ok'],
    ['a federated user', { GranteePrincipal: 'arn:aws:sts::444455556666:federated-user/f' }, 'ok'],
    ['a group', { GranteePrincipal: 'arn:aws:iam::444455556666:group/g' }, 'InvalidArnException'],
    ['an account number', { GranteePrincipal: '444455556666' }, 'InvalidArnException'],
    ['a retirer that is none', { RetiringPrincipal: 'x' }, 'InvalidArnException'],
    [
      'a service without SourceArn',
      { GranteePrincipal: undefined, GranteeServicePrincipal: service, RetiringServicePrincipal: service },
      'ValidationException',
    ],
    [
      'a service without a retirer',
      { GranteePrincipal: undefined, GranteeServicePrincipal: service, Constraints: { SourceArn } },
      'ValidationException',
    ],
    [
      'a service with both',
      {
        GranteePrincipal: undefined,
        GranteeServicePrincipal: service,
        RetiringServicePrincipal: service,
        Constraints: { SourceArn },
      },
      'ok',
    ],
  ]
  const constraints: readonly [what: string, Constraints: object, outcome: string][] = [
    ['eight pairs', { EncryptionContextEquals: pairs(8) }, 'ok'],
    ['nine pairs', { EncryptionContextEquals: pairs(9) }, 'ValidationException'],
    ['a value of 384 characters', { EncryptionContextSubset: { a: 'x'.repeat(384) } }, 'ok'],
    ['a value of 385 characters', { EncryptionContextSubset: { a: 'x'.repeat(385) } }, 'ValidationException'],
    ['both kinds', { EncryptionContextSubset: pairs(1), EncryptionContextEquals: {} }, 'ValidationException'],
    ['a context and SourceArn', { EncryptionContextSubset: pairs(1), SourceArn }, 'ok'],
  ]
  const all = [
    ...parties,
    ...constraints.map(([what, Constraints, outcome]) => [what, { Constraints }, outcome] as const),
  ]
  for (const [what, request, outcome] of all) {
    it(`${what}: ${outcome}`, async () => {
      if (outcome === 'ok') {
        await create(request)
        expect(await list()).to.have.lengthOf(1)
      } else {
        expect(await nameOf(create(request))).to.equal(outcome)
        expect(await list()).to.deep.equal([])
      }
    })
  }

  const everywhere: GrantOperation[] = ['DescribeKey', 'RetireGrant']
  const symmetric: GrantOperation[] = [
    'Encrypt',
    'Decrypt',
    'ReEncryptFrom',
    'ReEncryptTo',
    'GenerateDataKey',
    'GenerateDataKeyWithoutPlaintext',
    'GenerateDataKeyPair',
    'GenerateDataKeyPairWithoutPlaintext',
  ]
  const kinds: readonly [KeySpec: string, KeyUsage: string, operations: GrantOperation[]][] = [
    ['SYMMETRIC_DEFAULT', 'ENCRYPT_DECRYPT', symmetric],
    ['RSA_2048', 'ENCRYPT_DECRYPT', ['Encrypt', 'Decrypt', 'ReEncryptFrom', 'ReEncryptTo', 'GetPublicKey']],
    ['ECC_NIST_P256', 'SIGN_VERIFY', ['Sign', 'Verify', 'GetPublicKey']],
    ['ECC_NIST_P256', 'KEY_AGREEMENT', ['DeriveSharedSecret', 'GetPublicKey']],
    ['HMAC_256', 'GENERATE_VERIFY_MAC', ['GenerateMac', 'VerifyMac']],
    ['ML_KEM_512', 'ENCAPSULATE_DECAPSULATE', ['Encapsulate', 'Decapsulate', 'GetPublicKey']],
  ]
  const listed = new Set([...everywhere, ...kinds.flatMap(([, , operations]) => operations)])
  for (const [KeySpec, KeyUsage, supported] of kinds) {
    it(`${KeySpec} for ${KeyUsage}: its own operations and no others`, async () => {
      KeyId = String(memberAt(await kms.handle('CreateKey', { KeySpec, KeyUsage }), 'KeyMetadata', 'KeyId'))
      for (const operation of listed) {
        const call = create({ Operations: [operation] })
        if (everywhere.includes(operation) || supported.includes(operation)) await call
        else expect(await nameOf(call), operation).to.equal('ValidationException')
      }
      const withContext = create({
        Operations: ['DescribeKey'],
        Constraints: { EncryptionContextEquals: pairs(1) },
      })
      if (KeySpec === 'SYMMETRIC_DEFAULT') await withContext
      else expect(await nameOf(withContext)).to.equal('ValidationException')
    })
  }

  it('are not for CreateGrant alone, nor for nothing', async () => {
    for (const Operations of [['CreateGrant'], []]) {
      expect((await caught(create({ Operations }))).name).to.equal('ValidationException')
    }
    await create({ Operations: ['CreateGrant', 'Decrypt'] })
  })

  it('of the same name and parameters are one, with another token each time', async () => {
    const request = {
      Name: 'once',
      Operations: ['Encrypt', 'Decrypt'],
      Constraints: { EncryptionContextEquals: { a: '1' } },
    }
    const [first, second] = [
      await create(request),
      await create({ ...request, Operations: ['Decrypt', 'Encrypt'] }),
    ]
    expect(second['GrantId']).to.equal(first['GrantId'])
    expect(second['GrantToken']).not.to.equal(first['GrantToken'])
    for (const token of [first['GrantToken'], second['GrantToken']]) {
      await kms.handle('Encrypt', { KeyId, Plaintext: Buffer.from('x'), GrantTokens: [token] })
    }
    for (const other of [
      { Name: 'another' },
      { Operations: ['Decrypt'] },
      { Constraints: { EncryptionContextEquals: { a: '2' } } },
      { Name: undefined },
    ]) {
      expect((await create({ ...request, ...other }))['GrantId']).not.to.equal(first['GrantId'])
    }
    expect(await list()).to.have.lengthOf(5)
  })

  it('are filtered and paged', async () => {
    const ids = new Set<unknown>()
    for (let n = 0; n < 5; n += 1) ids.add((await create())['GrantId'])
    const other = await create({ GranteePrincipal: 'arn:aws:iam::111122223333:user/other' })
    expect(await list({ GranteePrincipal })).to.have.lengthOf(5)
    expect(await list({ GrantId: other['GrantId'] })).to.have.lengthOf(1)
    expect(await list({ GrantId: '0'.repeat(64) })).to.deep.equal([])
    expect(await nameOf(list({ Limit: 101 }))).to.equal('ValidationException')
    const seen: unknown[] = []
    let Marker: unknown
    do {
      const page = await kms.handle('ListGrants', { KeyId, GranteePrincipal, Limit: 2, Marker })
      const { Grants } = page
      if (!Array.isArray(Grants)) throw new Error('ListGrants gave no list')
      for (const grant of Grants) seen.push(memberAt(grant, 'GrantId'))
      Marker = page['NextMarker']
    } while (Marker !== undefined)
    expect(seen).to.have.lengthOf(5)
    expect(new Set(seen)).to.deep.equal(ids)
  })

  it('are made on another account’s key by its ARN, and listed to the retirer', async () => {
    const caller = { accountId: '444455556666' }
    const KeyArn = `arn:aws:kms:us-east-1:111122223333:key/${KeyId}`
    const retirer = 'arn:aws:iam::444455556666:root'
    const request = { KeyId: KeyArn, GranteePrincipal, RetiringPrincipal: retirer, Operations: ['Decrypt'] }
    const { GrantId } = await kms.handle('CreateGrant', request, caller)
    const { Grants } = await kms.handle('ListRetirableGrants', { RetiringPrincipal: retirer }, caller)
    expect(Grants).to.have.nested.property('[0].IssuingAccount', 'arn:aws:iam::444455556666:root')
    const elsewhere = { ...caller, region: 'eu-west-1' }
    const there = await kms.handle('ListRetirableGrants', { RetiringPrincipal: retirer }, elsewhere)
    expect(there['Grants']).to.deep.equal([])
    await kms.handle('RetireGrant', { KeyId: KeyArn, GrantId }, caller)
    expect(await list()).to.deep.equal([])
  })

  it('tokens: forged, altered, of another region, or of a grant that is gone, none is valid', async () => {
    const { GrantToken, GrantId } = await create()
    const token = String(GrantToken)
    const bytes = Buffer.from(token, 'base64')
    const use = (given: string, caller = {}): Promise<unknown> =>
      kms.handle('DescribeKey', { KeyId, GrantTokens: [given] }, caller)
    await use(token)
    for (let n = 0; n < bytes.length; n += 1) {
      const altered = Buffer.from(bytes)
      altered[n]! ^= 1
      expect(await nameOf(use(altered.toString('base64')))).to.equal('InvalidGrantTokenException')
    }
    for (const wrong of [`${token}AAAA`, ` ${token}`, token.slice(0, -4), 'A'.repeat(200)]) {
      expect(await nameOf(use(wrong))).to.equal('InvalidGrantTokenException')
    }
    expect(await nameOf(use(token, { region: 'eu-west-1' }))).to.equal('InvalidGrantTokenException')
    await kms.handle('RevokeGrant', { KeyId, GrantId })
    expect(await nameOf(use(token))).to.equal('InvalidGrantTokenException')
  })

  it('a dry run makes, retires and revokes nothing', async () => {
    expect(await nameOf(create({ DryRun: true }))).to.equal('DryRunOperationException')
    expect(await list()).to.deep.equal([])
    const { GrantId } = await create()
    for (const operation of ['RetireGrant', 'RevokeGrant']) {
      expect(await nameOf(kms.handle(operation, { KeyId, GrantId, DryRun: true }))).to.equal(
        'DryRunOperationException',
      )
    }
    expect(await list()).to.have.lengthOf(1)
  })

  it('RetireGrant takes a token, or a key and an id, and nothing in between', async () => {
    const { GrantId, GrantToken } = await create()
    for (const request of [
      {},
      { KeyId },
      { GrantId },
      { GrantToken, KeyId, GrantId },
      { GrantToken, KeyId },
    ]) {
      expect(await nameOf(kms.handle('RetireGrant', request))).to.equal('ValidationException')
    }
  })
})
