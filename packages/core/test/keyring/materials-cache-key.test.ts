import { MultiKeyringNode } from '@aws-crypto/client-node'
import { CommitmentPolicy } from '@aws-crypto/material-management-node'
import { expect } from 'chai'
import { describe, it } from 'mocha'
import { inspect } from '@sealring/core/envelope'
import { cachingMaterialsManager } from '@sealring/core/keyring'
import { decryptionMaterials } from '#src/materials/decryption-materials.js'
import type { DecryptionRequest, EncryptionRequest } from '#src/materials/materials.js'
import { codeOf } from '../envelope/code-of.js'
import { keyring, otherKeyring, ours, signed } from '../envelope/fixture.js'
import { CountingKeyring } from './counting-keyring.js'
import { sealingMaterials, sealOnce, suiteOf, toOpen } from './materials-requests.js'

const maxAge = 60_000

describe('what cachingMaterialsManager goes by', () => {
  describe('for sealing', () => {
    const { REQUIRE_ENCRYPT_REQUIRE_DECRYPT } = CommitmentPolicy
    const base: Partial<EncryptionRequest> = { encryptionContext: { ab: 'c', x: 'y' } }
    const others: Readonly<Record<string, Partial<EncryptionRequest>>> = {
      'another value': { encryptionContext: { ab: 'd', x: 'y' } },
      'another key': { encryptionContext: { ac: 'c', x: 'y' } },
      'the bytes of a pair divided otherwise': { encryptionContext: { a: 'bc', x: 'y' } },
      'two pairs run into one': { encryptionContext: { ab: 'c1:x1:y' } },
      'one pair less': { encryptionContext: { ab: 'c' } },
      'no pairs': { encryptionContext: {} },
      'another suite': { suite: suiteOf(signed) },
      'no suite asked for': { suiteAsked: false },
      'another policy': { commitmentPolicy: REQUIRE_ENCRYPT_REQUIRE_DECRYPT },
      'a pair that is not stored': { requiredContextKeys: ['ab'] },
      'other pairs that are not stored': { requiredContextKeys: ['ab', 'x'] },
      'a huge pair': { encryptionContext: { ab: 'c', x: 'y'.repeat(9000) } },
      'another huge pair': { encryptionContext: { ab: 'c', x: `${'y'.repeat(8999)}z` } },
    }
    for (const [what, other] of Object.entries(others)) {
      it(`takes ${what} for another key`, async () => {
        const manager = cachingMaterialsManager({ keyring, maxAge })
        const first = await sealOnce(manager, base)
        const changed = await sealOnce(manager, { ...base, ...other })
        expect(changed.dataKey).to.not.deep.equal(first.dataKey)
        expect((await sealOnce(manager, { ...base, ...other })).dataKey).to.equal(changed.dataKey)
        expect((await sealOnce(manager, base)).dataKey).to.equal(first.dataKey)
        // Among each other, too.
        for (const [which, another] of Object.entries(others)) {
          const { dataKey } = await sealOnce(manager, { ...base, ...another })
          expect(dataKey === changed.dataKey).to.equal(which === what)
        }
      })
    }

    it('takes the same pairs in another order for the same', async () => {
      const manager = cachingMaterialsManager({ keyring, maxAge })
      const { dataKey } = await sealOnce(manager, {
        encryptionContext: { a: '1', b: '2', c: '3' },
        requiredContextKeys: ['a', 'b'],
      })
      const reordered = await sealOnce(manager, {
        encryptionContext: { c: '3', b: '2', a: '1' },
        requiredContextKeys: ['b', 'a'],
      })
      expect(reordered.dataKey).to.equal(dataKey)
    })
  })

  describe('for opening', () => {
    it('takes what was reproduced for part of the request', async () => {
      const counting = new CountingKeyring()
      const manager = cachingMaterialsManager({ keyring: counting, maxAge })
      const request = toOpen(await sealingMaterials(keyring, { encryptionContext: { a: '1', b: '2' } }))
      const changes: readonly Partial<DecryptionRequest>[] = [
        {},
        { reproducedContextKeys: ['a'] },
        { reproducedContextKeys: ['a', 'b'] },
        { requiredContextKeys: ['a'], reproducedContextKeys: ['a'] },
      ]
      for (let round = 0; round < 2; round += 1) {
        for (const change of changes) {
          ;(await decryptionMaterials(manager, { ...request, ...change })).release()
        }
        expect(counting.unwraps).to.equal(changes.length)
      }
    })

    it('serves no request whose context, suite or data keys are others', async () => {
      const manager = cachingMaterialsManager({ keyring, maxAge })
      const sealed = await sealingMaterials(keyring, { encryptionContext: { a: '1', b: '2' } })
      const request = toOpen(sealed)
      ;(await decryptionMaterials(manager, request)).release()
      const [key] = request.dataKeys
      const flipped = Buffer.from(key!.ciphertext)
      flipped[5]! ^= 1
      const flippedInfo = Buffer.from(key!.providerInfo)
      flippedInfo[flippedInfo.length - 1]! ^= 1
      const changes: Readonly<Record<string, Partial<DecryptionRequest>>> = {
        'another value': { encryptionContext: { a: '1', b: '3' } },
        'one pair more': { encryptionContext: { a: '1', b: '2', c: '3' } },
        'one pair less': { encryptionContext: { a: '1' } },
        'another ciphertext': { dataKeys: [{ ...key!, ciphertext: flipped }] },
        'another provider info': { dataKeys: [{ ...key!, providerInfo: flippedInfo }] },
        'another provider': { dataKeys: [{ ...key!, providerId: 'other' }] },
        'a provider id that takes over from the info': {
          dataKeys: [
            {
              ...key!,
              providerId: key!.providerId + Buffer.from(key!.providerInfo).toString('latin1').slice(0, 1),
              providerInfo: key!.providerInfo.subarray(1),
            },
          ],
        },
        'no data key': { dataKeys: [] },
        'a suite of another key length': { suite: suiteOf(0x0114) },
      }
      for (const [what, change] of Object.entries(changes)) {
        const changed = { ...request, ...change }
        const uncached = await codeOf(() => decryptionMaterials(keyring, changed))
        expect(uncached, what).to.match(/^(NO_DATA_KEY|DATA_KEY_NOT_UNWRAPPED)$/)
        expect(await codeOf(() => decryptionMaterials(manager, changed)), what).to.equal(uncached)
      }
    })

    it('opens nothing that is not authentic', async () => {
      const manager = cachingMaterialsManager({ keyring, maxAge })
      const { result } = await ours.encrypt(manager, 'text')
      await ours.decrypt(manager, result)
      for (let position = 0; position < result.length; position += 1) {
        const damaged = Buffer.from(result)
        damaged[position]! ^= 1
        expect(await codeOf(() => ours.decrypt(manager, damaged))).to.not.equal('no error')
      }
    })

    it('keeps huge data keys apart, too', async () => {
      const counting = new CountingKeyring(
        new MultiKeyringNode({
          generator: keyring,
          children: Array.from({ length: 60 }, () => otherKeyring),
        }),
      )
      const manager = cachingMaterialsManager({ keyring: counting, maxAge })
      const messages = []
      for (let n = 0; n < 2; n += 1) messages.push((await ours.encrypt(counting, `text ${n}`)).result)
      expect(inspect(messages[0]!).headerLength).to.be.greaterThan(5000)
      for (let round = 0; round < 2; round += 1) {
        for (const [n, message] of messages.entries()) {
          expect((await ours.decrypt(manager, message)).plaintext.toString()).to.equal(`text ${n}`)
        }
      }
      expect(counting.unwraps).to.equal(2)
    })
  })
})
