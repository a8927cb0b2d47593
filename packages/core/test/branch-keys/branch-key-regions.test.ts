import { CreateKeyCommand, KMSClient, ReplicateKeyCommand } from '@aws-sdk/client-kms'
import { branchKeyStore, type BranchKeyStoreOptions } from '@sealring/core/kms-keyring'
import { expect } from 'chai'
import { after, before, describe, it } from 'mocha'
import { codeOf } from '../envelope/code-of.js'
import { branchKeyFixture, logicalName, type BranchKeyFixture } from './branch-key-fixture.js'

const near = 'eu-west-1'
const far = 'us-east-1'

describe('branchKeyStore: which KMS key', () => {
  let fixture: BranchKeyFixture
  let multi: string
  before(async () => {
    fixture = await branchKeyFixture()
    const { KeyMetadata } = await fixture.client.send(new CreateKeyCommand({ MultiRegion: true }))
    multi = KeyMetadata!.Arn!
    await fixture.client.send(new ReplicateKeyCommand({ KeyId: multi, ReplicaRegion: far }))
  })
  after(() => fixture.stop())

  type Way = Pick<BranchKeyStoreOptions, 'keyArn' | 'mrkArn' | 'discovery'>
  const connected = (way: Way) =>
    branchKeyStore({ logicalName, storage: fixture.storage, clientConfig: fixture.clientConfig, ...way })
  const replica = () => multi.replace(near, far)
  const regionsCalled = () => new Set(fixture.kms.calls.list().map(({ region }) => region))

  it('takes another Region’s replica with mrkArn, and keeps the ARN that is stored', async () => {
    const { branchKeyId } = await connected({ mrkArn: multi }).create()
    expect(await codeOf(() => connected({ keyArn: replica() }).getActive(branchKeyId))).to.equal(
      'BRANCH_KEY_INVALID',
    )
    fixture.kms.calls.clear()
    const there = connected({ mrkArn: replica() })
    const former = await there.getActive(branchKeyId)
    const { version } = await there.rotate(branchKeyId)
    expect(regionsCalled()).to.deep.equal(new Set([far]))
    const record = await fixture.storage.read({ branchKeyId, type: 'branch:ACTIVE' })
    expect(record?.attributes['kms-arn']).to.equal(multi)
    const here = connected({ keyArn: multi })
    expect((await here.getActive(branchKeyId)).version).to.equal(version)
    expect(Buffer.from((await here.getVersion(branchKeyId, former.version)).key).equals(former.key)).to.equal(
      true,
    )
  })

  it('takes in discovery what is stored, in its Region or in the one that is named', async () => {
    const { branchKeyId } = await connected({ keyArn: multi }).create()
    const single = await connected({ keyArn: fixture.keyArn }).create()
    const ways: readonly (readonly [Way, string, string])[] = [
      [{ discovery: true }, branchKeyId, near],
      [{ discovery: { region: far } }, branchKeyId, far],
      [{ discovery: true }, single.branchKeyId, near],
      [{ discovery: { region: far } }, single.branchKeyId, near],
    ]
    for (const [way, id, region] of ways) {
      fixture.kms.calls.clear()
      await connected(way).getActive(id)
      expect(regionsCalled()).to.deep.equal(new Set([region]))
    }
    for (const way of [{ discovery: true }, { discovery: { region: far } }] as const) {
      expect(await codeOf(() => connected(way).create())).to.equal('KEYRING_INVALID')
      expect(await codeOf(() => connected(way).rotate(branchKeyId))).to.equal('KEYRING_INVALID')
    }
  })

  it('believes no record about its KMS key, and follows no hostile Region', async () => {
    const { branchKeyId } = await connected({ keyArn: fixture.keyArn }).create()
    const record = await fixture.storage.read({ branchKeyId, type: 'branch:ACTIVE' })
    const lying = {
      [fixture.otherArn]: 'BRANCH_KEY_INVALID',
      'arn:aws:kms:evil.example/:111122223333:key/a': 'BRANCH_KEY_UNAVAILABLE',
      'arn:aws:kms:eu-west-1:111122223333:alias/a': 'BRANCH_KEY_INVALID',
    }
    for (const [kmsArn, code] of Object.entries(lying)) {
      const attributes = { ...record!.attributes, 'kms-arn': kmsArn }
      const storage = { ...fixture.storage, read: async () => ({ ...record!, attributes }) }
      const { clientConfig } = fixture
      const store = branchKeyStore({ logicalName, storage, clientConfig, discovery: true })
      expect(await codeOf(() => store.getActive(branchKeyId)), kmsArn).to.equal(code)
    }
  })

  it('makes its clients when they are needed, and marks them', async () => {
    const seen: string[] = []
    const requestHandler = {
      handle: async ({ headers }: { headers: Record<string, string> }) => {
        seen.push(headers['x-amz-user-agent'] ?? headers['user-agent'] ?? '')
        throw new Error('no network')
      },
    }
    const clientConfig = { ...fixture.clientConfig, requestHandler }
    const store = branchKeyStore({ logicalName, storage: fixture.storage, keyArn: multi, clientConfig })
    expect(seen).to.deep.equal([])
    expect(await codeOf(() => store.create())).to.equal('BRANCH_KEY_UNAVAILABLE')
    expect(seen.join()).to.include('aws-kms-hierarchy')
  })

  it('uses one client for everything when it is given', async () => {
    const client = new KMSClient({ ...fixture.clientConfig, region: far })
    const store = branchKeyStore({ logicalName, storage: fixture.storage, keyArn: replica(), client })
    fixture.kms.calls.clear()
    await store.create()
    expect(regionsCalled()).to.deep.equal(new Set([far]))
    client.destroy()
  })
})
