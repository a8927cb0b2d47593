import {
  BranchKeyStoreNode,
  buildClient as buildOracle,
  KmsHierarchicalKeyRingNode,
} from '@aws-crypto/client-node'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { CreateKeyCommand, KMSClient } from '@aws-sdk/client-kms'
import { branchKeyTable, createBranchKeyTable } from '@sealring/backend-dynamodb'
import { keyringConformance, type KeyringFixture } from '@sealring/core/conformance'
import { buildClient } from '@sealring/core/envelope'
import { hierarchicalKeyring } from '@sealring/core/keyring'
import { branchKeyStore, type BranchKeyStore } from '@sealring/core/kms-keyring'
import { startDynamodb, startKms, type RunningKms, type RunningServer } from '@sealring/test-servers'
import { expect } from 'chai'
import { after, before, describe, it } from 'mocha'

const table = 'branch-keys'
const logicalName = 'shared keys'
const encryptionContext = { department: 'admin', ключ: 'значение' }
/** Keys whose order by locale isn't that of their bytes. */
const messageContext = { purpose: 'interchange', B: '1', a: '2', Ab: '3', é: '4' }
const versions = [1, 2, 3]

describe('branch keys and messages of client-node', () => {
  let servers: readonly [RunningServer, RunningKms]
  let clients: readonly [DynamoDBClient, KMSClient]
  let ours: BranchKeyStore
  let theirs: BranchKeyStoreNode

  before(async () => {
    servers = [await startDynamodb(), await startKms()]
    const [dynamodb, kms] = servers
    clients = [new DynamoDBClient(dynamodb.clientOptions), new KMSClient(kms.clientOptions)]
    const [ddbClient, kmsClient] = clients
    const { KeyMetadata } = await kmsClient.send(new CreateKeyCommand({}))
    const keyArn = KeyMetadata!.Arn!
    await createBranchKeyTable(ddbClient, { table })
    const storage = branchKeyTable({ client: ddbClient, table })
    ours = branchKeyStore({ logicalName, storage, keyArn, client: kmsClient })
    theirs = new BranchKeyStoreNode({
      logicalKeyStoreName: logicalName,
      storage: { ddbTableName: table, ddbClient },
      keyManagement: { kmsClient },
      kmsConfiguration: { identifier: keyArn },
    })
  })
  after(async () => {
    for (const client of clients) client.destroy()
    for (const server of servers) await server.stop()
  })

  const ourRing = (branchKeyId: string) =>
    hierarchicalKeyring({ keyStore: ours, branchKeyId, maxAge: 600_000 })
  const theirRing = (branchKeyId: string, utf8Sorting?: boolean) =>
    new KmsHierarchicalKeyRingNode({
      keyStore: theirs,
      branchKeyId,
      cacheLimitTtl: 600,
      ...(utf8Sorting !== undefined && { utf8Sorting }),
    })

  const makers = {
    ours: {
      create: async () => (await ours.create({ encryptionContext })).branchKeyId,
      rotate: (branchKeyId: string) => ours.rotate(branchKeyId),
    },
    'client-node’s': {
      create: async () => (await theirs.createKey({ encryptionContext })).branchKeyIdentifier,
      rotate: (branchKeyIdentifier: string) => theirs.versionKey({ branchKeyIdentifier }),
    },
  }

  /** Both read the active key, and that version, alike; the version. */
  async function expectSame(branchKeyId: string): Promise<string> {
    const active = await ours.getActive(branchKeyId)
    expect(active.encryptionContext).to.deep.equal(encryptionContext)
    const material = await theirs.getActiveBranchKey(branchKeyId)
    expect(material.encryptionContext).to.deep.equal(encryptionContext)
    expect(Buffer.from(material.branchKeyVersion).toString()).to.equal(active.version)
    expect(material.branchKey().equals(active.key)).to.equal(true)
    const version = await ours.getVersion(branchKeyId, active.version)
    const theirVersion = await theirs.getBranchKeyVersion(branchKeyId, active.version)
    expect(Buffer.from(version.key).equals(active.key)).to.equal(true)
    expect(theirVersion.branchKey().equals(active.key)).to.equal(true)
    return active.version
  }

  for (const [who, maker] of Object.entries(makers)) {
    it(`both read ${who}, whoever rotates, and each opens what the other sealed under every version`, async () => {
      const branchKeyId = await maker.create()
      const { encrypt, decrypt } = buildClient()
      const oracle = buildOracle()
      const seen = new Set<string>()
      const messages: Buffer[] = []
      const rotators = [makers.ours, makers['client-node’s']]
      for (const n of versions) {
        seen.add(await expectSame(branchKeyId))
        const asked = { encryptionContext: messageContext }
        messages.push((await encrypt(ourRing(branchKeyId), `ours ${n}`, asked)).result)
        for (const utf8Sorting of [undefined, true]) {
          const ring = theirRing(branchKeyId, utf8Sorting)
          messages.push((await oracle.encrypt(ring, `theirs ${n}`, { ...asked })).result)
        }
        await rotators[n % 2]!.rotate(branchKeyId)
      }
      expect(seen.size).to.equal(versions.length)
      const [ourOpener, sorting, byLocale] = [
        ourRing(branchKeyId),
        theirRing(branchKeyId, true),
        theirRing(branchKeyId),
      ]
      for (const [index, message] of messages.entries()) {
        const expected = `${index % 3 === 0 ? 'ours' : 'theirs'} ${Math.floor(index / 3) + 1}`
        expect((await decrypt(ourOpener, message)).plaintext.toString()).to.equal(expected)
        expect((await oracle.decrypt(ourOpener, message)).plaintext.toString()).to.equal(expected)
        // client-node sorts by locale unless told otherwise, and then opens nothing that another SDK sealed.
        const opener = index % 3 === 1 ? byLocale : sorting
        expect((await oracle.decrypt(opener, message)).plaintext.toString()).to.equal(expected)
      }
    })
  }

  it('client-node’s beacon key is ours', async () => {
    const branchKeyId = await makers['client-node’s'].create()
    const beacon = await ours.getBeacon(branchKeyId)
    expect(beacon.key.byteLength).to.equal(32)
    expect(Buffer.from(beacon.key).equals((await ours.getActive(branchKeyId)).key)).to.equal(false)
  })

  it('a branch key that client-node created can’t be created anew', async () => {
    const branchKeyIdentifier = 'taken'
    await theirs.createKey({ branchKeyIdentifier, encryptionContext })
    const code = await ours.create({ branchKeyId: branchKeyIdentifier, encryptionContext }).then(
      () => 'no failure',
      (error: { code?: unknown }) => error.code,
    )
    expect(code).to.equal('BRANCH_KEY_EXISTS')
  })

  describe('the conformance suite, with client-node’s keyring as the equivalent', () => {
    const both = { seals: true, opens: true, bindsContext: true, detectsDamage: true, equivalent: true }
    const fixture: KeyringFixture = {
      capabilities: { ...both, providerIds: ['aws-kms-hierarchy'] },
      async open() {
        const branchKeyId = await makers['client-node’s'].create()
        const { key } = await ours.getActive(branchKeyId)
        return {
          keyring: ourRing(branchKeyId),
          reopen: async () => ourRing(branchKeyId),
          stranger: ourRing(await makers.ours.create()),
          isProviderInfo: (info) => Buffer.from(info).toString() === branchKeyId,
          secrets: [key],
          equivalent: { client: buildOracle(), keyring: theirRing(branchKeyId, true) },
          dispose: async () => undefined,
        }
      },
    }
    for (const { name, skip, run } of keyringConformance) {
      const reason = skip?.(fixture)
      if (reason === undefined) it(name, () => run(fixture))
      else it.skip(`${name} (${reason})`)
    }
  })
})
