import { inspect } from 'node:util'
import {
  AwsKmsMrkAwareSymmetricDiscoveryKeyringNode,
  AwsKmsMrkAwareSymmetricKeyringNode,
} from '@aws-crypto/client-node'
import { CreateKeyCommand, KMS, ReplicateKeyCommand } from '@aws-sdk/client-kms'
import { expect } from 'chai'
import { after, afterEach, before, describe, it } from 'mocha'
import type { KeyringFixture } from '@sealring/core/conformance'
import { awsErrorName } from '@sealring/core/keyring'
import { kmsKeyring, kmsMrkDiscoveryKeyring, kmsMrkKeyring } from '@sealring/core/kms-keyring'
import { createKms } from '@sealring/kms-mock'
import { codeOf, errorOf } from '../envelope/code-of.js'
import { oracle, ours, suites } from '../envelope/fixture.js'
import { wrongType } from '../envelope/wrong-type.js'
import { hostKeyringConformance } from './keyring-conformance-host.js'

const [eu, us] = ['eu-west-1', 'us-east-1']
const text = 'text'
const textOf = ({ plaintext }: { plaintext: Uint8Array }) => Buffer.from(plaintext).toString()
const kms = createKms()

interface Setup {
  /** ARN of the multi-Region key in each Region. */
  readonly mrk: readonly [string, string]
  /** Another one, in the first Region. */
  readonly other: string
  /** One of a single Region, the first. */
  readonly single: string
  readonly clientConfig: object
  readonly stop: () => Promise<void>
}

async function setUp(): Promise<Setup> {
  const server = await kms.listen()
  const { credentials } = kms.clientConfig()
  const clientConfig = { endpoint: server.url, maxAttempts: 1, ...(credentials && { credentials }) }
  const client = new KMS({ ...clientConfig, region: eu })
  const create = async (MultiRegion: boolean): Promise<string> =>
    (await client.send(new CreateKeyCommand({ MultiRegion }))).KeyMetadata!.Arn!
  const primary = await create(true)
  const replica = await client.send(new ReplicateKeyCommand({ KeyId: primary, ReplicaRegion: us }))
  return {
    mrk: [primary, replica.ReplicaKeyMetadata!.Arn!],
    other: await create(true),
    single: await create(false),
    clientConfig,
    stop: () => server.close(),
  }
}

describe('KMS keyrings that know multi-Region keys, over HTTP', () => {
  let setup: Setup
  before(async () => {
    setup = await setUp()
  })
  after(() => setup.stop())
  afterEach(() => kms.faults.clear())

  const ownKeyring = (keyId: string) => kmsMrkKeyring({ keyId, clientConfig: setup.clientConfig })
  const discovering = (region: string) => kmsMrkDiscoveryKeyring({ region, clientConfig: setup.clientConfig })
  const client = (region: string) => new KMS({ ...setup.clientConfig, region })
  const theirs = (keyId: string) =>
    new AwsKmsMrkAwareSymmetricKeyringNode({ keyId, client: client(keyId.split(':')[3]!) })

  for (const { suiteId, name } of suites) {
    it(`open in one Region what was sealed in the other, while that is down, ours and client-node's (${name})`, async () => {
      const options = { suiteId, encryptionContext: { purpose: 'test' } }
      const [primary, replica] = setup.mrk
      for (const [sealing, opening, down] of [
        [primary, replica, eu],
        [replica, primary, us],
      ] as const) {
        kms.faults.clear()
        const messages = [
          (await ours.encrypt(ownKeyring(sealing), text, options)).result,
          (await oracle.encrypt(ownKeyring(sealing), text, wrongType({ ...options }))).result,
          (await oracle.encrypt(theirs(sealing), text, wrongType({ ...options }))).result,
        ]
        kms.faults.setRegionDown(down)
        const region = opening.split(':')[3]!
        const theirDiscovery = new AwsKmsMrkAwareSymmetricDiscoveryKeyringNode({ client: client(region) })
        for (const message of messages) {
          for (const keyring of [ownKeyring(opening), theirs(opening), discovering(region), theirDiscovery]) {
            expect(textOf(await ours.decrypt(keyring, message))).to.equal(text)
            expect(textOf(await oracle.decrypt(keyring, message))).to.equal(text)
          }
        }
      }
    })
  }

  it('kmsKeyring does not open what a replica sealed: that is what these are for', async () => {
    const { result } = await ours.encrypt(ownKeyring(setup.mrk[0]), text)
    const strict = kmsKeyring({ generatorKeyId: setup.mrk[1], clientConfig: setup.clientConfig })
    expect(await codeOf(() => ours.decrypt(strict, result))).to.equal('NO_DATA_KEY')
  })

  it('open what a key of one Region sealed, in that Region alone', async () => {
    const { result } = await ours.encrypt(ownKeyring(setup.single), text)
    expect(textOf(await ours.decrypt(discovering(eu), result))).to.equal(text)
    expect(await codeOf(() => ours.decrypt(discovering(us), result))).to.equal('NO_DATA_KEY')
  })

  it('heed a discovery filter', async () => {
    const { result } = await ours.encrypt(ownKeyring(setup.mrk[0]), text)
    const account = setup.mrk[0].split(':')[4]!
    const filtered = (accountIds: string[], partition = 'aws') =>
      kmsMrkDiscoveryKeyring({
        region: us,
        discovery: { accountIds, partition },
        clientConfig: setup.clientConfig,
      })
    expect(textOf(await ours.decrypt(filtered(['000000000001', account]), result))).to.equal(text)
    expect(await codeOf(() => ours.decrypt(filtered(['000000000001']), result))).to.equal('NO_DATA_KEY')
    expect(await codeOf(() => ours.decrypt(filtered([account], 'aws-cn'), result))).to.equal('NO_DATA_KEY')
  })

  it('keep what KMS said', async () => {
    const keyring = ownKeyring(setup.mrk[1])
    const { result } = await ours.encrypt(keyring, text)
    kms.faults.deny({ region: us })
    for (const [code, run] of [
      ['DATA_KEY_NOT_WRAPPED', () => ours.encrypt(keyring, text)],
      ['DATA_KEY_NOT_UNWRAPPED', () => ours.decrypt(keyring, result)],
      ['DATA_KEY_NOT_UNWRAPPED', () => ours.decrypt(discovering(us), result)],
    ] as const) {
      const error = await errorOf(run)
      expect(error.code).to.equal(code)
      expect(awsErrorName(error)).to.equal('AccessDeniedException')
    }
  })

  it('refuse what makes no keyring', async () => {
    const { clientConfig } = setup
    for (const make of [
      () => kmsMrkKeyring({ keyId: '', clientConfig }),
      () => kmsMrkKeyring(wrongType({ clientConfig })),
      () => kmsMrkKeyring({ keyId: 'arn:aws:kms:eu-west-1:1:nothing/x', clientConfig }),
      () => kmsMrkKeyring({ keyId: setup.single, clientFor: () => undefined }),
      () => kmsMrkDiscoveryKeyring({ region: '', clientConfig }),
      () => kmsMrkDiscoveryKeyring({ region: us, discovery: { accountIds: [] }, clientConfig }),
      () => kmsMrkDiscoveryKeyring({ region: us, client: client(us), clientConfig }),
    ])
      expect(await codeOf(make)).to.equal('KEYRING_INVALID')
    const elsewhere = kmsMrkDiscoveryKeyring({ region: us, client: client(eu) })
    const { result } = await ours.encrypt(ownKeyring(setup.mrk[0]), text)
    expect(await codeOf(() => ours.decrypt(elsewhere, result))).to.equal('KEYRING_INVALID')
  })

  it('show which key, and nothing of the client', () => {
    expect(inspect(ownKeyring(setup.single))).to.equal(
      `KmsMrkKeyring {"keyring":"aws-kms-mrk","keyId":"${setup.single}"}`,
    )
  })

  describe('pass the conformance suite', () => {
    const fixture: KeyringFixture = {
      capabilities: {
        seals: true,
        opens: true,
        providerIds: ['aws-kms'],
        bindsContext: true,
        detectsDamage: true,
        equivalent: true,
      },
      open: async () => ({
        keyring: ownKeyring(setup.mrk[0]),
        reopen: async () => ownKeyring(setup.mrk[0]),
        stranger: ownKeyring(setup.other),
        isProviderInfo: (info) => Buffer.from(info).toString() === setup.mrk[0],
        secrets: [],
        equivalent: { client: oracle, keyring: theirs(setup.mrk[1]) },
        dispose: async () => undefined,
      }),
    }
    hostKeyringConformance(fixture)
  })
})
