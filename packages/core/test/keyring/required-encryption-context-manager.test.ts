import {
  NodeCachingMaterialsManager,
  getLocalCryptographicMaterialsCache,
  NodeDefaultCryptographicMaterialsManager,
} from '@aws-crypto/client-node'
import { expect } from 'chai'
import { describe, it } from 'mocha'
import { buildClient, inspect } from '@sealring/core/envelope'
import { cachingMaterialsManager, requiredEncryptionContextManager } from '@sealring/core/keyring'
import { encryptionMaterials } from '#src/materials/encryption-materials.js'
import { directManager } from '#src/materials/materials.js'
import type { NodeMaterialsManager } from '@aws-crypto/material-management-node'
import { codeOf } from '../envelope/code-of.js'
import { fixedKeyring } from '../envelope/fixed-keyring.js'
import { bytesOf, keyring, oracle, oracleKeyring, severalKeyrings } from '../envelope/fixture.js'
import { wrongType } from '../envelope/wrong-type.js'
import { CountingKeyring } from './counting-keyring.js'
import { isZero, toSeal } from './materials-requests.js'

const ours = buildClient('REQUIRE_ENCRYPT_ALLOW_DECRYPT')
const forbidding = buildClient('FORBID_ENCRYPT_ALLOW_DECRYPT')
const maxAge = 60_000

const encryptionContext = { tenant: 'one', region: 'é', purpose: 'test' }
const requiredKeys = ['tenant', 'region']
const reproduced = { tenant: 'one', region: 'é' }
type Context = Readonly<Record<string, string>>

const cases = [
  { client: ours, suiteId: 0x0578 },
  { client: ours, suiteId: 0x0478 },
  { client: forbidding, suiteId: 0x0378 },
  { client: forbidding, suiteId: 0x0178 },
  { client: forbidding, suiteId: 0x0014 },
]
const keyrings = {
  'our raw AES keyring': keyring,
  "AWS's raw AES keyring": oracleKeyring(true),
  'a multi-keyring': severalKeyrings,
}

describe('requiredEncryptionContextManager', () => {
  for (const { client, suiteId } of cases) {
    for (const [what, backing] of Object.entries(keyrings)) {
      it(`authenticates without storing (0x${suiteId.toString(16).padStart(4, '0')}, ${what})`, async () => {
        const manager = requiredEncryptionContextManager({ keyring: backing, requiredKeys })
        const { result, messageHeader } = await client.encrypt(manager, 'text', {
          suiteId,
          encryptionContext,
        })
        expect(messageHeader.encryptionContext).to.include(encryptionContext)
        const stored = inspect(result).encryptionContext
        expect(stored).to.include({ purpose: 'test' })
        expect(Object.keys(stored)).to.not.include.members(['tenant'])
        expect(Object.keys(stored)).to.not.include.members(['region'])
        for (const value of ['one', 'é']) expect(result.includes(value)).to.equal(false)
        for (const reader of [manager, backing]) {
          for (const context of [reproduced, encryptionContext]) {
            const opened = await ours.decrypt(reader, result, { encryptionContext: context })
            expect(opened.plaintext.toString()).to.equal('text')
            expect(opened.messageHeader.encryptionContext).to.include(encryptionContext)
          }
        }
      })
    }
  }

  it('opens nothing for which a required pair is not reproduced, stored in the message or not', async () => {
    const counting = new CountingKeyring()
    const manager = requiredEncryptionContextManager({ keyring: counting, requiredKeys })
    const lacking: readonly Context[] = [{}, { tenant: 'one' }, { region: 'é' }, { purpose: 'test' }]
    for (const source of [manager, keyring]) {
      const { result } = await ours.encrypt(source, 'text', { encryptionContext })
      counting.unwraps = 0
      for (const options of [{}, ...lacking.map((context) => ({ encryptionContext: context }))]) {
        expect(await codeOf(() => ours.decrypt(manager, result, options))).to.equal('CONTEXT_NOT_REPRODUCED')
      }
      expect(counting.unwraps).to.equal(0)
      const opened = await ours.decrypt(manager, result, { encryptionContext: reproduced })
      expect(opened.plaintext.toString()).to.equal('text')
    }
  })

  it('opens nothing for which another value is reproduced', async () => {
    const manager = requiredEncryptionContextManager({ keyring, requiredKeys })
    const wrong = { encryptionContext: { ...reproduced, tenant: 'two' } }
    const { result } = await ours.encrypt(manager, 'text', { encryptionContext })
    expect(await codeOf(() => ours.decrypt(manager, result, wrong))).to.equal('DATA_KEY_NOT_UNWRAPPED')
    expect(await codeOf(() => ours.decrypt(keyring, result))).to.equal('DATA_KEY_NOT_UNWRAPPED')
    const stored = await ours.encrypt(keyring, 'text', { encryptionContext })
    expect(await codeOf(() => ours.decrypt(manager, stored.result, wrong))).to.equal('CONTEXT_NOT_REPRODUCED')
  })

  it('binds the pairs to the message even where the keyring binds nothing', async () => {
    for (const { client, suiteId } of cases) {
      const fixed = fixedKeyring(bytesOf('data key', suiteId === 0x0014 ? 16 : 32))
      const manager = requiredEncryptionContextManager({ keyring: fixed, requiredKeys })
      const { result } = await client.encrypt(manager, 'text', { suiteId, encryptionContext })
      const open = (context: Context) =>
        codeOf(() => ours.decrypt(manager, result, { encryptionContext: context }))
      expect(await open(reproduced)).to.equal('no error')
      expect(await open({ ...reproduced, tenant: 'two' })).to.equal('HEADER_UNAUTHENTIC')
      expect(await open({ ...reproduced, more: 'x' })).to.equal('HEADER_UNAUTHENTIC')
    }
  })

  it('seals nothing without every required pair, and asks nobody', async () => {
    const counting = new CountingKeyring()
    const manager = requiredEncryptionContextManager({ keyring: counting, requiredKeys })
    const lacking: readonly Context[] = [{}, { tenant: 'one' }, { region: 'é', purpose: 'test' }]
    for (const options of [{}, ...lacking.map((context) => ({ encryptionContext: context }))]) {
      expect(await codeOf(() => ours.encrypt(manager, 'text', options))).to.equal('INVALID_CONTEXT')
    }
    const inherited = requiredEncryptionContextManager({ keyring: counting, requiredKeys: ['toString'] })
    expect(await codeOf(() => ours.encrypt(inherited, 'text', { encryptionContext }))).to.equal(
      'INVALID_CONTEXT',
    )
    expect(counting.wraps).to.equal(0)
  })

  it('adds to what another of its kind requires', async () => {
    const inner = requiredEncryptionContextManager({ keyring, requiredKeys: ['region', 'tenant'] })
    const manager = requiredEncryptionContextManager({ manager: inner, requiredKeys: ['purpose', 'tenant'] })
    const { result } = await ours.encrypt(manager, 'text', { encryptionContext, suiteId: 0x0478 })
    expect(inspect(result).encryptionContext).to.deep.equal({})
    const open = (context: Context) =>
      codeOf(() => ours.decrypt(manager, result, { encryptionContext: context }))
    expect(await open(encryptionContext)).to.equal('no error')
    expect(await open(reproduced)).to.equal('CONTEXT_NOT_REPRODUCED')
    expect(await open({ purpose: 'test', tenant: 'one' })).to.equal('CONTEXT_NOT_REPRODUCED')
  })

  const orders = {
    'around a cache': (counting: CountingKeyring) =>
      requiredEncryptionContextManager({
        manager: cachingMaterialsManager({ keyring: counting, maxAge }),
        requiredKeys,
      }),
    'inside a cache': (counting: CountingKeyring) =>
      cachingMaterialsManager({
        manager: requiredEncryptionContextManager({ keyring: counting, requiredKeys }),
        maxAge,
      }),
  }
  for (const [what, build] of Object.entries(orders)) {
    it(`works ${what}: one call, and the same demands`, async () => {
      const counting = new CountingKeyring()
      const manager = build(counting)
      const messages: Buffer[] = []
      for (let n = 0; n < 3; n += 1) {
        messages.push((await ours.encrypt(manager, `text ${n}`, { encryptionContext })).result)
      }
      expect(counting.wraps).to.equal(1)
      for (const [n, message] of messages.entries()) {
        expect(Object.keys(inspect(message).encryptionContext)).to.not.include.members(['tenant'])
        const opened = await ours.decrypt(manager, message, { encryptionContext: reproduced })
        expect(opened.plaintext.toString()).to.equal(`text ${n}`)
      }
      expect(counting.unwraps).to.equal(1)
      // In the cache is what others reproduced: that helps nobody who does not.
      for (const options of [{}, { encryptionContext: { tenant: 'one' } }]) {
        expect(await codeOf(() => ours.decrypt(manager, messages[0]!, options))).to.equal(
          'CONTEXT_NOT_REPRODUCED',
        )
      }
      const wrong = { encryptionContext: { ...reproduced, tenant: 'two' } }
      expect(await codeOf(() => ours.decrypt(manager, messages[0]!, wrong))).to.equal(
        'DATA_KEY_NOT_UNWRAPPED',
      )
      expect(await codeOf(() => ours.encrypt(manager, 'text', {}))).to.equal('INVALID_CONTEXT')
      // Stored pairs, reproduced or not: the cache tells them apart.
      const stored = (await ours.encrypt(keyring, 'text', { encryptionContext })).result
      const opened = await ours.decrypt(manager, stored, { encryptionContext: reproduced })
      expect(opened.plaintext.toString()).to.equal('text')
      expect(await codeOf(() => ours.decrypt(manager, stored))).to.equal('CONTEXT_NOT_REPRODUCED')
    })
  }

  it('is refused by client-node, and through managers made for it', async () => {
    const manager = requiredEncryptionContextManager({ keyring, requiredKeys })
    const aws = new NodeCachingMaterialsManager({
      backingMaterials: manager,
      cache: getLocalCryptographicMaterialsCache(10),
      maxAge,
    })
    const stored = (await ours.encrypt(keyring, 'text', { encryptionContext })).result
    for (const source of [manager, aws]) {
      expect(
        await codeOf(() => oracle.encrypt(source, 'text', { encryptionContext: { ...encryptionContext } })),
      ).to.equal('KEYRING_INVALID')
      expect(await codeOf(() => oracle.decrypt(source, stored))).to.equal('KEYRING_INVALID')
    }
    expect(await codeOf(() => ours.encrypt(aws, 'text', { encryptionContext }))).to.equal('KEYRING_INVALID')
    expect(await codeOf(() => ours.decrypt(aws, stored, { encryptionContext: reproduced }))).to.equal(
      'KEYRING_INVALID',
    )
  })

  it('is refused by client-node inside a cache, too', async () => {
    const manager = orders['inside a cache'](new CountingKeyring())
    const stored = (await ours.encrypt(keyring, 'text', { encryptionContext })).result
    expect(
      await codeOf(() => oracle.encrypt(manager, 'text', { encryptionContext: { ...encryptionContext } })),
    ).to.equal('KEYRING_INVALID')
    expect(await codeOf(() => oracle.decrypt(manager, stored))).to.equal('CONTEXT_NOT_REPRODUCED')
  })

  it('does not seal through a manager that would store the pairs', async () => {
    const foreign = new NodeDefaultCryptographicMaterialsManager(keyring)
    const manager = requiredEncryptionContextManager({ manager: foreign, requiredKeys })
    expect(await codeOf(() => ours.encrypt(manager, 'text', { encryptionContext }))).to.equal(
      'KEYRING_INVALID',
    )
    const { result } = await ours.encrypt(
      requiredEncryptionContextManager({ keyring, requiredKeys }),
      'text',
      {
        encryptionContext,
      },
    )
    const opened = await ours.decrypt(manager, result, { encryptionContext: reproduced })
    expect(opened.plaintext.toString()).to.equal('text')

    const given: Uint8Array[] = []
    const forgetful: NodeMaterialsManager = wrongType({
      getEncryptionMaterials: () => undefined,
      decryptMaterials: () => undefined,
      [directManager]: {
        encrypt: async () => {
          const materials = await encryptionMaterials(keyring, toSeal({ encryptionContext }))
          given.push(materials.dataKey)
          return materials
        },
      },
    })
    const careful = requiredEncryptionContextManager({ manager: forgetful, requiredKeys })
    expect(await codeOf(() => ours.encrypt(careful, 'text', { encryptionContext }))).to.equal(
      'KEYRING_INVALID',
    )
    expect(given.map(isZero)).to.deep.equal([true])
  })

  const invalid: Readonly<Record<string, object>> = {
    'no keys': { requiredKeys: [] },
    'keys left out': { requiredKeys: undefined },
    'a key that is no text': { requiredKeys: ['a', 7] },
    'keys that are a text': { requiredKeys: 'abc' },
    'a key twice': { requiredKeys: ['a', 'b', 'a'] },
    'a reserved key': { requiredKeys: ['aws-crypto-public-key'] },
    'neither keyring nor manager': { keyring: undefined },
    'keyring and manager': { manager: cachingMaterialsManager({ keyring, maxAge }) },
    'something that is neither': { keyring: { onEncrypt: 7 } },
  }
  for (const [what, change] of Object.entries(invalid)) {
    it(`refuses ${what}`, async () => {
      expect(
        await codeOf(() => requiredEncryptionContextManager(wrongType({ keyring, requiredKeys, ...change }))),
      ).to.equal('KEYRING_INVALID')
    })
  }

  it('copies its keys', async () => {
    const keys = ['tenant']
    const manager = requiredEncryptionContextManager({ keyring, requiredKeys: keys })
    keys[0] = 'purpose'
    expect(
      await codeOf(() => ours.encrypt(manager, 'text', { encryptionContext: { purpose: 'x' } })),
    ).to.equal('INVALID_CONTEXT')
  })
})
