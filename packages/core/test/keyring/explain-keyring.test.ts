import { KmsKeyringNode, MultiKeyringNode } from '@aws-crypto/client-node'
import { KMS } from '@aws-sdk/client-kms'
import { expect } from 'chai'
import { after, afterEach, before, describe, it } from 'mocha'
import { inspect } from '@sealring/core/envelope'
import {
  anyOf,
  explainKeyring,
  keyringFrom,
  rawAesKeyring,
  requiredEncryptionContextManager,
  type KeyringAttempt,
  type KeyringNode,
} from '@sealring/core/keyring'
import { kmsKeyring, kmsMrkDiscoveryKeyring, kmsMrkKeyring } from '@sealring/core/kms-keyring'
import { codeOf } from '../envelope/code-of.js'
import { bytesOf, ours } from '../envelope/fixture.js'
import { wrongType } from '../envelope/wrong-type.js'
import { threeRegions, threeRegionsOverHttp, type ThreeRegions } from './three-regions.js'

const raw = (name: string, key = bytesOf(name, 32)) => rawAesKeyring({ namespace: 'explained', name, key })
const sealed = async (keyring: KeyringNode) => (await ours.encrypt(keyring, 'text')).result
/** Data key, where the keyring stands, code and reason. */
const table = (rows: readonly KeyringAttempt[]) =>
  rows.map(({ dataKey, path, code, reason }) =>
    [dataKey, path.join('.'), code, ...(reason === undefined ? [] : [reason])].join(' '),
  )
const multi = (...children: KeyringNode[]) => new MultiKeyringNode({ children })

describe('explainKeyring over three regions of KMS, over HTTP', () => {
  let regions: ThreeRegions
  let message: Uint8Array
  let keyring: KeyringNode
  const config = () => ({ ...regions.kms.clientConfig(), endpoint: regions.url, maxAttempts: 1 })
  before(async () => {
    regions = await threeRegionsOverHttp()
    keyring = anyOf({ keyrings: [0, 1, 2].map((n) => regions.keyring(n)), wrapWith: 3 })
    message = await sealed(keyring)
  })
  after(() => regions.stop())
  afterEach(() => regions.kms.faults.clear())

  it('tells which data key opens with which keyring, and that the others are not mine', async () => {
    const rows = await explainKeyring(message, keyring)
    const expected =
      '0 0 OPENS, 0 1 NOT_MINE, 0 2 NOT_MINE, 1 0 NOT_MINE, 1 1 OPENS, 1 2 NOT_MINE, 2 0 NOT_MINE, 2 1 NOT_MINE, 2 2 OPENS'
    expect(table(rows)).to.deep.equal(expected.split(', '))
    expect(rows.map(({ providerInfo }) => providerInfo)).to.deep.equal(
      regions.arns.flatMap((arn) => [arn, arn, arn]),
    )
    expect(rows[4]).to.include({ providerId: 'aws-kms' })
    expect(rows[4]!.keyring).to.include(regions.arns[1])
  })

  it('tells why each one failed', async () => {
    regions.kms.faults.deny({ region: threeRegions[0] })
    regions.kms.faults.setRegionDown(threeRegions[1])
    regions.kms.faults.throttle({ region: threeRegions[2] })
    const rows = (await explainKeyring(message, keyring)).filter(({ code }) => code !== 'NOT_MINE')
    expect(table(rows).map((row) => row.split(' ').slice(0, 3).join(' '))).to.deep.equal([
      '0 0 ACCESS_DENIED',
      '1 1 UNREACHABLE',
      '2 2 THROTTLED',
    ])
    expect(rows[0]).to.include({ reason: 'AccessDeniedException' })
  })

  it('tells a key that is disabled, or gone', async () => {
    const own = await threeRegionsOverHttp()
    try {
      const keyrings = [0, 1].map((n) => own.keyring(n))
      const both = multi(...keyrings)
      const changed = await sealed(anyOf({ keyrings, wrapWith: 2 }))
      const client = (n: 0 | 1) =>
        new KMS({ ...own.kms.clientConfig(), endpoint: own.url, region: threeRegions[n] })
      await client(0).disableKey({ KeyId: own.arns[0] })
      await client(1).scheduleKeyDeletion({ KeyId: own.arns[1] })
      expect(
        table((await explainKeyring(changed, both)).filter(({ code }) => code !== 'NOT_MINE')),
      ).to.deep.equal(['0 0 KEY_DISABLED DisabledException', '1 1 KEY_DISABLED KMSInvalidStateException'])
      const [row] = await explainKeyring(changed, keyrings[0]!)
      expect(row!.detail).to.include(`Decrypt under ${own.arns[0]}: DisabledException`)
      const theirs = new KmsKeyringNode({ keyIds: [own.arns[0]!], clientProvider: () => client(0) })
      expect(table(await explainKeyring(changed, theirs))[0]).to.equal('0  KEY_DISABLED DisabledException')
    } finally {
      await own.stop()
    }
  })

  it('takes apart what is nested, and asks discovery and multi-Region keyrings', async () => {
    const nested = multi(
      kmsKeyring({ discovery: { accountIds: ['000000000001'] }, clientConfig: config() }),
      multi(
        kmsKeyring({ discovery: true, clientConfig: config() }),
        kmsMrkKeyring({ keyId: regions.arns[1]!, clientConfig: config() }),
      ),
      kmsMrkDiscoveryKeyring({ region: threeRegions[1], clientConfig: config() }),
    )
    const one = await sealed(regions.keyring(1))
    const expected = ['0 0 NOT_MINE', '0 1.0 OPENS', '0 1.1 OPENS', '0 2 OPENS']
    expect(table(await explainKeyring(one, nested))).to.deep.equal(expected)
    regions.kms.faults.deny()
    const denied = await explainKeyring(one, nested)
    expect(denied.map(({ code }) => code)).to.deep.equal([
      'NOT_MINE',
      'ACCESS_DENIED',
      'ACCESS_DENIED',
      'ACCESS_DENIED',
    ])
  })

  it('understands client-node’s own keyrings, which keep only the text of a failure', async () => {
    const theirs = new KmsKeyringNode({
      keyIds: [regions.arns[0]!],
      clientProvider: (region) => new KMS({ ...config(), region }),
    })
    const one = await sealed(regions.keyring(0))
    expect(table(await explainKeyring(one, theirs))).to.deep.equal(['0  OPENS'])
    regions.kms.faults.deny()
    expect(table(await explainKeyring(one, theirs))).to.deep.equal(['0  ACCESS_DENIED AccessDeniedException'])
    expect(table(await explainKeyring(await sealed(raw('a')), theirs))).to.deep.equal(['0  NOT_MINE'])
  })
})

describe('explainKeyring', () => {
  it('gives up who does not answer', async () => {
    const never = keyringFrom({
      providerId: 'aws-never',
      unwrap: () => new Promise(() => undefined),
      wrap: () => ({ providerInfo: 'i', ciphertext: bytesOf('c', 9) }),
    })
    const other = await sealed(never)
    expect(table(await explainKeyring(other, never, { timeoutMilliseconds: 20 }))).to.deep.equal([
      '0  UNREACHABLE TimeoutError',
    ])
  })

  it('needs no more than the header', async () => {
    const message = await sealed(raw('a'))
    const { headerLength } = inspect(message)
    expect(table(await explainKeyring(message.subarray(0, headerLength), raw('a')))).to.deep.equal([
      '0  OPENS',
    ])
    expect(await codeOf(() => explainKeyring(message.subarray(0, headerLength - 1), raw('a')))).to.equal(
      'MESSAGE_TRUNCATED',
    )
  })

  it('tells another key of the same name, and a data key of another message', async () => {
    const message = await sealed(raw('a'))
    const [row] = await explainKeyring(message, raw('a', bytesOf('other', 32)))
    expect(row).to.include({ code: 'FAILED' })
    expect(row!.detail).to.include('another key of that name')
    const anything = keyringFrom({ providerId: 'explained', unwrap: () => new Uint8Array(32) })
    expect(table(await explainKeyring(message, anything))).to.deep.equal(['0  WRONG_DATA_KEY'])
  })

  it('takes the pairs that the message does not store', async () => {
    const manager = requiredEncryptionContextManager({ keyring: raw('a'), requiredKeys: ['tenant'] })
    const encryptionContext = { tenant: 't' }
    const { result } = await ours.encrypt(manager, 'text', { encryptionContext })
    expect((await explainKeyring(result, raw('a')))[0]).to.include({ code: 'FAILED' })
    expect((await explainKeyring(result, raw('a'), { encryptionContext }))[0]).to.include({ code: 'OPENS' })
  })

  it('shows no key, no ciphertext, and of the errors of others only their name', async () => {
    const key = bytesOf('canary', 32)
    const talkative = keyringFrom({
      providerId: 'explained',
      unwrap() {
        throw new RangeError(`the key is ${Buffer.from(key).toString('hex')}`)
      },
    })
    const message = await sealed(raw('a', key))
    const rows = await explainKeyring(message, multi(raw('a', key), talkative))
    expect(rows[1]).to.include({ code: 'FAILED', reason: 'RangeError' })
    expect(JSON.stringify(rows)).not.to.include(Buffer.from(key).toString('hex'))
    for (const value of rows.flatMap((row) => Object.values(row)))
      expect(value).not.to.be.instanceOf(Uint8Array)
    expect(JSON.parse(JSON.stringify(rows))).to.deep.equal(rows)
  })

  it('refuses what it cannot ask', async () => {
    const message = await sealed(raw('a'))
    const codes = [
      await codeOf(() => explainKeyring(message, wrongType({}))),
      await codeOf(() => explainKeyring(wrongType(7), raw('a'))),
      await codeOf(() => explainKeyring(message, raw('a'), { timeoutMilliseconds: 0 })),
      await codeOf(() => explainKeyring(message, raw('a'), { encryptionContext: wrongType(7) })),
    ]
    expect(codes).to.deep.equal([
      'KEYRING_INVALID',
      'INVALID_ARGUMENT',
      'INVALID_ARGUMENT',
      'INVALID_CONTEXT',
    ])
  })
})
