import { generateKeyPairSync } from 'node:crypto'
import { createRequire } from 'node:module'
import * as clientNode from '@aws-crypto/client-node'
import { CommitmentPolicy } from '@aws-crypto/material-management-node'
import { expect } from 'chai'
import { describe, it } from 'mocha'
import { cachingMaterialsManager } from '@sealring/core/keyring'
import { awsManagerFace } from '#src/keyring/aws-manager-face.js'
import { codeOf } from '../envelope/code-of.js'
import { keyring, oracle, oracleKeyring, ours, signed, suites } from '../envelope/fixture.js'
import { wrongType } from '../envelope/wrong-type.js'
import { CountingKeyring } from './counting-keyring.js'
import { sealingMaterials, suiteOf } from './materials-requests.js'

const maxAge = 60_000
const encryptionContext = { purpose: 'test', ключ: 'é' }

const allSuites = [
  0x0014, 0x0046, 0x0078, 0x0114, 0x0146, 0x0178, 0x0214, 0x0346, 0x0378, 0x0478, 0x0578,
] as const

/** A second copy of client-node, loaded beside the first as a second installation would be. */
function withSecondCopy<Result>(use: (copy: typeof clientNode) => Promise<Result>): Promise<Result> {
  const require = createRequire(import.meta.url)
  const { cache } = require
  const own = Object.entries(cache).filter(([path]) => path.includes('@aws-crypto'))
  for (const [path] of own) delete cache[path]
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the same package again
  const copy = require('@aws-crypto/client-node') as typeof clientNode
  return use(copy).finally(() => {
    for (const [path, module] of own) cache[path] = module
  })
}

describe('cachingMaterialsManager in client-node', () => {
  const anySuite = CommitmentPolicy.FORBID_ENCRYPT_ALLOW_DECRYPT
  for (const suiteId of allSuites) {
    it(`seals and opens (0x${suiteId.toString(16).padStart(4, '0')})`, async () => {
      const client = clientNode.buildClient(suiteId >= 0x0478 ? undefined : anySuite)
      const manager = cachingMaterialsManager({ keyring, maxAge })
      const options = { suiteId: wrongType(suiteId), encryptionContext }
      for (let n = 0; n < 2; n += 1) {
        const { result } = await client.encrypt(manager, `text ${n}`, { ...options })
        for (const reader of [manager, keyring, oracleKeyring(true)]) {
          const { plaintext, messageHeader } = await client.decrypt(reader, result)
          expect(plaintext.toString()).to.equal(`text ${n}`)
          expect({ ...messageHeader.encryptionContext }).to.include(encryptionContext)
        }
      }
    })
  }

  for (const { suiteId, name } of suites) {
    it(`has its keyring asked once (${name})`, async () => {
      const counting = new CountingKeyring()
      const manager = cachingMaterialsManager({ keyring: counting, maxAge })
      const seal = () =>
        oracle.encrypt(manager, 'text', { suiteId, encryptionContext: { ...encryptionContext } })
      const messages = await Promise.all(Array.from({ length: 20 }, seal))
      await ours.encrypt(manager, 'text', { suiteId, encryptionContext })
      expect(counting.wraps).to.equal(1)
      const open = ({ result }: { result: Uint8Array }) => oracle.decrypt(manager, Buffer.from(result))
      for (const { plaintext } of await Promise.all(messages.map(open))) {
        expect(plaintext.toString()).to.equal('text')
      }
      await ours.decrypt(manager, messages[0]!.result)
      expect(counting.unwraps).to.equal(1)
    })

    it(`may stand behind AWS's own caching manager, or before it (${name})`, async () => {
      const counting = new CountingKeyring()
      const aws = (backingMaterials: clientNode.KeyringNode | clientNode.NodeMaterialsManager) =>
        new clientNode.NodeCachingMaterialsManager({
          backingMaterials,
          cache: clientNode.getLocalCryptographicMaterialsCache(10),
          maxAge,
        })
      for (const manager of [
        aws(cachingMaterialsManager({ keyring: counting, maxAge })),
        cachingMaterialsManager({ manager: aws(counting), maxAge }),
      ]) {
        counting.wraps = 0
        counting.unwraps = 0
        for (const client of [ours, oracle]) {
          for (let n = 0; n < 2; n += 1) {
            const { result } = await client.encrypt(manager, 'text', { suiteId, encryptionContext })
            for (const reader of [ours, oracle]) {
              expect((await reader.decrypt(manager, Buffer.from(result))).plaintext.toString()).to.equal(
                'text',
              )
            }
          }
        }
        expect(counting.wraps).to.be.within(1, 2)
        expect(counting.unwraps).to.equal(counting.wraps)
      }
    })

    it(`answers a second installed copy with its own classes (${name})`, () =>
      withSecondCopy(async (copy) => {
        expect(copy.KeyringNode).to.not.equal(clientNode.KeyringNode)
        const client = copy.buildClient()
        const manager = cachingMaterialsManager({ keyring, maxAge })
        const { result } = await client.encrypt(manager, 'text', {
          suiteId,
          encryptionContext: { ...encryptionContext },
        })
        expect((await client.decrypt(manager, result)).plaintext.toString()).to.equal('text')
        const foreign = new copy.RawAesKeyringNode({
          keyNamespace: 'n',
          keyName: 'k',
          unencryptedMasterKey: new Uint8Array(32),
          wrappingSuite: copy.RawAesWrappingSuiteIdentifier.AES256_GCM_IV12_TAG16_NO_PADDING,
        })
        const caching = cachingMaterialsManager({ keyring: foreign, maxAge })
        const sealed = await client.encrypt(caching, 'text', suiteId === signed ? {} : { suiteId })
        expect((await client.decrypt(caching, sealed.result)).plaintext.toString()).to.equal('text')
        expect((await ours.decrypt(caching, sealed.result)).plaintext.toString()).to.equal('text')
      }))
  }

  it('gives each caller a data key of his own to zero', async () => {
    const manager = cachingMaterialsManager({ keyring, maxAge })
    const request = {
      encryptionContext: {},
      commitmentPolicy: CommitmentPolicy.REQUIRE_ENCRYPT_ALLOW_DECRYPT,
      plaintextLength: 4,
    }
    const first = await manager.getEncryptionMaterials(request)
    const second = await manager.getEncryptionMaterials(request)
    expect(second.encryptedDataKeys).to.deep.equal(first.encryptedDataKeys)
    first.zeroUnencryptedDataKey()
    expect(second.hasUnencryptedDataKey).to.equal(true)
    const { suite, encryptionContext, encryptedDataKeys } = second
    const opening = { suite, encryptionContext, encryptedDataKeys }
    const third = await manager.decryptMaterials(opening)
    third.zeroUnencryptedDataKey()
    manager.clear()
    expect(second.hasUnencryptedDataKey).to.equal(true)
    expect((await manager.decryptMaterials(opening)).hasUnencryptedDataKey).to.equal(true)
  })

  it('refuses materials that the classes can not hold, and lets go of them', async () => {
    const materials = await sealingMaterials(keyring)
    const [key] = materials.encryptedDataKeys
    for (const change of [
      { encryptedDataKeys: [] },
      { encryptedDataKeys: [key!, { ...key!, ciphertext: new Uint8Array() }] },
      { requiredContextKeys: ['purpose'] },
      { suite: suiteOf(signed), signingKey: generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey },
    ]) {
      let releases = 0
      const release = () => {
        releases += 1
      }
      const direct = {
        encrypt: async () => ({ ...materials, ...change, release }),
        decrypt: () => Promise.reject(new Error('not asked')),
      }
      const face = awsManagerFace(direct, keyring)
      const request = {
        encryptionContext: {},
        commitmentPolicy: CommitmentPolicy.REQUIRE_ENCRYPT_ALLOW_DECRYPT,
      }
      expect(await codeOf(() => face.getEncryptionMaterials(request))).to.equal('KEYRING_INVALID')
      expect(releases).to.equal(1)
    }
  })

  it('refuses requests that client-node would not make', async () => {
    const manager = cachingMaterialsManager({ keyring, maxAge })
    const valid = {
      encryptionContext: {},
      commitmentPolicy: CommitmentPolicy.REQUIRE_ENCRYPT_ALLOW_DECRYPT,
    }
    const { ALG_AES128_GCM_IV12_TAG16 } = clientNode.AlgorithmSuiteIdentifier
    const requests: Readonly<Record<string, [object, string]>> = {
      'a public key that somebody else set': [
        { encryptionContext: { 'aws-crypto-public-key': 'x' } },
        'INVALID_CONTEXT',
      ],
      'a context that is none': [{ encryptionContext: { a: 7 } }, 'INVALID_CONTEXT'],
      'no policy': [{ commitmentPolicy: undefined }, 'INVALID_ARGUMENT'],
      'a suite that the policy forbids': [
        { suite: new clientNode.NodeAlgorithmSuite(ALG_AES128_GCM_IV12_TAG16) },
        'SUITE_NOT_ALLOWED',
      ],
      'an unknown suite': [{ suite: { id: 7 } }, 'KEYRING_INVALID'],
    }
    for (const [what, [change, code]] of Object.entries(requests)) {
      expect(
        await codeOf(() => manager.getEncryptionMaterials(wrongType({ ...valid, ...change }))),
        what,
      ).to.equal(code)
    }
    expect(
      await codeOf(() =>
        manager.decryptMaterials(
          wrongType({ suite: { id: 7 }, encryptionContext: {}, encryptedDataKeys: [] }),
        ),
      ),
    ).to.equal('KEYRING_INVALID')
  })
})
