import { inspect } from 'node:util'
import {
  MultiKeyringNode,
  NodeDefaultCryptographicMaterialsManager,
  type KeyringNode,
} from '@aws-crypto/client-node'
import { AlgorithmSuiteIdentifier, NodeAlgorithmSuite } from '@aws-crypto/material-management-node'
import type { NodeMaterialsManager } from '@aws-crypto/material-management-node'
import { expect } from 'chai'
import { describe, it } from 'mocha'
import { buildClient } from '@sealring/core/envelope'
import { cachingMaterialsManager, materialsCache } from '@sealring/core/keyring'
import { decryptionMaterials } from '#src/materials/decryption-materials.js'
import { encryptionMaterials } from '#src/materials/encryption-materials.js'
import type { EncryptionRequest } from '#src/materials/materials.js'
import { codeOf } from '../envelope/code-of.js'
import {
  keyring,
  oracle,
  oracleKeyring,
  otherKeyring,
  ours,
  signed,
  suites,
  unsigned,
} from '../envelope/fixture.js'
import { wrongType } from '../envelope/wrong-type.js'
import { CountingKeyring } from './counting-keyring.js'
import { isZero, sealOnce, suiteOf, toOpen, toSeal } from './materials-requests.js'

const maxAge = 60_000

const backings: Readonly<Record<string, KeyringNode>> = {
  'our raw AES keyring': keyring,
  "AWS's raw AES keyring": oracleKeyring(true),
  'a multi-keyring': new MultiKeyringNode({
    generator: oracleKeyring(true),
    children: [otherKeyring, keyring],
  }),
}

describe('cachingMaterialsManager', () => {
  for (const [what, inner] of Object.entries(backings)) {
    for (const { suiteId, name } of suites) {
      it(`asks ${what} once for many messages (${name})`, async () => {
        const counting = new CountingKeyring(inner)
        const manager = cachingMaterialsManager({ keyring: counting, maxAge })
        const options = { suiteId, encryptionContext: { purpose: 'test', '🔐': 'é' } }
        const sealed = []
        for (let n = 0; n < 3; n += 1) sealed.push(await ours.encrypt(manager, `text ${n}`, options))
        expect(counting.wraps).to.equal(1)
        const ids = new Set(
          sealed.map(({ messageHeader }) => Buffer.from(messageHeader.messageId).toString('hex')),
        )
        expect(ids).to.have.length(3)
        for (const [n, { result, messageHeader }] of sealed.entries()) {
          expect(messageHeader).to.deep.include({
            encryptionContext: sealed[0]!.messageHeader.encryptionContext,
            encryptedDataKeys: sealed[0]!.messageHeader.encryptedDataKeys,
          })
          for (const client of [ours, oracle]) {
            expect((await client.decrypt(inner, result)).plaintext.toString()).to.equal(`text ${n}`)
          }
          expect((await ours.decrypt(manager, result)).plaintext.toString()).to.equal(`text ${n}`)
        }
        expect(counting.unwraps).to.equal(1)
      })
    }
  }

  it('takes another manager: AWS’s default one, or one of its own kind', async () => {
    for (const wrap of [
      (counting: KeyringNode) => new NodeDefaultCryptographicMaterialsManager(counting),
      (counting: KeyringNode) => cachingMaterialsManager({ keyring: counting, maxAge }),
    ]) {
      const counting = new CountingKeyring()
      const manager = cachingMaterialsManager({ manager: wrap(counting), maxAge })
      for (let n = 0; n < 3; n += 1) {
        const { result } = await ours.encrypt(manager, 'text')
        expect((await ours.decrypt(manager, result)).plaintext.toString()).to.equal('text')
      }
      expect([counting.wraps, counting.unwraps]).to.deep.equal([1, 1])
    }
  })

  it('works with our raw AES keyring directly', async () => {
    const manager = cachingMaterialsManager({ keyring, maxAge })
    const first = await sealOnce(manager)
    const second = await sealOnce(manager)
    expect(second.dataKey).to.equal(first.dataKey)
    expect(second.storedContext).to.equal(first.storedContext)
    const opened = await decryptionMaterials(manager, toOpen(first))
    const again = await decryptionMaterials(manager, toOpen(first))
    expect(opened.dataKey).to.deep.equal(first.dataKey)
    expect(again.dataKey).to.equal(opened.dataKey)
  })

  it('keeps the signing key with the data key, as AWS’s does', async () => {
    const manager = cachingMaterialsManager({ keyring, maxAge })
    const materials = [await sealOnce(manager, { suite: suiteOf(signed) })]
    materials.push(await sealOnce(manager, { suite: suiteOf(signed) }))
    expect(materials[0]!.signingKey?.type).to.equal('private')
    expect(materials[1]!.signingKey).to.equal(materials[0]!.signingKey)
    expect(materials[1]!.encryptionContext).to.have.property('aws-crypto-public-key')
  })

  it('gives out nothing by which a caller could change what others get', async () => {
    const manager = cachingMaterialsManager({ keyring, maxAge })
    for (const suiteId of [unsigned, signed]) {
      const options = { suiteId, encryptionContext: { a: 'b' } }
      const { messageHeader } = await ours.encrypt(manager, 'text', options)
      expect(() => Object.assign(messageHeader.encryptionContext, { a: 'c' })).to.throw(TypeError)
      messageHeader.encryptedDataKeys[0]!.encryptedDataKey.fill(0)
      const { result } = await ours.encrypt(manager, 'text', options)
      expect((await ours.decrypt(keyring, result)).plaintext.toString()).to.equal('text')
    }
  })

  describe('passes by', () => {
    it('does not care for the length of the plaintext, and hides it from what it asks', async () => {
      const lengths: unknown[] = []
      const manager = cachingMaterialsManager({ manager: watching(lengths), maxAge, maxBytes: 1000 })
      for (const plaintextLength of [0, 1, 500]) await sealOnce(manager, { plaintextLength })
      expect(lengths).to.deep.equal([undefined])
    })

    for (const [what, change] of Object.entries<Partial<EncryptionRequest>>({
      'of unknown length': { plaintextLength: undefined },
      'of a length that is none': { plaintextLength: Number.NaN },
      'of negative length': { plaintextLength: -1 },
      'longer than maxBytes': { plaintextLength: 1001 },
    })) {
      it(`messages ${what}, lengths and all`, async () => {
        const lengths: unknown[] = []
        const manager = cachingMaterialsManager({ manager: watching(lengths), maxAge, maxBytes: 1000 })
        const cached = await sealOnce(manager)
        const one = await sealOnce(manager, change)
        const other = await sealOnce(manager, change)
        expect(other.encryptedDataKeys).to.not.deep.equal(one.encryptedDataKeys)
        expect(lengths).to.deep.equal([undefined, change.plaintextLength, change.plaintextLength])
        // What is cached stays so.
        expect((await sealOnce(manager)).encryptedDataKeys).to.deep.equal(cached.encryptedDataKeys)
      })
    }

    for (const suiteId of [0x0014, 0x0046, 0x0078]) {
      it(`suites without a KDF (0x${suiteId.toString(16).padStart(4, '0')})`, async () => {
        const counting = new CountingKeyring()
        const lengths: unknown[] = []
        const manager = cachingMaterialsManager({ manager: watching(lengths, counting), maxAge })
        const client = buildClient('FORBID_ENCRYPT_ALLOW_DECRYPT')
        const seal = () => client.encrypt(manager, 'text', { suiteId })
        const [{ result }] = await Promise.all([seal(), seal()])
        expect(lengths).to.deep.equal([4, 4])
        const open = () => client.decrypt(manager, result)
        for (const { plaintext } of await Promise.all([open(), open()])) {
          expect(plaintext.toString()).to.equal('text')
        }
        await open()
        expect([counting.wraps, counting.unwraps]).to.deep.equal([2, 3])
      })
    }

    it('materials of such a suite that a manager chose unasked: they are never shared', async () => {
      const inner = new NodeDefaultCryptographicMaterialsManager(keyring)
      const suite = new NodeAlgorithmSuite(AlgorithmSuiteIdentifier.ALG_AES256_GCM_IV12_TAG16)
      let asking = 0
      let mostAsking = 0
      const stubborn: NodeMaterialsManager = {
        async getEncryptionMaterials(request) {
          asking += 1
          mostAsking = Math.max(mostAsking, asking)
          const material = await inner.getEncryptionMaterials({ ...request, suite })
          asking -= 1
          return material
        },
        decryptMaterials: (request) => inner.decryptMaterials(request),
      }
      const manager = cachingMaterialsManager({ manager: stubborn, maxAge })
      const ask = async () => encryptionMaterials(manager, toSeal({ suiteAsked: false }))
      const materials = await Promise.all(Array.from({ length: 10 }, ask))
      // One has what was asked for all; the others need not wait for each other.
      expect(mostAsking).to.equal(9)
      materials.push(await ask())
      expect(materials.map(({ suite }) => suite.id)).to.deep.equal(Array.from({ length: 11 }, () => 0x0078))
      const keys = new Set(materials.map(({ dataKey }) => Buffer.from(dataKey).toString('hex')))
      expect(keys).to.have.length(11)
      for (const { dataKey, release } of materials) {
        release()
        expect(isZero(dataKey)).to.equal(true)
      }
    })
  })

  describe('with a cache that it shares', () => {
    it('has entries of its own, unless it names the partition of another', async () => {
      const cache = materialsCache()
      const manager = (partition?: string) =>
        cachingMaterialsManager({ keyring, maxAge, cache, ...(partition === undefined ? {} : { partition }) })
      const alone = [manager(), manager(), manager('a'), manager('b')]
      const keys = []
      for (const each of [...alone, manager('a')]) keys.push((await sealOnce(each)).dataKey)
      expect(new Set(keys)).to.have.length(4)
      expect(keys[4]).to.equal(keys[2])
    })

    it('shares its capacity', async () => {
      const cache = materialsCache({ capacity: 2 })
      const managers = [1, 2, 3].map(() => cachingMaterialsManager({ keyring, maxAge, cache }))
      const keys = []
      for (const manager of managers) keys.push((await sealOnce(manager)).dataKey)
      expect((await sealOnce(managers[1]!)).dataKey).to.equal(keys[1])
      expect((await sealOnce(managers[2]!)).dataKey).to.equal(keys[2])
      expect((await sealOnce(managers[0]!)).dataKey).to.not.equal(keys[0])
    })

    it('clears its own partition; the cache clears all', async () => {
      const cache = materialsCache()
      const one = cachingMaterialsManager({ keyring, maxAge, cache, partition: '1' })
      const other = cachingMaterialsManager({ keyring, maxAge, cache, partition: '11' })
      const first = (await sealOnce(one)).dataKey
      const second = (await sealOnce(other)).dataKey
      one.clear()
      expect((await sealOnce(other)).dataKey).to.equal(second)
      const third = (await sealOnce(one)).dataKey
      expect(third).to.not.equal(first)
      cache.clear()
      expect((await sealOnce(other)).dataKey).to.not.equal(second)
      expect((await sealOnce(one)).dataKey).to.not.equal(third)
    })
  })

  describe('refuses', () => {
    const invalid: Readonly<Record<string, object>> = {
      'neither keyring nor manager': { keyring: undefined },
      'keyring and manager': { manager: new NodeDefaultCryptographicMaterialsManager(keyring) },
      'something that is neither': { keyring: {} },
      'no maxAge': { maxAge: undefined },
      'a maxAge of 0': { maxAge: 0 },
      'a negative maxAge': { maxAge: -1 },
      'an unlimited maxAge': { maxAge: Infinity },
      'a maxAge that is text': { maxAge: '60' },
      'maxMessages 0': { maxMessages: 0 },
      'maxMessages above the bound': { maxMessages: 2 ** 32 + 1 },
      'maxBytes 0': { maxBytes: 0 },
      'maxBytes above the bound': { maxBytes: 2 ** 53 },
      'maxBytes that is no integer': { maxBytes: 1.5 },
      'a negative capacity': { capacity: -1 },
      'a huge capacity': { capacity: 2 ** 20 + 1 },
      'an empty partition': { partition: '' },
      'a partition that is no text': { partition: 7 },
      'a clock that is none': { clock: 7 },
      'a cache of another kind': { cache: new Map() },
      'a cache beside a capacity': { cache: materialsCache(), capacity: 7 },
      'a cache beside a clock': { cache: materialsCache(), clock: Date.now },
    }
    for (const [what, change] of Object.entries(invalid)) {
      it(what, async () => {
        expect(
          await codeOf(() => cachingMaterialsManager(wrongType({ keyring, maxAge, ...change }))),
        ).to.equal('KEYRING_INVALID')
      })
    }

    it('nothing at the bounds', () => {
      cachingMaterialsManager({ keyring, maxAge: 0.5, maxMessages: 1, maxBytes: 1, capacity: 0 })
      cachingMaterialsManager({
        keyring,
        maxAge: Number.MAX_VALUE,
        maxMessages: 2 ** 32,
        maxBytes: 2 ** 53 - 1,
        capacity: 2 ** 20,
      })
    })
  })

  it('does not show its keys', async () => {
    const cache = materialsCache()
    const manager = cachingMaterialsManager({ keyring, maxAge, cache })
    const { dataKey } = await sealOnce(manager)
    const hidden = { depth: Infinity, showHidden: true, getters: true, maxArrayLength: null }
    for (const holder of [cache, manager]) {
      const text = inspect(holder, hidden).replaceAll(/\s+/g, ' ') + JSON.stringify(holder)
      expect(text).to.not.include(Buffer.from(dataKey).toString('hex').slice(0, 16))
      expect(text).to.not.include([...dataKey].slice(0, 6).join(', '))
    }
  })

  function watching(lengths: unknown[], asked: KeyringNode = keyring): NodeMaterialsManager {
    const inner = new NodeDefaultCryptographicMaterialsManager(asked)
    return {
      getEncryptionMaterials(request) {
        lengths.push(request.plaintextLength)
        return inner.getEncryptionMaterials(request)
      },
      decryptMaterials: (request) => inner.decryptMaterials(request),
    }
  }
})
