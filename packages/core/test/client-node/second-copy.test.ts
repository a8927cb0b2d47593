import * as ownCopy from '@aws-crypto/client-node'
import { KMS } from '@aws-sdk/client-kms'
import { expect } from 'chai'
import { after, describe, it } from 'mocha'
import { errorOf } from '../envelope/code-of.js'
import { wrongType } from '../envelope/wrong-type.js'
import { kmsFixture } from '../keyring/kms-fixture.js'
import { plain, signed, text, unsigned } from './fixture.js'
import type { Source } from './keyrings.js'
import { bundledCopy, copiedCopy, installedCopy, materialsFile, type Copy } from './second-copies.js'
import { collect } from './stream-log.js'
import { ours, theirs, type Client, type Side } from './sides.js'

const { kms, keys } = await kmsFixture()
const clientProvider = (region: string) => new KMS({ ...kms.clientConfig(), region, maxAttempts: 1 })

function rawAes({ RawAesKeyringNode, RawAesWrappingSuiteIdentifier }: Copy, keyName = 'key') {
  return new RawAesKeyringNode({
    keyNamespace: 'copies',
    keyName,
    unencryptedMasterKey: new Uint8Array(32).fill(keyName.length),
    wrappingSuite: RawAesWrappingSuiteIdentifier.AES256_GCM_IV12_TAG16_NO_PADDING,
  })
}

function kmsKeyring({ KmsKeyringNode }: Copy) {
  return new KmsKeyringNode({ generatorKeyId: keys['eu-west-1'], clientProvider })
}

function caching(copy: Copy, backingMaterials: Source) {
  return new copy.NodeCachingMaterialsManager({
    backingMaterials,
    cache: copy.getLocalCryptographicMaterialsCache(10),
    maxAge: 60_000,
  })
}

/** The same keys in the classes of any copy. */
const kinds: Readonly<Record<string, (copy: Copy) => Source>> = {
  'a raw AES keyring': (copy) => rawAes(copy),
  'a multi-keyring': (copy) =>
    new copy.MultiKeyringNode({
      generator: rawAes(copy),
      children: [rawAes(copy, 'other'), kmsKeyring(copy)],
    }),
  'a KMS keyring': kmsKeyring,
  'a caching manager over raw AES': (copy) => caching(copy, rawAes(copy)),
  'a caching manager over a multi-keyring': (copy) =>
    caching(copy, new copy.MultiKeyringNode({ generator: rawAes(copy), children: [rawAes(copy, 'other')] })),
  'a caching manager over KMS': (copy) => caching(copy, kmsKeyring(copy)),
  'a caching manager over a default manager': (copy) =>
    caching(copy, new copy.NodeDefaultCryptographicMaterialsManager(rawAes(copy))),
  'a default manager': (copy) => new copy.NodeDefaultCryptographicMaterialsManager(rawAes(copy)),
  'a keyring of the user’s own': (copy) => {
    const inner = rawAes(copy)
    class OwnKeyring extends copy.KeyringNode {
      override _onEncrypt(material: ownCopy.NodeEncryptionMaterial) {
        return inner._onEncrypt(material)
      }
      override _onDecrypt(material: ownCopy.NodeDecryptionMaterial, dataKeys: ownCopy.EncryptedDataKey[]) {
        return inner._onDecrypt(material, dataKeys)
      }
    }
    return new OwnKeyring()
  },
}

const suites = [
  {
    name: 'unsigned',
    suiteId: unsigned,
    of: (side: Side): Client => side.client,
    policy: 'REQUIRE_ENCRYPT_ALLOW_DECRYPT',
  },
  {
    name: 'signed',
    suiteId: signed,
    of: (side: Side): Client => side.client,
    policy: 'REQUIRE_ENCRYPT_ALLOW_DECRYPT',
  },
  {
    name: 'without commitment',
    suiteId: plain,
    of: (side: Side): Client => side.older,
    policy: 'FORBID_ENCRYPT_ALLOW_DECRYPT',
  },
]
const context = { purpose: 'copies', B: '1', a: '2' }

function works(copy: Copy): void {
  it('is another copy: client-node itself refuses its keyrings', async () => {
    expect(copy.KeyringNode).to.not.equal(ownCopy.KeyringNode)
    expect(rawAes(copy)).to.not.be.instanceOf(ownCopy.KeyringNode)
    const refused = await theirs.client.encrypt(rawAes(copy), text).catch(() => 'refused')
    expect(refused).to.equal('refused')
  })

  for (const [kind, make] of Object.entries(kinds)) {
    for (const { name, suiteId, of, policy } of suites) {
      const options = { suiteId, encryptionContext: context, frameLength: 4 }
      const client = of(ours)

      it(`${kind} seals with us, and all open it (${name})`, async () => {
        const source = make(copy)
        const own = make(ownCopy)
        const itself = copy.buildClient(wrongType(policy))
        const whole = (await client.encrypt(source, text, { ...options })).result
        const streamed = await collect(client.encryptStream(source, { ...options }).end(text))
        for (const message of [whole, streamed]) {
          expect((await client.decrypt(source, message)).plaintext.toString()).to.equal(text)
          expect((await collect(client.decryptStream(source).end(message))).toString()).to.equal(text)
          expect((await client.decrypt(own, message)).plaintext.toString()).to.equal(text)
          expect((await of(theirs).decrypt(own, message)).plaintext.toString()).to.equal(text)
          const { plaintext, messageHeader } = await itself.decrypt(source, message)
          expect(plaintext.toString()).to.equal(text)
          expect(messageHeader.encryptionContext).to.include(context)
        }
      })

      it(`${kind} opens with us what others sealed (${name})`, async () => {
        const source = make(copy)
        const itself = copy.buildClient(wrongType(policy))
        for (const message of [
          (await itself.encrypt(source, text, { ...options })).result,
          (await of(theirs).encrypt(make(ownCopy), text, { ...options })).result,
        ]) {
          const { plaintext, messageHeader } = await client.decrypt(source, message)
          expect(plaintext.toString()).to.equal(text)
          expect(messageHeader.encryptionContext).to.include(context)
          expect((await collect(client.decryptStream(source).end(message))).toString()).to.equal(text)
        }
      })
    }
  }

  it('the header that we report has data keys of the copy that we import', async () => {
    const { result, messageHeader } = await ours.client.encrypt(rawAes(copy), text)
    const opened = await ours.client.decrypt(rawAes(copy), result)
    for (const header of [messageHeader, opened.messageHeader])
      expect(header.encryptedDataKeys[0]).to.be.instanceOf(ownCopy.EncryptedDataKey)
  })

  it('the caching manager caches', async () => {
    let asked = 0
    class Counting extends copy.KeyringNode {
      readonly inner = rawAes(copy)
      override _onEncrypt(material: ownCopy.NodeEncryptionMaterial) {
        asked += 1
        return this.inner._onEncrypt(material)
      }
      override _onDecrypt(material: ownCopy.NodeDecryptionMaterial, dataKeys: ownCopy.EncryptedDataKey[]) {
        asked += 1
        return this.inner._onDecrypt(material, dataKeys)
      }
    }
    const manager = caching(copy, new Counting())
    const messages = []
    for (let n = 0; n < 3; n += 1) messages.push((await ours.client.encrypt(manager, text)).result)
    expect(asked).to.equal(1)
    for (let n = 0; n < 3; n += 1) await ours.client.decrypt(manager, messages[0]!)
    expect(asked).to.equal(2)
  })

  it('what a keyring of it refuses has the code and the cause that it would have of ours', async () => {
    const { result } = await ours.client.encrypt(rawAes(copy), text)
    expect((await errorOf(() => ours.client.decrypt(rawAes(copy, 'another'), result))).code).to.equal(
      'NO_DATA_KEY',
    )
    class Failing extends copy.KeyringNode {
      override async _onEncrypt(): Promise<never> {
        throw new Error('no key')
      }
      override async _onDecrypt(): Promise<never> {
        throw new Error('no key')
      }
    }
    const error = await errorOf(() => ours.client.encrypt(new Failing(), text))
    expect(error.code).to.equal('DATA_KEY_NOT_WRAPPED')
    expect(error.cause).to.be.instanceOf(Error).with.property('message', 'no key')
  })
}

describe('a second copy of client-node that is installed, of another version', () => {
  it('has a materials package of its own', () => {
    expect(materialsFile('installed')).to.not.equal(materialsFile('own'))
  })
  works(installedCopy())
})

describe('a second copy of client-node that is installed, of the same version', () => {
  const { copy, remove } = copiedCopy()
  after(remove)
  works(copy)
})

describe('a second copy of client-node that is part of a bundle', () => {
  const copy = bundledCopy()
  const sealed = ours.client.encrypt(rawAes(ownCopy), text, { suiteId: unsigned })

  it('is no module that is loaded', () => {
    expect(rawAes(copy)).to.not.be.instanceOf(ownCopy.KeyringNode)
    expect(rawAes(copy)).to.not.be.instanceOf(installedCopy().KeyringNode)
  })

  it('a materials manager of it seals where no object of its classes is needed', async () => {
    const { result } = await ours.client.encrypt(caching(copy, rawAes(copy)), text)
    expect((await theirs.client.decrypt(rawAes(ownCopy), result)).plaintext.toString()).to.equal(text)
  })

  for (const [kind, make] of Object.entries(kinds)) {
    const calls: Readonly<Record<string, (source: Source) => Promise<unknown>>> = {
      encrypt: (source) => ours.client.encrypt(source, text, { suiteId: unsigned }),
      encryptStream: (source) => collect(ours.client.encryptStream(source, { suiteId: unsigned }).end(text)),
      decrypt: async (source) => ours.client.decrypt(source, (await sealed).result),
      decryptStream: async (source) => collect(ours.client.decryptStream(source).end((await sealed).result)),
    }
    for (const [call, run] of Object.entries(calls)) {
      it(`${call} refuses ${kind} of it, and says what to do`, async () => {
        const error = await errorOf(() => run(make(copy)))
        expect(error.code).to.equal('KEYRING_INVALID')
        expect(error.message)
          .to.match(/npm (ls|dedupe)/)
          .and.to.match(/bundle/)
      })
    }
  }
})
