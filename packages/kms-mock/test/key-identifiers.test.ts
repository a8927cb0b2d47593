import { createKms } from '@sealring/kms-mock'
import type { OperationOutput } from '@sealring/kms-mock'
import { expect } from 'chai'
import { describe, it } from 'mocha'
import { parseKeyIdentifier } from '#src/state/arn.js'
import { caught } from './support/caught.js'

const material = Buffer.alloc(32, 1).toString('base64')
const id = '1234abcd-12ab-34cd-56ef-1234567890ab'
const arn = `arn:aws:kms:us-east-1:111122223333:key/${id}`
const aliasArn = 'arn:aws:kms:us-east-1:111122223333:alias/example'
const forms = { 'key id': id, 'key ARN': arn, 'alias name': 'alias/example', 'alias ARN': aliasArn }
const other = { region: 'us-east-1', accountId: '444455556666' }
const elsewhere = { region: 'eu-west-1', accountId: '111122223333' }

const keyIn = (): ReturnType<typeof createKms> =>
  createKms({ keys: [{ region: 'us-east-1', keyId: id, material, alias: 'alias/example' }] })

const encrypt = (kms: ReturnType<typeof createKms>, KeyId: string, caller = {}): Promise<OperationOutput> =>
  kms.handle('Encrypt', { KeyId, Plaintext: Buffer.from('x') }, caller)

describe('key identifiers', () => {
  for (const [form, KeyId] of Object.entries(forms)) {
    it(`takes a ${form} for cryptography and DescribeKey, and answers with the key ARN`, async () => {
      const kms = keyIn()
      const sealed = await encrypt(kms, KeyId)
      expect(sealed['KeyId']).to.equal(arn)
      const CiphertextBlob = sealed['CiphertextBlob']
      expect(await kms.handle('Decrypt', { KeyId, CiphertextBlob })).to.include({ KeyId: arn })
      const moved = await kms.handle('ReEncrypt', {
        SourceKeyId: KeyId,
        DestinationKeyId: KeyId,
        CiphertextBlob,
      })
      expect(moved).to.include({ SourceKeyId: arn, KeyId: arn })
      expect(await kms.handle('GenerateDataKey', { KeyId, KeySpec: 'AES_256' })).to.include({ KeyId: arn })
      expect(await kms.handle('DescribeKey', { KeyId })).to.have.nested.property('KeyMetadata.Arn', arn)
    })
  }

  for (const [form, KeyId] of [
    ['alias name', 'alias/example'],
    ['alias ARN', aliasArn],
  ] as const) {
    it(`takes no ${form} where the documentation says key ID or key ARN`, async () => {
      const kms = keyIn()
      for (const operation of [
        'EnableKey',
        'DisableKey',
        'ScheduleKeyDeletion',
        'CancelKeyDeletion',
        'ListAliases',
      ]) {
        expect((await caught(kms.handle(operation, { KeyId }))).name).to.equal('NotFoundException')
      }
      const alias = { AliasName: 'alias/second', TargetKeyId: KeyId }
      expect((await caught(kms.handle('CreateAlias', alias))).name).to.equal('ValidationException')
    })
  }

  const absent = [
    [
      'an unknown id',
      '00000000-0000-4000-8000-000000000000',
      "Key 'arn:aws:kms:us-east-1:111122223333:key/00000000-0000-4000-8000-000000000000' does not exist",
    ],
    ['an unknown alias', 'alias/none', 'Alias arn:aws:kms:us-east-1:111122223333:alias/none is not found.'],
    ['no identifier at all', 'nonsense', "Invalid keyId 'nonsense'"],
    ['an ARN of another region', `arn:aws:kms:eu-west-1:111122223333:key/${id}`, 'Invalid arn eu-west-1'],
    [
      'an alias ARN of another region',
      'arn:aws:kms:eu-west-1:111122223333:alias/example',
      'Invalid arn eu-west-1',
    ],
    ['an ARN of the wrong partition', `arn:aws-cn:kms:us-east-1:111122223333:key/${id}`, 'Invalid arn'],
    ['an ARN of another service', `arn:aws:s3:us-east-1:111122223333:key/${id}`, 'Invalid arn'],
  ] as const
  for (const [what, KeyId, message] of absent) {
    it(`answers ${what} with NotFoundException`, async () => {
      const error = await caught(encrypt(keyIn(), KeyId))
      expect(error).to.include({ name: 'NotFoundException', message })
    })
  }

  it('keeps regions apart', async () => {
    const kms = keyIn()
    expect((await caught(encrypt(kms, id, elsewhere))).name).to.equal('NotFoundException')
    const { CiphertextBlob } = await encrypt(kms, id)
    expect((await caught(kms.handle('Decrypt', { CiphertextBlob }, elsewhere))).name).to.equal(
      'AccessDeniedException',
    )
  })

  it('lets another account use a key by ARN, where cross-account use is documented', async () => {
    const kms = keyIn()
    const { CiphertextBlob } = await encrypt(kms, arn, other)
    await kms.handle('Decrypt', { CiphertextBlob }, other)
    await kms.handle('DescribeKey', { KeyId: aliasArn }, other)
    expect((await caught(encrypt(kms, id, other))).name).to.equal('NotFoundException')
    for (const operation of ['DisableKey', 'ScheduleKeyDeletion', 'ListAliases']) {
      expect((await caught(kms.handle(operation, { KeyId: arn }, other))).name).to.equal(
        'AccessDeniedException',
      )
    }
    const alias = { AliasName: 'alias/theirs', TargetKeyId: arn }
    expect((await caught(kms.handle('CreateAlias', alias, other))).name).to.equal('AccessDeniedException')
    expect((await kms.handle('ListKeys', {}, other))['Keys']).to.deep.equal([])
  })

  it('puts regions into their partitions', async () => {
    const kms = createKms()
    for (const [region, partition] of [
      ['cn-north-1', 'aws-cn'],
      ['us-gov-west-1', 'aws-us-gov'],
      ['us-west-2', 'aws'],
    ]) {
      const output = await kms.handle('CreateKey', {}, { region: region! })
      expect(output)
        .to.have.nested.property('KeyMetadata.Arn')
        .that.matches(new RegExp(`^arn:${partition!}:kms:${region!}:`))
    }
  })

  it('parses hostile identifiers in no time', () => {
    const long = `arn:aws${'-'.repeat(1000)}:kms:${'a'.repeat(1000)}`
    for (const text of [
      '',
      'alias/',
      'arn:',
      long,
      `arn:aws:kms:us-east-1:111122223333:key/${id}/`,
      `${id}\n`,
    ]) {
      expect(parseKeyIdentifier(text).form).to.be.oneOf(['malformed', 'malformed-arn', 'alias-name'])
    }
  })
})
