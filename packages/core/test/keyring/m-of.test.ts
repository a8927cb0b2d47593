import { inspect } from 'node:util'
import { KeyringNode, MultiKeyringNode } from '@aws-crypto/client-node'
import { expect } from 'chai'
import { afterEach, after, before, describe, it } from 'mocha'
import { buildClient, inspectHeader } from '@sealring/core/envelope'
import {
  anyOf,
  explainKeyring,
  keyringFrom,
  mOf,
  rawAesKeyring,
  type MOfOptions,
} from '@sealring/core/keyring'
import { kmsKeyring } from '@sealring/core/kms-keyring'
import { parseThresholdKey, serializeThresholdKey, type ThresholdKey } from '#src/keyring/m-of-format.js'
import { openShare, sealShare, shareContext } from '#src/keyring/m-of-share.js'
import { unwrapAlone, wrapAlone, memberOf } from '#src/keyring/member.js'
import { algorithmSuites } from '#src/materials/algorithm-suites.js'
import {
  dataKeyEntry,
  encryptedDataKey,
  newDecryptionMaterial,
  newEncryptionMaterial,
  unencryptedBytes,
} from '#src/materials/aws-materials.js'
import { ownAwsClasses } from '#src/materials/aws-classes.js'
import { installedCopy } from '../client-node/second-copies.js'
import { codeOf, errorOf } from '../envelope/code-of.js'
import { bytesOf, oracle, ours, suites } from '../envelope/fixture.js'
import { wrongType } from '../envelope/wrong-type.js'
import { closedGate, CountingKeyring } from './counting-keyring.js'
import { threeRegions, threeRegionsOverHttp, type ThreeRegions } from './three-regions.js'

const text = 'text'
const encryptionContext = { purpose: 'test' }
const options = { encryptionContext }
const suite = algorithmSuites.get(0x0478)!
const raw = (name: string) => rawAesKeyring({ namespace: 'custodians', name, key: bytesOf(name, 32) })
const [a, b, c] = [raw('a'), raw('b'), raw('c')]
const textOf = ({ plaintext }: { plaintext: Uint8Array }) => Buffer.from(plaintext).toString()
const twoOf = (keyrings: readonly KeyringNode[], more: Partial<MOfOptions> = {}) =>
  mOf({ keyrings, threshold: 2, ...more })

/** A data key shared out under `a`, `b` and `c`, whose parts can be changed. */
async function sharedOut(
  context: Readonly<Record<string, string>> = encryptionContext,
  threshold = 2,
  keyrings = [a, b, c],
) {
  const material = newEncryptionMaterial(ownAwsClasses(), suite, context, undefined)
  await mOf({ keyrings, threshold }).onEncrypt(material)
  return {
    dataKey: unencryptedBytes(material),
    key: parseThresholdKey(dataKeyEntry(material.encryptedDataKeys[0]!)),
  }
}

/** What mOf makes of it: the data key, or `undefined` and why. */
async function opened(key: ThresholdKey, keyring = twoOf([a, b, c]), context = encryptionContext) {
  const classes = ownAwsClasses()
  const material = newDecryptionMaterial(classes, suite, context, undefined)
  await keyring.onDecrypt(material, [encryptedDataKey(classes, serializeThresholdKey(key))!])
  return unencryptedBytes(material)
}

const isSame = (one: Uint8Array, other: Uint8Array) => Buffer.compare(one, other) === 0

/** A custodian who can use their own key puts another share in the place of theirs. */
async function lie(key: ThresholdKey, index: number, keyring: KeyringNode): Promise<ThresholdKey> {
  const sharing = {
    suite,
    encryptionContext,
    threshold: key.threshold,
    shares: key.shares.length,
    check: key.check,
  }
  const custodian = memberOf('test', keyring)
  const ofShare = { suite, encryptionContext: shareContext(sharing, index) }
  const { sealed, dataKeys } = key.shares[index]!
  const shareKey = (await unwrapAlone(custodian, { ...ofShare, dataKeys }))!
  const share = openShare(sharing, index, shareKey, sealed)
  for (const [n, byte] of bytesOf(`lie ${index}`, 32).entries()) share[n]! ^= byte
  const fresh = bytesOf('fresh', 32)
  const { entries } = await wrapAlone(custodian, { ...ofShare, dataKey: fresh })
  return {
    ...key,
    shares: key.shares.with(index, { sealed: sealShare(sharing, index, fresh, share), dataKeys: entries }),
  }
}

describe('mOf', () => {
  for (const { suiteId, name } of suites) {
    it(`any two of three open, one does not; ours and client-node's client (${name})`, async () => {
      for (const client of [ours, oracle]) {
        const { result, messageHeader } = await client.encrypt(
          twoOf([a, b, c]),
          text,
          wrongType({ ...options, suiteId }),
        )
        expect(messageHeader.encryptedDataKeys).to.have.length(1)
        for (const pair of [
          [a, b],
          [b, a],
          [a, c],
          [b, c],
          [c, b],
          [a, b, c],
          [c, a, b],
        ]) {
          const keyring = twoOf(pair, { shares: 3 })
          expect(textOf(await ours.decrypt(keyring, result))).to.equal(text)
          expect(textOf(await oracle.decrypt(keyring, result))).to.equal(text)
        }
        for (const one of [a, b, c]) {
          expect(await codeOf(() => ours.decrypt(one, result))).to.equal('NO_DATA_KEY')
          const keyring = twoOf([one, raw('stranger')], { shares: 3 })
          const error = await errorOf(() => ours.decrypt(keyring, result))
          expect(error.code).to.equal('DATA_KEY_NOT_UNWRAPPED')
          expect(error.message).to.include('Only 1 of the 2 shares')
        }
      }
    })
  }

  it('opens with every m of n, and with no m - 1', async () => {
    const keyrings = ['p', 'q', 'r', 's', 't'].map(raw)
    for (const threshold of [2, 3, 4, 5]) {
      const { dataKey, key } = await sharedOut(encryptionContext, threshold, keyrings)
      for (let set = 1; set < 32; set++) {
        const chosen = keyrings.filter((_, n) => set & (1 << n))
        const all = [...chosen, ...['u', 'v', 'w', 'x'].map(raw)].slice(0, 5)
        const opening = opened(key, mOf({ keyrings: all, threshold, shares: 5 }))
        if (chosen.length >= threshold) expect(isSame(await opening, dataKey)).to.equal(true)
        else expect(await codeOf(() => opening)).to.equal('DATA_KEY_NOT_UNWRAPPED')
      }
    }
  }).timeout(60_000)

  it('shows its numbers to whoever inspects the message, and nothing of a share', async () => {
    const { result } = await ours.encrypt(twoOf([a, b, c]), text)
    const [entry] = inspectHeader(result).encryptedDataKeys
    expect(entry).to.include({ providerId: 'sealring-threshold', providerInfo: 'v1 2-of-3' })
  })

  it('survives a lying share, wherever it is', async () => {
    const { dataKey, key } = await sharedOut()
    for (const [index, keyring] of [a, b, c].entries()) {
      const changed = await lie(key, index, keyring)
      expect(isSame(await opened(changed), dataKey)).to.equal(true)
      const others = [a, b, c].filter((other) => other !== keyring)
      expect(isSame(await opened(changed, twoOf(others, { shares: 3 })), dataKey)).to.equal(true)
      const error = await errorOf(() => opened(changed, twoOf([keyring, others[0]!], { shares: 3 })))
      expect(error.code).to.equal('DATA_KEY_NOT_UNWRAPPED')
      expect(error.message).to.include('2 shares open, but no 2 of them fit')
    }
  })

  it('survives two lies among five, three being needed', async () => {
    const keyrings = ['p', 'q', 'r', 's', 't'].map(raw)
    const { dataKey, key } = await sharedOut(encryptionContext, 3, keyrings)
    const changed = await lie(await lie(key, 0, keyrings[0]!), 1, keyrings[1]!)
    expect(isSame(await opened(changed, mOf({ keyrings, threshold: 3 })), dataKey)).to.equal(true)
  })

  it('tries no more than a thousand sets of shares', async () => {
    const keyrings = Array.from({ length: 16 }, (_, n) => raw(`custodian ${n}`))
    let { key } = await sharedOut(encryptionContext, 8, keyrings)
    for (let n = 0; n < 9; n++) key = await lie(key, n, keyrings[n]!)
    const error = await errorOf(() => opened(key, mOf({ keyrings, threshold: 8 })))
    expect(error.message).to.include('none of 1000 sets of them fits')
  })

  it('refuses shares that were swapped, moved from another message, or put under other numbers', async () => {
    const { key } = await sharedOut()
    const other = await sharedOut()
    const [first, second, third] = key.shares
    const [theirs] = other.key.shares
    const changes: Readonly<Record<string, ThresholdKey>> = {
      'two exchanged': { ...key, shares: [second!, first!, { ...third!, dataKeys: [] }] },
      'one twice': { ...key, shares: [first!, first!, { ...third!, dataKeys: [] }] },
      'one of another message': { ...key, shares: [theirs!, second!, { ...third!, dataKeys: [] }] },
      'the bytes of one under the key of another': {
        ...key,
        shares: [{ ...first!, sealed: second!.sealed }, second!, { ...third!, dataKeys: [] }],
      },
      'another check': { ...key, check: other.key.check },
    }
    for (const [what, change] of Object.entries(changes))
      expect(await codeOf(() => opened(change)), what).to.equal('DATA_KEY_NOT_UNWRAPPED')
    const more = { ...key, shares: [...key.shares, third!] }
    expect(await codeOf(() => opened(more, twoOf([a, b, c, raw('d')]))), 'of 4').to.equal(
      'DATA_KEY_NOT_UNWRAPPED',
    )
    const three = { ...key, threshold: 3 }
    expect(await codeOf(() => opened(three, twoOf([a, b, c], { threshold: 3 }))), '3 of').to.equal(
      'DATA_KEY_NOT_UNWRAPPED',
    )
    const error = await errorOf(() => opened(three))
    expect(error.message).to.include('shared out 3 of 3, this keyring is for 2 of 3')
    const elsewhere = { purpose: 'other' }
    expect(await codeOf(() => opened(key, twoOf([a, b, c]), elsewhere))).to.equal('DATA_KEY_NOT_UNWRAPPED')
  })

  it('refuses what it never writes, in bounded time', async () => {
    const { key } = await sharedOut()
    const entry = serializeThresholdKey(key)
    const infos = ['v1 1-of-3', 'v1 4-of-3', 'v1 2-of-33', 'v1 02-of-3 ', 'v2 2-of-3', 'v1 0-of-0', '']
    for (const info of infos)
      expect(() => parseThresholdKey({ ...entry, providerInfo: Buffer.from(info) })).to.throw(
        Error,
        'is none',
      )
    for (let length = 0; length < entry.ciphertext.length; length += 7)
      expect(() =>
        parseThresholdKey({ ...entry, ciphertext: entry.ciphertext.subarray(0, length) }),
      ).to.throw(Error, 'ends within')
    const longer = Buffer.concat([entry.ciphertext, Buffer.alloc(1)])
    expect(() => parseThresholdKey({ ...entry, ciphertext: longer })).to.throw(Error, 'Bytes follow')
    const many = {
      ...key.shares[0]!,
      dataKeys: Array.from({ length: 33 }, () => key.shares[0]!.dataKeys[0]!),
    }
    expect(() => serializeThresholdKey({ ...key, shares: [many, many] })).to.throw('more than 32')
  })

  it('works with committing suites only', async () => {
    const uncommitted = buildClient('FORBID_ENCRYPT_ALLOW_DECRYPT')
    for (const suiteId of [0x0014, 0x0178, 0x0378]) {
      const error = await errorOf(() => uncommitted.encrypt(twoOf([a, b]), text, { suiteId }))
      expect([error.code, error.message]).to.deep.equal([
        'KEYRING_INVALID',
        'mOf works with committing algorithm suites only',
      ])
    }
  })

  it('shares a message with no other data key, unless asked', async () => {
    const shy = twoOf([a, b])
    const asked = twoOf([a, b], { besideOtherDataKeys: true })
    const beside = (keyring: KeyringNode) => ({
      generator: new MultiKeyringNode({ generator: keyring, children: [c] }),
      child: new MultiKeyringNode({ generator: c, children: [keyring] }),
      'child of children': new MultiKeyringNode({
        generator: keyring,
        children: [new MultiKeyringNode({ children: [c] })],
      }),
      anyOf: anyOf({ keyrings: [keyring, c], wrapWith: 2 }),
      'within a share': twoOf([new MultiKeyringNode({ children: [keyring, c] }), b]),
    })
    for (const [what, keyring] of Object.entries(beside(shy))) {
      const error = await errorOf(() => ours.encrypt(keyring, text))
      expect(error.code, what).to.be.oneOf(['KEYRING_INVALID', 'DATA_KEY_NOT_WRAPPED'])
    }
    for (const [what, keyring] of Object.entries(beside(asked))) {
      const { result } = await ours.encrypt(keyring, text)
      expect(textOf(await ours.decrypt(keyring, result)), what).to.equal(text)
      if (what === 'within a share') continue
      expect(textOf(await ours.decrypt(c, result)), what).to.equal(text)
      expect(textOf(await ours.decrypt(asked, result)), what).to.equal(text)
      expect(await codeOf(() => ours.decrypt(shy, result)), what).to.equal('DATA_KEY_NOT_UNWRAPPED')
    }
  })

  it('takes as a custodian what is one itself, or several in anyOf', async () => {
    const family = twoOf([twoOf([a, b]), anyOf({ keyrings: [c, raw('d')], wrapWith: 2 }), raw('e')])
    const { result } = await ours.encrypt(family, text, options)
    const openers = [
      family,
      twoOf([raw('d'), raw('e')], { shares: 3 }),
      twoOf([twoOf([b, a]), c], { shares: 3 }),
    ]
    for (const keyring of openers) expect(textOf(await ours.decrypt(keyring, result))).to.equal(text)
    const lonely = twoOf([twoOf([a, raw('x')]), raw('y')], { shares: 3 })
    expect(await codeOf(() => ours.decrypt(lonely, result))).to.equal('DATA_KEY_NOT_UNWRAPPED')
  })

  it('asks no more custodians than are needed, as long as they answer', async () => {
    const members = [a, b, c].map((keyring) => new CountingKeyring(keyring))
    const keyring = twoOf(members, { hedgeAfter: false })
    const { result } = await ours.encrypt(keyring, text)
    await ours.decrypt(keyring, result)
    expect(members.map(({ unwraps }) => unwraps)).to.deep.equal([1, 1, 0])
    members[0]!.failure = new Error('on holiday')
    expect(textOf(await ours.decrypt(keyring, result))).to.equal(text)
    members[1]!.failure = new Error('ill')
    const error = await errorOf(() => ours.decrypt(keyring, result))
    expect(error.code).to.equal('DATA_KEY_NOT_UNWRAPPED')
    expect(error).to.have.nested.property('cause.errors').with.length(2)
  })

  it('asks another one when one is slow, and gives up who does not answer', async () => {
    const members = [a, b, c].map((keyring) => new CountingKeyring(keyring))
    const keyring = twoOf(members, { hedgeAfter: 5 })
    const { result } = await ours.encrypt(keyring, text)
    const { gate, open } = closedGate()
    members[0]!.gate = gate
    expect(textOf(await ours.decrypt(keyring, result))).to.equal(text)
    const impatient = twoOf(members, { hedgeAfter: false, timeoutMilliseconds: 20 })
    expect(textOf(await ours.decrypt(impatient, result))).to.equal(text)
    const error = await errorOf(() => ours.encrypt(impatient, text))
    expect(error.code).to.equal('DATA_KEY_NOT_WRAPPED')
    expect(error).to.have.nested.property('cause.name', 'TimeoutError')
    open()
  })

  it('zeroes every copy that a custodian was given', async () => {
    const members = [a, b, c].map((keyring) => new CountingKeyring(keyring))
    const keyring = twoOf(members)
    const { result } = await ours.encrypt(keyring, text)
    await ours.decrypt(keyring, result)
    const seen = members.flatMap((member) => member.seen)
    expect(seen).to.have.length(5)
    for (const material of seen) expect(material.hasUnencryptedDataKey).to.equal(false)
  })

  it('tells the custodians what they wrap', async () => {
    const seen: unknown[] = []
    const custodian = (name: string) =>
      keyringFrom({
        providerId: `custodian ${name}`,
        wrap({ encryptionContext }) {
          seen.push(encryptionContext['sealring-share'])
          return { providerInfo: name, ciphertext: Uint8Array.of(1) }
        },
      })
    await ours.encrypt(twoOf([custodian('a'), custodian('b')]), text, options)
    expect(seen).to.deep.equal(['1 of 2, 2 needed', '2 of 2, 2 needed'])
  })

  it('takes custodians of several installed copies', async () => {
    const copy = installedCopy()
    const theirs = new copy.RawAesKeyringNode({
      keyNamespace: 'custodians',
      keyName: 'theirs',
      unencryptedMasterKey: new Uint8Array(32).fill(7),
      wrappingSuite: copy.RawAesWrappingSuiteIdentifier.AES256_GCM_IV12_TAG16_NO_PADDING,
    })
    const keyring = twoOf([theirs, b])
    expect(textOf(await ours.decrypt(keyring, (await ours.encrypt(keyring, text)).result))).to.equal(text)
  })

  it('is explained share by share', async () => {
    const { result } = await ours.encrypt(twoOf([a, b, c]), text)
    const rows = await explainKeyring(result, twoOf([c, a], { shares: 3 }))
    const table = rows.map(({ path, share, code }) => [path.join('.'), share ?? '', code].join(' '))
    expect(table).to.deep.equal([
      '  OPENS',
      '0 0 NOT_MINE',
      '1 0 OPENS',
      '0 1 NOT_MINE',
      '1 1 NOT_MINE',
      '0 2 OPENS',
      '1 2 NOT_MINE',
    ])
    const [row] = await explainKeyring(result, twoOf([c, raw('x')], { shares: 3 }))
    expect(row).to.include({ code: 'FAILED' })
    expect(row!.detail).to.include('Only 1 of the 2 shares that are needed open')
  })

  it('shows no more than how many', () => {
    expect(inspect({ deep: [twoOf([a, b, c])] }, { depth: 9 })).to.include(
      'MOfKeyring {"keyring":"m-of","threshold":2,"shares":3,"keyrings":3}',
    )
  })

  it('that has fewer keyrings than shares only opens', async () => {
    expect(await codeOf(() => ours.encrypt(twoOf([a, b], { shares: 3 }), text))).to.equal('KEYRING_INVALID')
  })

  const wrongOptions: Readonly<Record<string, object>> = {
    'no keyrings': { keyrings: [] },
    'one keyring': { keyrings: [a] },
    'a keyring twice': { keyrings: [a, a] },
    'something else than a keyring': { keyrings: [a, {}] },
    'more than 32 shares': { shares: 33 },
    'more keyrings than shares': { keyrings: [a, b, c], shares: 2 },
    'a threshold of 1': { threshold: 1 },
    'a threshold above the shares': { threshold: 3 },
    'a broken threshold': { threshold: 1.5 },
    'fewer keyrings than the threshold': { threshold: 3, shares: 4 },
    'an endless timeout': { timeoutMilliseconds: Infinity },
    'a negative hedge': { hedgeAfter: -1 },
    'a besideOtherDataKeys that is no choice': { besideOtherDataKeys: 1 },
  }
  for (const [what, change] of Object.entries(wrongOptions)) {
    it(`refuses ${what}`, async () => {
      const make = () => mOf(wrongType({ keyrings: [a, b], threshold: 2, ...change }))
      expect(await codeOf(make)).to.equal('KEYRING_INVALID')
    })
  }
})

describe('mOf over three regions of KMS, over HTTP', () => {
  let regions: ThreeRegions
  before(async () => {
    regions = await threeRegionsOverHttp()
  })
  after(() => regions.stop())
  afterEach(() => regions.kms.faults.clear())

  it('opens with one region out, and does not with two; seals only with all', async () => {
    const keyring = twoOf([0, 1, 2].map((n) => regions.keyring(n)))
    const { result } = await ours.encrypt(keyring, text, options)
    for (const [n, region] of threeRegions.entries()) {
      regions.kms.faults.clear()
      regions.kms.faults.setRegionDown(region)
      expect(textOf(await ours.decrypt(keyring, result))).to.equal(text)
      regions.kms.faults.deny({ region: threeRegions[(n + 1) % 3]! })
      const error = await errorOf(() => ours.decrypt(keyring, result))
      expect(error.code).to.equal('DATA_KEY_NOT_UNWRAPPED')
      expect(await codeOf(() => ours.encrypt(keyring, text))).to.equal('DATA_KEY_NOT_WRAPPED')
    }
  })

  it('is no data key for the keyring of a single custodian', async () => {
    const { result } = await ours.encrypt(twoOf([0, 1, 2].map((n) => regions.keyring(n))), text)
    const discovery = kmsKeyring({ discovery: true, clientConfig: { endpoint: regions.url } })
    for (const keyring of [regions.keyring(0), discovery])
      expect(await codeOf(() => ours.decrypt(keyring, result))).to.equal('NO_DATA_KEY')
  })
})
