import {
  CreateAliasCommand,
  CreateKeyCommand,
  KMSClient,
  ReplicateKeyCommand,
  UpdateAliasCommand,
} from '@aws-sdk/client-kms'
import { expect } from 'chai'
import { after, before, beforeEach, describe, it } from 'mocha'
import { explainKeyring, type KeyringNode } from '@sealring/core/keyring'
import { kmsKeyring, kmsMrkKeyring, type KmsKeyringOptions } from '@sealring/core/kms-keyring'
import { createKms, type Kms } from '@sealring/kms-mock'
import { codeOf, errorOf } from '../envelope/code-of.js'
import { oracle, ours } from '../envelope/fixture.js'
import { wrongType } from '../envelope/wrong-type.js'

const alias = 'alias/sealring'
const textOf = ({ plaintext }: { plaintext: Uint8Array }) => Buffer.from(plaintext).toString()
const sealed = async (keyring: KeyringNode) => (await ours.encrypt(keyring, 'text')).result

describe('an alias on both sides, over HTTP', () => {
  let kms: Kms
  let stop: () => Promise<void>
  let clientConfig: { readonly endpoint: string; readonly maxAttempts: number }
  const client = (region = 'eu-west-1') => new KMSClient({ ...clientConfig, region })
  const createKey = async (MultiRegion = false): Promise<string> =>
    (await client().send(new CreateKeyCommand({ MultiRegion }))).KeyMetadata!.Arn!
  const point = (arn: string) =>
    client().send(new UpdateAliasCommand({ AliasName: alias, TargetKeyId: arn.split('/')[1] }))
  const calls = (operation: string) => kms.calls.count(operation)
  const strict = (more: Partial<KmsKeyringOptions> = {}) =>
    kmsKeyring({ generatorKeyId: alias, client: client(), ...more })
  let first: string
  let second: string

  before(async () => {
    kms = createKms()
    const server = await kms.listen()
    const { credentials } = kms.clientConfig()
    clientConfig = { endpoint: server.url, maxAttempts: 1, ...(credentials && { credentials }) }
    stop = () => server.close()
    first = await createKey()
    second = await createKey()
    await client().send(new CreateAliasCommand({ AliasName: alias, TargetKeyId: first }))
  })
  after(() => stop())
  beforeEach(async () => {
    kms.faults.clear()
    await point(first)
  })

  it('opens what it sealed, and what another object sealed, ours and client-node’s client', async () => {
    const aliasArn = first.replace(/key\/.*/, alias)
    const spellings = {
      alias: () => strict(),
      'alias ARN': () => kmsKeyring({ generatorKeyId: aliasArn, clientConfig }),
      'bare key id': () => strict({ generatorKeyId: first.split('/')[1]! }),
      'multi-Region aware': () => kmsMrkKeyring({ keyId: alias, client: client() }),
      'as a further key': () => kmsKeyring({ generatorKeyId: second, keyIds: [aliasArn], clientConfig }),
    }
    for (const [what, make] of Object.entries(spellings)) {
      const keyring = make()
      const message = await sealed(keyring)
      for (const opener of [keyring, make(), kmsKeyring({ keyIds: [first], client: client() })]) {
        expect(textOf(await ours.decrypt(opener, message)), what).to.equal('text')
        expect(textOf(await oracle.decrypt(opener, message)), what).to.equal('text')
      }
    }
  })

  it('asks DescribeKey only for what it does not know, and once for many at a time', async () => {
    const keyring = strict()
    const before = calls('DescribeKey')
    const message = await sealed(keyring)
    await ours.decrypt(keyring, message)
    expect(calls('DescribeKey') - before, 'sealing has told').to.equal(0)
    const fresh = strict()
    await Promise.all(Array.from({ length: 50 }, () => ours.decrypt(fresh, message)))
    await ours.decrypt(fresh, message)
    expect(calls('DescribeKey') - before).to.equal(1)
  })

  it('follows the alias when it moves, and still opens what it sealed before', async () => {
    const keyring = strict({ aliasTtlMilliseconds: 0 })
    const old = await sealed(keyring)
    await point(second)
    const young = await sealed(strict())
    for (const message of [young, old, young])
      expect(textOf(await ours.decrypt(keyring, message))).to.equal('text')
    const { messageHeader } = await ours.encrypt(keyring, 'text')
    expect(messageHeader.encryptedDataKeys[0]!.providerInfo).to.equal(second)
    const mrk = kmsMrkKeyring({ keyId: alias, client: client(), aliasTtlMilliseconds: 0 })
    await sealed(mrk)
    await point(first)
    expect(textOf(await ours.decrypt(mrk, old))).to.equal('text')
    expect(textOf(await ours.decrypt(mrk, young))).to.equal('text')
  })

  it('looks an alias up no more often than its time to live says', async () => {
    const keyring = strict({ aliasTtlMilliseconds: 60_000 })
    await sealed(keyring)
    await point(second)
    const young = await sealed(strict())
    const before = calls('DescribeKey')
    for (let n = 0; n < 3; n++)
      expect(await codeOf(() => ours.decrypt(keyring, young))).to.equal('ALIAS_MOVED')
    expect(calls('DescribeKey')).to.equal(before)
  })

  it('says that the alias has moved, where it can’t know the key before', async () => {
    const old = await sealed(strict())
    await point(second)
    const keyring = strict()
    const error = await errorOf(() => ours.decrypt(keyring, old))
    expect(error.code).to.equal('ALIAS_MOVED')
    expect(error.message).to.include(`${alias} names ${second}`).and.to.include(first)
    const [row] = await explainKeyring(old, keyring)
    expect(row).to.include({ code: 'ALIAS_MOVED', detail: error.message })
    expect(textOf(await ours.decrypt(strict({ keyIds: [first] }), old))).to.equal('text')
  })

  it('knows keys of other accounts and Regions as not its own, without a call', async () => {
    const american = (await client('us-east-1').send(new CreateKeyCommand({}))).KeyMetadata!.Arn!
    const message = await sealed(kmsKeyring({ generatorKeyId: american, clientConfig }))
    const keyring = kmsKeyring({ generatorKeyId: first.replace(/key\/.*/, alias), clientConfig })
    const before = kms.calls.count()
    expect(await codeOf(() => ours.decrypt(keyring, message))).to.equal('NO_DATA_KEY')
    expect(kms.calls.count()).to.equal(before)
  })

  it('of a multi-Region key opens what a replica sealed', async () => {
    const primary = await createKey(true)
    const input = { KeyId: primary.split('/')[1], ReplicaRegion: 'us-east-1' }
    const { ReplicaKeyMetadata } = await client().send(new ReplicateKeyCommand(input))
    const message = await sealed(kmsMrkKeyring({ keyId: ReplicaKeyMetadata!.Arn!, clientConfig }))
    await point(primary)
    kms.faults.setRegionDown('us-east-1')
    expect(textOf(await ours.decrypt(kmsMrkKeyring({ keyId: alias, client: client() }), message))).to.equal(
      'text',
    )
  })

  it('gives the reason when the alias can’t be looked up', async () => {
    const message = await sealed(strict())
    kms.faults.deny({ operation: 'DescribeKey' })
    const error = await errorOf(() => ours.decrypt(strict(), message))
    expect(error.code).to.equal('DATA_KEY_NOT_UNWRAPPED')
    expect(error.message).to.include(`DescribeKey under ${alias}: AccessDeniedException`)
  })

  it('refuses a time to live that is none', async () => {
    for (const ttl of [-1, NaN, '5'])
      expect(await codeOf(() => strict({ aliasTtlMilliseconds: wrongType(ttl) }))).to.equal('KEYRING_INVALID')
  })
})
