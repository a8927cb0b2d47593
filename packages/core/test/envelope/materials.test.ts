import {
  getLocalCryptographicMaterialsCache,
  KeyringNode,
  MultiKeyringNode,
  NodeCachingMaterialsManager,
  NodeDefaultCryptographicMaterialsManager,
} from '@aws-crypto/client-node'
import { AlgorithmSuiteIdentifier, NodeAlgorithmSuite } from '@aws-crypto/material-management-node'
import type { NodeDecryptionMaterial, NodeEncryptionMaterial } from '@aws-crypto/material-management-node'
import { expect } from 'chai'
import { describe, it } from 'mocha'
import { rawAesKeyring } from '@sealring/core/keyring'
import { codeOf, errorOf } from './code-of.js'
import { wrongType } from './wrong-type.js'
import { fixedKeyring } from './fixed-keyring.js'
import { bytesOf, keyring, oracle, otherKeyring, ours, suites } from './fixture.js'

type Seen = NodeEncryptionMaterial | NodeDecryptionMaterial

/** Passes on to another keyring, keeps the materials for a look at them, and may fail afterwards. */
class WatchingKeyring extends KeyringNode {
  readonly seen: Seen[] = []
  readonly #inner: KeyringNode
  readonly #failure: Error | undefined

  constructor(inner: KeyringNode, failure?: Error) {
    super()
    this.#inner = inner
    this.#failure = failure
  }

  async _onEncrypt(material: NodeEncryptionMaterial): Promise<NodeEncryptionMaterial> {
    this.seen.push(material)
    await this.#inner.onEncrypt(material)
    if (this.#failure !== undefined) throw this.#failure
    return material
  }

  async _onDecrypt(
    material: NodeDecryptionMaterial,
    keys: Parameters<KeyringNode['_onDecrypt']>[1],
  ): Promise<NodeDecryptionMaterial> {
    this.seen.push(material)
    await this.#inner.onDecrypt(material, keys)
    if (this.#failure !== undefined) throw this.#failure
    return material
  }
}

/** Wraps and unwraps nothing. */
class IdleKeyring extends KeyringNode {
  async _onEncrypt(material: NodeEncryptionMaterial): Promise<NodeEncryptionMaterial> {
    return material
  }
  async _onDecrypt(material: NodeDecryptionMaterial): Promise<NodeDecryptionMaterial> {
    return material
  }
}

describe('materials', () => {
  for (const { suiteId, name } of suites) {
    it(`come from any materials manager (${name})`, async () => {
      const caching = new NodeCachingMaterialsManager({
        backingMaterials: keyring,
        cache: getLocalCryptographicMaterialsCache(10),
        maxAge: 60_000,
      })
      const managers = [new NodeDefaultCryptographicMaterialsManager(keyring), caching, caching]
      const options = { suiteId, encryptionContext: { a: 'b' } }
      for (const writer of managers) {
        const { result } = await ours.encrypt(writer, 'text', options)
        for (const reader of [keyring, ...managers]) {
          expect((await ours.decrypt(reader, result)).plaintext.toString()).to.equal('text')
        }
        expect((await oracle.decrypt(keyring, result)).plaintext.toString()).to.equal('text')
      }
    })

    it(`are zeroed afterwards (${name})`, async () => {
      const watching = new WatchingKeyring(keyring)
      const { result } = await ours.encrypt(watching, 'text', { suiteId })
      await ours.decrypt(watching, result)
      const damaged = Buffer.from(result)
      damaged[damaged.length - 1]! ^= 1
      expect(await codeOf(() => ours.decrypt(watching, damaged))).to.match(
        /^(FRAME_UNAUTHENTIC|SIGNATURE_INVALID)$/,
      )
      expect(watching.seen.map((material) => material.hasUnencryptedDataKey)).to.deep.equal([
        false,
        false,
        false,
      ])
    })

    it(`are zeroed when the keyring fails after all, and its error is the cause (${name})`, async () => {
      const failure = new Error('the network went away')
      const failing = new WatchingKeyring(keyring, failure)
      const wrapping = await errorOf(() => ours.encrypt(failing, 'text', { suiteId }))
      expect([wrapping.code, wrapping.cause]).to.deep.equal(['DATA_KEY_NOT_WRAPPED', failure])
      const { result } = await ours.encrypt(keyring, 'text', { suiteId })
      const unwrapping = await errorOf(() => ours.decrypt(failing, result))
      expect([unwrapping.code, unwrapping.cause]).to.deep.equal(['DATA_KEY_NOT_UNWRAPPED', failure])
      expect(failing.seen.map((material) => material.hasUnencryptedDataKey)).to.deep.equal([false, false])
    })
  }

  it('of a materials manager that fails: its error is the cause', async () => {
    const failure = new Error('no materials today')
    const manager = {
      getEncryptionMaterials: () => Promise.reject(failure),
      decryptMaterials: () => {
        throw failure
      },
    }
    const { result } = await ours.encrypt(keyring, 'text')
    const errors = [
      await errorOf(() => ours.encrypt(manager, 'text')),
      await errorOf(() => ours.decrypt(manager, result)),
    ]
    expect(errors.map(({ code, cause }) => [code, cause])).to.deep.equal([
      ['DATA_KEY_NOT_WRAPPED', failure],
      ['DATA_KEY_NOT_UNWRAPPED', failure],
    ])
  })

  it('of a materials manager that answers with another suite are refused', async () => {
    const manager = new NodeDefaultCryptographicMaterialsManager(keyring)
    const { result } = await ours.encrypt(keyring, 'text', { suiteId: 0x0478 })
    const stubborn = {
      getEncryptionMaterials: () =>
        manager.getEncryptionMaterials({
          encryptionContext: {},
          commitmentPolicy: wrongType('FORBID_ENCRYPT_ALLOW_DECRYPT'),
        }),
      decryptMaterials: (request: Parameters<typeof manager.decryptMaterials>[0]) =>
        manager.decryptMaterials({
          ...request,
          suite: new NodeAlgorithmSuite(AlgorithmSuiteIdentifier.ALG_AES256_GCM_IV12_TAG16_HKDF_SHA256),
        }),
    }
    expect(await codeOf(() => ours.encrypt(stubborn, 'text'))).to.equal('SUITE_NOT_ALLOWED')
    expect(await codeOf(() => ours.decrypt(stubborn, result))).to.equal('KEYRING_INVALID')
  })

  it('that hold no data key: NO_DATA_KEY', async () => {
    const idle = new IdleKeyring()
    const { result } = await ours.encrypt(keyring, 'text')
    expect(await codeOf(() => ours.encrypt(idle, 'text'))).to.equal('NO_DATA_KEY')
    expect(await codeOf(() => ours.decrypt(idle, result))).to.equal('NO_DATA_KEY')
    expect(await codeOf(() => ours.decrypt(otherKeyring, result))).to.equal('NO_DATA_KEY')
  })

  it('of a multi-keyring: the reasons of its members are kept, the first key that opens wins', async () => {
    const { result } = await ours.encrypt(keyring, 'text')
    const first = new Error('first')
    const second = new Error('second')
    const failing = (failure: Error) => new WatchingKeyring(new IdleKeyring(), failure)
    const one = new MultiKeyringNode({ generator: failing(first), children: [otherKeyring] })
    const two = new MultiKeyringNode({
      children: [new MultiKeyringNode({ children: [failing(first)] }), failing(second)],
    })
    expect((await errorOf(() => ours.decrypt(one, result))).cause).to.equal(first)
    const { cause } = await errorOf(() => ours.decrypt(two, result))
    expect(cause).to.be.instanceOf(AggregateError)
    expect(cause).to.have.deep.property('errors', [first, second])
    const last = new WatchingKeyring(keyring)
    const good = new MultiKeyringNode({ children: [failing(first), keyring, last] })
    expect((await ours.decrypt(good, result)).plaintext.toString()).to.equal('text')
    expect(last.seen).to.have.length(0)
  })

  for (const [what, source] of Object.entries({
    nothing: undefined,
    text: 'key',
    'an object that is neither': {},
    'a keyring of another copy of the classes': { onEncrypt() {}, onDecrypt() {} },
  })) {
    it(`from ${what} are refused`, async () => {
      const { result } = await ours.encrypt(keyring, 'text')
      expect(await codeOf(() => ours.encrypt(wrongType(source), 'text'))).to.equal('KEYRING_INVALID')
      expect(await codeOf(() => ours.decrypt(wrongType(source), result))).to.equal('KEYRING_INVALID')
    })
  }

  it('that hold another data key do not open the message', async () => {
    const { result } = await ours.encrypt(fixedKeyring(bytesOf('one', 32)), 'text')
    const another = fixedKeyring(bytesOf('another', 32))
    expect(await codeOf(() => ours.decrypt(another, result))).to.equal('COMMITMENT_MISMATCH')
  })

  it('under a key of the same name but other bytes: DATA_KEY_NOT_UNWRAPPED', async () => {
    const mine = rawAesKeyring({ namespace: 'n', name: 'k', key: bytesOf('mine', 32) })
    const yours = rawAesKeyring({ namespace: 'n', name: 'k', key: bytesOf('yours', 32) })
    const { result } = await ours.encrypt(mine, 'text')
    const { code, cause } = await errorOf(() => ours.decrypt(yours, result))
    expect(code).to.equal('DATA_KEY_NOT_UNWRAPPED')
    expect(cause).to.be.instanceOf(Error)
  })
})
