import { createClock, createKms } from '@sealring/kms-mock'
import { expect } from 'chai'
import { describe, it } from 'mocha'
import { nameOf } from './support/caught.js'
import { clusterOf, cloudHsmStore, externalStore, proxyOf } from './support/outside.js'
import { transports } from './support/transports.js'

const start = Date.UTC(2026, 0, 2, 3, 4, 5, 678)
const grantee = 'arn:aws:iam::111122223333:role/path/grantee'
const retirer = 'arn:aws:sts::111122223333:assumed-role/retirer/session'
const Plaintext = Buffer.from('plaintext')

/** Reads a list to its end. */
const allPages = async <T>(
  read: (Marker: string | undefined) => Promise<{ items: T[] | undefined; NextMarker?: string | undefined }>,
): Promise<T[][]> => {
  const pages: T[][] = []
  let marker: string | undefined
  do {
    const { items = [], NextMarker } = await read(marker)
    pages.push(items)
    marker = NextMarker
  } while (marker !== undefined)
  return pages
}

for (const { transport, connected } of transports) {
  describe(`administration through KMS, ${transport}`, () => {
    const clusters = [clusterOf('a'), clusterOf('b', { trustAnchorCertificate: 'certificate a' })]
    const proxies = [proxyOf('one'), proxyOf('two')]
    const mock = createKms({
      clock: createClock({ start, frozen: true }),
      cloudHsmClusters: clusters,
      xksProxies: proxies,
    })
    const connection = connected(mock)
    const kms = connection.kms()

    const newKey = async (): Promise<string> => (await kms.createKey({})).KeyMetadata!.KeyId!
    const stateOf = async (KeyId: string): Promise<string | undefined> =>
      (await kms.describeKey({ KeyId })).KeyMetadata!.KeyState

    it('tags are added, replaced, removed and paged', async () => {
      const KeyId = await newKey()
      await kms.tagResource({
        KeyId,
        Tags: [
          { TagKey: 'a', TagValue: '1' },
          { TagKey: 'b', TagValue: '' },
          { TagKey: 'A', TagValue: 'case matters' },
        ],
      })
      await kms.tagResource({ KeyId, Tags: [{ TagKey: 'a', TagValue: '2' }] })
      await kms.untagResource({ KeyId, TagKeys: ['b', 'never there'] })
      const pages = await allPages(async (Marker) => {
        const { Tags: items, NextMarker } = await kms.listResourceTags({ KeyId, Limit: 1, Marker })
        return { items, NextMarker }
      })
      expect(pages).to.deep.equal([
        [{ TagKey: 'A', TagValue: 'case matters' }],
        [{ TagKey: 'a', TagValue: '2' }],
      ])
      expect(await nameOf(kms.listResourceTags({ KeyId, Limit: 51 }))).to.equal('ValidationException')
      expect(await nameOf(kms.tagResource({ KeyId, Tags: [{ TagKey: 'AWS:x', TagValue: '' }] }))).to.equal(
        'TagException',
      )
    })

    it('a key has the default policy until another is put', async () => {
      const KeyId = await newKey()
      const { Policy, PolicyName } = await kms.getKeyPolicy({ KeyId })
      expect(PolicyName).to.equal('default')
      expect(JSON.parse(Policy!)).to.deep.equal({
        Version: '2012-10-17',
        Id: 'key-default-1',
        Statement: [
          {
            Sid: 'Enable IAM User Permissions',
            Effect: 'Allow',
            Principal: { AWS: 'arn:aws:iam::111122223333:root' },
            Action: 'kms:*',
            Resource: '*',
          },
        ],
      })
      const other = Policy!.replace('Enable IAM User Permissions', 'another')
      await kms.putKeyPolicy({ KeyId, PolicyName: 'default', Policy: other })
      expect(await kms.getKeyPolicy({ KeyId, PolicyName: 'default' })).to.deep.include({ Policy: other })
      expect(await kms.listKeyPolicies({ KeyId })).to.deep.include({
        PolicyNames: ['default'],
        Truncated: false,
      })
      expect(await nameOf(kms.getKeyPolicy({ KeyId, PolicyName: 'AWS_RAM' }))).to.equal('NotFoundException')
      expect(await nameOf(kms.putKeyPolicy({ KeyId, PolicyName: 'AWS_RAM', Policy: other }))).to.equal(
        'ValidationException',
      )
    })

    it('a grant is made, listed, used by its token, and retired by it', async () => {
      const KeyId = await newKey()
      const { Arn } = (await kms.describeKey({ KeyId })).KeyMetadata!
      const Constraints = { EncryptionContextSubset: { department: 'IT' } }
      const { GrantId, GrantToken } = await kms.createGrant({
        KeyId,
        GranteePrincipal: grantee,
        RetiringPrincipal: retirer,
        Operations: ['Encrypt', 'Decrypt'],
        Name: 'first',
        Constraints,
      })
      expect(GrantId).to.match(/^[0-9a-f]{64}$/)
      const entry = {
        KeyId: Arn,
        GrantId,
        Name: 'first',
        CreationDate: new Date(start),
        GranteePrincipal: grantee,
        RetiringPrincipal: retirer,
        IssuingAccount: 'arn:aws:iam::111122223333:root',
        Operations: ['Encrypt', 'Decrypt'],
        Constraints,
      }
      expect(await kms.listGrants({ KeyId })).to.deep.include({ Grants: [entry], Truncated: false })
      const retirable = await kms.listRetirableGrants({ RetiringPrincipal: retirer })
      expect(retirable).to.deep.include({ Grants: [entry], Truncated: false })

      const encrypt = (): Promise<unknown> => kms.encrypt({ KeyId, Plaintext, GrantTokens: [GrantToken!] })
      await encrypt()
      await kms.describeKey({ KeyId, GrantTokens: [GrantToken!] })
      await kms.retireGrant({ GrantToken })
      expect((await kms.listGrants({ KeyId })).Grants).to.deep.equal([])
      expect(await nameOf(encrypt())).to.equal('InvalidGrantTokenException')
    })

    it('the last usage of a key is its last success', async () => {
      const KeyId = await newKey()
      const unused = await kms.getKeyLastUsage({ KeyId })
      expect(unused).to.deep.include({
        KeyLastUsage: {},
        TrackingStartDate: new Date(mock.clock.now()),
        KeyCreationDate: new Date(mock.clock.now()),
      })
      await kms.encrypt({ KeyId, Plaintext })
      const { CiphertextBlob } = await kms.encrypt({ KeyId, Plaintext })
      mock.clock.advance({ hours: 1 })
      await kms.decrypt({ CiphertextBlob })
      const { KeyLastUsage: usage } = await kms.getKeyLastUsage({ KeyId })
      expect(usage).to.deep.include({ Operation: 'Decrypt', Timestamp: new Date(mock.clock.now()) })
      for (const id of [usage!.CloudTrailEventId, usage!.KmsRequestId]) {
        expect(id).to.match(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
      }
      // What fails, what is a dry run, and what is no cryptographic operation changes nothing.
      mock.clock.advance({ hours: 1 })
      await kms.describeKey({ KeyId })
      expect(await nameOf(kms.encrypt({ KeyId, Plaintext, DryRun: true }))).to.equal(
        'DryRunOperationException',
      )
      expect(await nameOf(kms.decrypt({ KeyId, CiphertextBlob: Plaintext }))).to.equal(
        'InvalidCiphertextException',
      )
      expect((await kms.getKeyLastUsage({ KeyId })).KeyLastUsage).to.deep.equal(usage)
    })

    it('ReEncrypt is a usage of both keys', async () => {
      const [source, destination] = [await newKey(), await newKey()]
      const { CiphertextBlob } = await kms.encrypt({ KeyId: source, Plaintext })
      await kms.reEncrypt({ CiphertextBlob, DestinationKeyId: destination })
      for (const KeyId of [source, destination]) {
        expect((await kms.getKeyLastUsage({ KeyId })).KeyLastUsage!.Operation).to.equal('ReEncrypt')
      }
    })

    it('an AWS CloudHSM key store lives its life', async () => {
      const [first, second] = clusters
      const { CustomKeyStoreId } = await kms.createCustomKeyStore(cloudHsmStore(first!))
      expect(CustomKeyStoreId).to.match(/^cks-[0-9a-f]{17}$/)
      const described = async (): Promise<object> =>
        (await kms.describeCustomKeyStores({ CustomKeyStoreId })).CustomKeyStores![0]!
      const entry = {
        CustomKeyStoreId,
        CustomKeyStoreName: cloudHsmStore(first!).CustomKeyStoreName,
        CloudHsmClusterId: first!.clusterId,
        TrustAnchorCertificate: 'certificate a',
        CreationDate: new Date(mock.clock.now()),
        CustomKeyStoreType: 'AWS_CLOUDHSM',
      }
      expect(await described()).to.deep.equal({ ...entry, ConnectionState: 'DISCONNECTED' })
      await kms.connectCustomKeyStore({ CustomKeyStoreId })
      expect(await described()).to.deep.equal({ ...entry, ConnectionState: 'CONNECTED' })
      expect((await kms.generateRandom({ NumberOfBytes: 5, CustomKeyStoreId })).Plaintext).to.have.lengthOf(5)

      const { KeyMetadata: key } = await kms.createKey({ CustomKeyStoreId, Origin: 'AWS_CLOUDHSM' })
      const KeyId = key!.KeyId!
      expect(key).to.deep.include({
        Origin: 'AWS_CLOUDHSM',
        KeyState: 'Enabled',
        CustomKeyStoreId,
        CloudHsmClusterId: first!.clusterId,
      })
      expect(key).not.to.have.any.keys('CurrentKeyMaterialId', 'XksKeyConfiguration')
      const { CiphertextBlob } = await kms.encrypt({ KeyId, Plaintext })

      await kms.disconnectCustomKeyStore({ CustomKeyStoreId })
      expect(await stateOf(KeyId)).to.equal('Unavailable')
      expect(await nameOf(kms.decrypt({ CiphertextBlob }))).to.equal('KMSInvalidStateException')
      await kms.updateCustomKeyStore({
        CustomKeyStoreId,
        NewCustomKeyStoreName: 'renamed',
        CloudHsmClusterId: second!.clusterId,
        KeyStorePassword: second!.password,
      })
      await kms.connectCustomKeyStore({ CustomKeyStoreId })
      expect(await described()).to.deep.include({
        CustomKeyStoreName: 'renamed',
        CloudHsmClusterId: second!.clusterId,
        ConnectionState: 'CONNECTED',
      })
      expect((await kms.decrypt({ CiphertextBlob })).Plaintext).to.deep.equal(new Uint8Array(Plaintext))

      await kms.scheduleKeyDeletion({ KeyId, PendingWindowInDays: 7 })
      await kms.disconnectCustomKeyStore({ CustomKeyStoreId })
      expect(await nameOf(kms.deleteCustomKeyStore({ CustomKeyStoreId }))).to.equal(
        'CustomKeyStoreHasCMKsException',
      )
      mock.clock.advance({ days: 7 })
      await kms.deleteCustomKeyStore({ CustomKeyStoreId })
      expect(await nameOf(described())).to.equal('CustomKeyStoreNotFoundException')
    })

    it('an external key store shows its proxy and no secrets', async () => {
      const [first, second] = proxies
      const { CustomKeyStoreId } = await kms.createCustomKeyStore(externalStore(first!))
      await kms.createCustomKeyStore(externalStore(second!))
      await kms.connectCustomKeyStore({ CustomKeyStoreId })
      const pages = await allPages(async (Marker) => {
        const { CustomKeyStores: items, NextMarker } = await kms.describeCustomKeyStores({ Limit: 1, Marker })
        return { items, NextMarker }
      })
      expect(pages).to.have.lengthOf(2)
      const CustomKeyStoreName = externalStore(first!).CustomKeyStoreName
      const { CustomKeyStores } = await kms.describeCustomKeyStores({ CustomKeyStoreName })
      expect(CustomKeyStores).to.deep.equal([
        {
          CustomKeyStoreId,
          CustomKeyStoreName,
          ConnectionState: 'CONNECTED',
          CreationDate: new Date(mock.clock.now()),
          CustomKeyStoreType: 'EXTERNAL_KEY_STORE',
          XksProxyConfiguration: {
            Connectivity: 'PUBLIC_ENDPOINT',
            AccessKeyId: first!.accessKeyId,
            UriEndpoint: first!.uriEndpoint,
            UriPath: first!.uriPath,
          },
        },
      ])
      const { KeyMetadata: key } = await kms.createKey({
        CustomKeyStoreId,
        Origin: 'EXTERNAL_KEY_STORE',
        XksKeyId: 'external-key',
      })
      expect(key).to.deep.include({ CustomKeyStoreId, XksKeyConfiguration: { Id: 'external-key' } })
      expect(key).not.to.have.property('CloudHsmClusterId')
      const { CiphertextBlob } = await kms.encrypt({ KeyId: key!.KeyId!, Plaintext })
      expect((await kms.decrypt({ CiphertextBlob })).Plaintext).to.deep.equal(new Uint8Array(Plaintext))
      expect(await nameOf(kms.generateRandom({ NumberOfBytes: 5, CustomKeyStoreId }))).to.equal(
        'UnsupportedOperationException',
      )
    })
  })
}
