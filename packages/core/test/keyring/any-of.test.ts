import { inspect } from 'node:util'
import { once } from 'node:events'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import {
  KeyringNode,
  MultiKeyringNode,
  NodeDefaultCryptographicMaterialsManager,
} from '@aws-crypto/client-node'
import { expect } from 'chai'
import { after, afterEach, before, describe, it } from 'mocha'
import {
  anyOf,
  cachingMaterialsManager,
  rawAesKeyring,
  type AnyOfOptions,
  type AnyOfReport,
} from '@sealring/core/keyring'
import { installedCopy } from '../client-node/second-copies.js'
import { codeOf, errorOf } from '../envelope/code-of.js'
import { bytesOf, oracle, ours, suites } from '../envelope/fixture.js'
import { wrongType } from '../envelope/wrong-type.js'
import { warningsDuring } from '../layer/warnings-during.js'
import { closedGate, CountingKeyring } from './counting-keyring.js'
import { threeRegions, threeRegionsOverHttp, type ThreeRegions } from './three-regions.js'

const text = 'text'
const options = { encryptionContext: { purpose: 'test' } }
const raw = (name: string) => rawAesKeyring({ namespace: 'any', name, key: bytesOf(name, 32) })
const counting = (name: string) => new CountingKeyring(raw(name))
const outage = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })
const textOf = ({ plaintext }: { plaintext: Uint8Array }) => Buffer.from(plaintext).toString()
const infos = ({ messageHeader }: Awaited<ReturnType<typeof ours.encrypt>>) =>
  messageHeader.encryptedDataKeys.map(({ providerInfo }) => providerInfo.slice(0, 3))

/** anyOf, and the reports it gives. */
function reporting(keyrings: readonly KeyringNode[], more: Partial<AnyOfOptions> = {}) {
  const reports: AnyOfReport[] = []
  const onReport = (report: AnyOfReport) => void reports.push(report)
  return { keyring: anyOf({ keyrings, wrapWith: 2, onReport, ...more }), reports }
}

describe('anyOf over three regions of KMS, over HTTP', () => {
  let regions: ThreeRegions
  const all = () => [0, 1, 2].map((n) => regions.keyring(n))
  before(async () => {
    regions = await threeRegionsOverHttp()
  })
  after(() => regions.stop())
  afterEach(() => regions.kms.faults.clear())

  for (const { suiteId, name } of suites) {
    it(`with one region out, seals; each of the others opens, ours and client-node's (${name})`, async () => {
      regions.kms.faults.setRegionDown(threeRegions[0])
      const { keyring, reports } = reporting(all())
      for (const client of [ours, oracle]) {
        const { result, messageHeader } = await client.encrypt(
          keyring,
          text,
          wrongType({ ...options, suiteId }),
        )
        expect(messageHeader.encryptedDataKeys.map(({ providerInfo }) => providerInfo)).to.deep.equal(
          regions.arns.slice(1),
        )
        for (const n of [1, 2]) {
          expect(textOf(await oracle.decrypt(regions.oracleKeyring(n), result))).to.equal(text)
          expect(textOf(await ours.decrypt(regions.keyring(n), result))).to.equal(text)
        }
        expect(textOf(await ours.decrypt(keyring, result))).to.equal(text)
        expect(textOf(await oracle.decrypt(keyring, result))).to.equal(text)
      }
      expect(reports).to.have.length(2)
      for (const { wrapped, missing } of reports) {
        expect(wrapped).to.deep.equal([1, 2])
        expect(missing).to.have.length(1)
        expect(missing[0]).to.include({ index: 0, reason: 'failed' })
      }
    })
  }

  it('opens what client-node sealed under any one of the keys', async () => {
    const { keyring } = reporting(all())
    for (const n of [0, 1, 2]) {
      const { result } = await oracle.encrypt(regions.oracleKeyring(n), text, { ...options })
      expect(textOf(await ours.decrypt(keyring, result))).to.equal(text)
      expect(textOf(await oracle.decrypt(keyring, result))).to.equal(text)
    }
  })

  it('with two regions out refuses, and says why of both', async () => {
    regions.kms.faults.setRegionDown(threeRegions[0])
    regions.kms.faults.throttle({ region: threeRegions[2] })
    const { keyring, reports } = reporting(all())
    const error = await errorOf(() => ours.encrypt(keyring, text))
    expect(error.code).to.equal('DATA_KEY_NOT_WRAPPED')
    expect(error.message).to.match(/1 of the 2/)
    expect(error).to.have.nested.property('cause.errors').with.length(2)
    expect(reports).to.deep.equal([])
  })

  it('takes throttling and a timeout behind the service for an outage', async () => {
    regions.kms.faults.throttle({ region: threeRegions[1] })
    const { keyring, reports } = reporting(all())
    await ours.encrypt(keyring, text)
    regions.kms.faults.clear()
    regions.kms.faults.fail('DependencyTimeoutException', { region: threeRegions[2] })
    await ours.encrypt(keyring, text)
    expect(reports.map(({ wrapped }) => wrapped)).to.deep.equal([
      [0, 2],
      [0, 1],
    ])
  })

  it('never excuses AccessDenied, though enough others wrapped', async () => {
    regions.kms.faults.deny({ region: threeRegions[2] })
    const { keyring } = reporting(all(), { wrapWith: 1, graceMilliseconds: 10_000 })
    const error = await errorOf(() => ours.encrypt(keyring, text))
    expect(error.code).to.equal('DATA_KEY_NOT_WRAPPED')
    expect(error.message).to.include('AccessDeniedException')
  })

  it('writes the data keys in the declared order, whatever finished first', async () => {
    regions.kms.faults.latency(60, { region: threeRegions[0] })
    regions.kms.faults.latency(30, { region: threeRegions[1] })
    const { keyring, reports } = reporting(all(), { wrapWith: 3 })
    const { messageHeader } = await ours.encrypt(keyring, text)
    expect(messageHeader.encryptedDataKeys.map(({ providerInfo }) => providerInfo)).to.deep.equal(
      regions.arns,
    )
    expect(reports).to.deep.equal([{ wrapped: [0, 1, 2], missing: [] }])
  })

  it('opens with the next region where the nearest refuses, or is out', async () => {
    const { keyring } = reporting(all())
    const { result } = await ours.encrypt(keyring, text)
    regions.kms.faults.deny({ region: threeRegions[0] })
    expect(textOf(await ours.decrypt(keyring, result))).to.equal(text)
    regions.kms.faults.setRegionDown(threeRegions[1])
    expect(textOf(await ours.decrypt(keyring, result))).to.equal(text)
    regions.kms.faults.deny({ region: threeRegions[2] })
    const error = await errorOf(() => ours.decrypt(keyring, result))
    expect(error.code).to.equal('DATA_KEY_NOT_UNWRAPPED')
    expect(error).to.have.nested.property('cause.errors').with.length(3)
  })
})

describe('anyOf', () => {
  it('does not wait for who is late, and leaves out what it then wraps', async () => {
    const [a, b, c] = [counting('a'), counting('b'), counting('c')]
    const { gate, open } = closedGate()
    a.gate = gate
    const { keyring, reports } = reporting([a, b, c], { graceMilliseconds: 5 })
    const sealed = await ours.encrypt(keyring, text)
    expect(infos(sealed).map((info) => info[0])).to.deep.equal(['b', 'c'])
    const missing = [{ index: 0, keyring: 'CountingKeyring', reason: 'late' }]
    expect(reports).to.deep.equal([{ wrapped: [1, 2], missing }])
    open()
    await new Promise(setImmediate)
    expect(sealed.messageHeader.encryptedDataKeys).to.have.length(2)
    expect(await codeOf(() => ours.decrypt(raw('a'), sealed.result))).to.equal('NO_DATA_KEY')
  })

  it('gives the others their grace', async () => {
    const [a, b] = [counting('a'), counting('b')]
    a.gate = new Promise((resolve) => setTimeout(resolve, 20))
    const { keyring, reports } = reporting([a, b], { wrapWith: 1, graceMilliseconds: 60_000 })
    await ours.encrypt(keyring, text)
    expect(reports[0]!.wrapped).to.deep.equal([0, 1])
  })

  it('gives up who does not answer', async () => {
    const [a, b] = [counting('a'), counting('b')]
    a.gate = new Promise(() => undefined)
    const one = reporting([a, b], { wrapWith: 1, graceMilliseconds: 60_000, timeoutMilliseconds: 20 })
    const { result } = await ours.encrypt(one.keyring, text)
    expect(one.reports[0]!.missing[0]).to.have.nested.property('error.name', 'TimeoutError')
    const two = reporting([a, b], { timeoutMilliseconds: 20 })
    expect(await codeOf(() => ours.encrypt(two.keyring, text))).to.equal('DATA_KEY_NOT_WRAPPED')
    b.gate = a.gate
    const error = await errorOf(() => ours.decrypt(one.keyring, result))
    expect(error.code).to.equal('DATA_KEY_NOT_UNWRAPPED')
    expect(error).to.have.nested.property('cause.errors').with.length(2)
  })

  it('gives each keyring materials of its own, and zeroes them', async () => {
    const members = [counting('a'), counting('b'), counting('c')]
    const { keyring } = reporting(members)
    const { result } = await ours.encrypt(keyring, text)
    await ours.decrypt(keyring, result)
    const seen = members.flatMap((member) => member.seen)
    expect(new Set(seen).size).to.equal(seen.length)
    expect(seen).to.have.length(4)
    for (const material of seen) expect(material.hasUnencryptedDataKey).to.equal(false)
  })

  it('zeroes the materials of who is late, once that is done', async () => {
    const [a, b] = [counting('a'), counting('b')]
    const { gate, open } = closedGate()
    a.gate = gate
    await ours.encrypt(reporting([a, b], { wrapWith: 1, graceMilliseconds: 1 }).keyring, text)
    // Still at work with them.
    expect(a.seen[0]!.hasUnencryptedDataKey).to.equal(true)
    open()
    await new Promise((resolve) => setTimeout(resolve, 5))
    expect(a.seen[0]!.hasUnencryptedDataKey).to.equal(false)
  })

  it('asks only the nearest keyring to open, as long as it answers', async () => {
    const members = [counting('a'), counting('b'), counting('c')]
    const { keyring } = reporting(members, { hedgeAfter: 60_000 })
    const { result } = await ours.encrypt(keyring, text)
    await ours.decrypt(keyring, result)
    expect(members.map(({ unwraps }) => unwraps)).to.deep.equal([1, 0, 0])
  })

  it('asks the next one when the nearest is slow, and takes what comes first', async () => {
    const members = [counting('a'), counting('b'), counting('c')]
    const { keyring } = reporting(members, { hedgeAfter: 5 })
    const { result } = await ours.encrypt(keyring, text)
    const { gate, open } = closedGate()
    members[0]!.gate = gate
    expect(textOf(await ours.decrypt(keyring, result))).to.equal(text)
    expect(members.map(({ unwraps }) => unwraps)).to.deep.equal([1, 1, 0])
    open()
  })

  it('asks the next one at once when the nearest fails', async () => {
    const members = [counting('a'), counting('b')]
    const { keyring } = reporting(members, { hedgeAfter: false })
    const { result } = await ours.encrypt(keyring, text)
    members[0]!.failure = new Error('disabled')
    expect(textOf(await ours.decrypt(keyring, result))).to.equal(text)
    members[1]!.failure = outage
    const error = await errorOf(() => ours.decrypt(keyring, result))
    expect(error.code).to.equal('DATA_KEY_NOT_UNWRAPPED')
    expect(error).to.have.nested.property('cause.errors').which.deep.equals([members[0]!.failure, outage])
  })

  it('knows what is not its own', async () => {
    const { result } = await ours.encrypt(raw('other'), text)
    const { keyring } = reporting([raw('a'), raw('b')])
    expect(await codeOf(() => ours.decrypt(keyring, result))).to.equal('NO_DATA_KEY')
  })

  it('takes keyrings of several installed copies', async () => {
    const copy = installedCopy()
    const theirs = new copy.RawAesKeyringNode({
      keyNamespace: 'any',
      keyName: 'theirs',
      unencryptedMasterKey: new Uint8Array(32).fill(7),
      wrappingSuite: copy.RawAesWrappingSuiteIdentifier.AES256_GCM_IV12_TAG16_NO_PADDING,
    })
    const { keyring } = reporting([theirs, raw('b')])
    const { result } = await ours.encrypt(keyring, text)
    for (const each of [theirs, raw('b'), keyring])
      expect(textOf(await ours.decrypt(each, result))).to.equal(text)
  })

  it('refuses a keyring that adds no data key', async () => {
    class Idle extends KeyringNode {
      _onEncrypt: KeyringNode['_onEncrypt'] = async (material) => material
      _onDecrypt: KeyringNode['_onDecrypt'] = async (material) => material
    }
    const { keyring } = reporting([raw('a'), raw('b'), new Idle()])
    const error = await errorOf(() => ours.encrypt(keyring, text))
    expect(error).to.have.property('code', 'DATA_KEY_NOT_WRAPPED')
    expect(error).to.have.nested.property('cause.code', 'KEYRING_INVALID')
  })

  it('tells in the result of a seal what is missing, of bytes and of streams', async () => {
    const [a, b] = [counting('a'), counting('b')]
    a.failure = outage
    const { keyring } = reporting([a, b], { wrapWith: 1 })
    const missingKeys = [{ index: 0, keyring: 'CountingKeyring', reason: 'failed', code: 'ECONNREFUSED' }]
    for (const suiteId of suites.map((suite) => suite.suiteId)) {
      expect((await ours.encrypt(keyring, text, { suiteId })).missingKeys).to.deep.equal(missingKeys)
      const streamed = await ours.encrypt(keyring, Readable.from([text]), { suiteId })
      expect(streamed.missingKeys).to.deep.equal(missingKeys)
    }
    const stream = ours.encryptStream(keyring)
    const [event] = await Promise.all([once(stream, 'MissingKeys'), buffer(stream.end(text))])
    expect(event).to.deep.equal([missingKeys])
    a.failure = undefined
    expect(await ours.encrypt(keyring, text)).to.have.all.keys('result', 'messageHeader')
  })

  it('tells it of nested ones, behind a multi-keyring, a manager and a cache', async () => {
    const [a, b] = [counting('a'), counting('b')]
    a.failure = outage
    const inner = () => anyOf({ keyrings: [a, b], wrapWith: 1 })
    const nested = anyOf({ keyrings: [raw('c'), new MultiKeyringNode({ children: [inner()] })], wrapWith: 2 })
    const sources = {
      nested,
      multi: new MultiKeyringNode({ generator: inner(), children: [raw('c')] }),
      default: new NodeDefaultCryptographicMaterialsManager(inner()),
      cache: cachingMaterialsManager({ keyring: inner(), maxAge: 60_000 }),
    }
    for (const [what, source] of Object.entries(sources)) {
      for (let n = 0; n < 2; n++) {
        const { missingKeys } = await ours.encrypt(source, text)
        expect(
          missingKeys?.map(({ index, code }) => [index, code]),
          what,
        ).to.deep.equal([[0, 'ECONNREFUSED']])
      }
    }
    expect(a.wraps, 'cached: asked once').to.equal(2 + 2 + 2 + 1)
  })

  it('seals though onReport throws, and warns', async () => {
    const onReport = () => {
      throw new RangeError('full')
    }
    const keyring = anyOf({ keyrings: [raw('a')], wrapWith: 1, onReport })
    const warnings = await warningsDuring(async () => void (await ours.encrypt(keyring, text)))
    expect(warnings.map(({ code }) => code)).to.deep.equal(['SEALRING_REPORT'])
  })

  it('shows no more than how many', () => {
    const { keyring } = reporting([raw('a'), raw('b')])
    expect(inspect({ deep: [[keyring]] }, { depth: 9 })).to.include(
      'AnyOfKeyring {"keyring":"any-of","wrapWith":2,"keyrings":2}',
    )
  })

  const same = raw('same')
  const good = { keyrings: [raw('a'), raw('b')], wrapWith: 1 }
  const wrongOptions: Readonly<Record<string, object>> = {
    'no keyrings': { keyrings: [] },
    'keyrings that are no list': { keyrings: raw('a') },
    'a keyring twice': { keyrings: [same, same] },
    'something else than a keyring': { keyrings: [{ onEncrypt: () => 0, onDecrypt: () => 0 }] },
    'no wrapWith': { wrapWith: undefined },
    'wrapWith 0': { wrapWith: 0 },
    'a broken wrapWith': { wrapWith: 1.5 },
    'more than there are': { wrapWith: 3 },
    'a negative grace': { graceMilliseconds: -1 },
    'an endless timeout': { timeoutMilliseconds: Infinity },
    'a hedge that is no number': { hedgeAfter: '5' },
    'an onReport that is no function': { onReport: {} },
  }
  for (const [what, change] of Object.entries(wrongOptions)) {
    it(`refuses ${what}`, async () => {
      expect(await codeOf(() => anyOf(wrongType({ ...good, ...change })))).to.equal('KEYRING_INVALID')
    })
  }
})
