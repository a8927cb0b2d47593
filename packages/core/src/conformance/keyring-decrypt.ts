import assert from 'node:assert/strict'
import { unencryptedBytes } from '../materials/aws-materials.js'
import type { EncryptionContext } from '../materials/encryption-context.js'
import {
  keyringCase,
  unlessBindsContext,
  unlessDetectsDamage,
  unlessLengthsDiffer,
  unlessOpens,
  unlessRefusesSigned,
  unlessSeals,
} from './keyring-case.js'
import {
  awsKeys,
  damagedCiphertexts,
  damagedInfos,
  decryptionMaterial,
  defaultSuite,
  expectOpens,
  expectRefused,
  expectSameKey,
  expectUntouched,
  sampleContext,
  signedSuites,
  suitesOf,
  unknownDataKeys,
  wrap,
} from './keyring-steps.js'

const otherContexts: Readonly<Record<string, EncryptionContext>> = {
  'no context': {},
  'a pair less': Object.fromEntries(Object.entries(sampleContext).slice(1)),
  'a pair more': { ...sampleContext, another: 'pair' },
  'another value': { ...sampleContext, purpose: 'other' },
  'two values exchanged': { ...sampleContext, a: '1', B: '2' },
}

export const keyringDecrypt = [
  keyringCase(
    'decrypt: the same data key opens again and again',
    async ({ keyring, sealer }) => {
      const wrapped = await wrap(sealer)
      for (let n = 0; n < 3; n++) await expectOpens(keyring, wrapped)
    },
    unlessOpens,
  ),

  keyringCase(
    'decrypt: where nothing fits, the materials come back as they were',
    async ({ keyring }) => {
      for (const dataKeys of [[], unknownDataKeys]) {
        const material = decryptionMaterial(keyring, { suite: defaultSuite, context: sampleContext })
        assert.equal(await keyring.onDecrypt(material, awsKeys(keyring, dataKeys)), material)
        assert.deepEqual(material.keyringTrace, [])
        expectUntouched(material, 'an unknown data key')
      }
    },
    unlessOpens,
  ),

  keyringCase(
    'decrypt: the data keys of other providers are passed by',
    async ({ keyring, sealer }) => {
      const wrapped = await wrap(sealer)
      const { dataKeys } = wrapped
      await expectOpens(keyring, { ...wrapped, dataKeys: [...unknownDataKeys, ...dataKeys] })
      await expectOpens(keyring, { ...wrapped, dataKeys: [...dataKeys, ...unknownDataKeys] })
      const many = Array.from({ length: 40 }, () => unknownDataKeys).flat()
      await expectOpens(keyring, { ...wrapped, dataKeys: [...many, ...dataKeys] })
    },
    unlessOpens,
  ),

  keyringCase(
    'decrypt: broken data keys of its own do not stop a good one after them',
    async ({ keyring, sealer }) => {
      const wrapped = await wrap(sealer)
      const { dataKeys } = wrapped
      for (const broken of [...damagedCiphertexts(dataKeys), ...damagedInfos(dataKeys)])
        await expectOpens(keyring, { ...wrapped, dataKeys: [...broken, ...dataKeys] })
    },
    unlessDetectsDamage,
  ),

  keyringCase(
    'decrypt: a damaged data key does not open',
    async ({ keyring, sealer }) => {
      const wrapped = await wrap(sealer)
      for (const dataKeys of damagedCiphertexts(wrapped.dataKeys))
        await expectRefused(keyring, { ...wrapped, dataKeys }, 'a damaged data key')
    },
    unlessDetectsDamage,
  ),

  keyringCase(
    'decrypt: the data key of a stranger is passed by, or refused',
    async ({ keyring, sealer, subject }) => {
      const wrapped = await wrap(sealer)
      const strange = await wrap(subject.stranger)
      await expectRefused(keyring, strange, 'the data key of a stranger')
      await expectOpens(keyring, { ...wrapped, dataKeys: [...strange.dataKeys, ...wrapped.dataKeys] })
    },
    (fixture) => unlessSeals(fixture) ?? unlessDetectsDamage(fixture),
  ),

  keyringCase(
    'decrypt: under another encryption context a data key does not open',
    async ({ keyring, sealer }) => {
      const wrapped = await wrap(sealer)
      for (const [what, context] of Object.entries(otherContexts))
        await expectRefused(keyring, { ...wrapped, context }, what)
      const without = await wrap(sealer, { context: {} })
      await expectRefused(keyring, { ...without, context: sampleContext }, 'pairs in place of none')
    },
    unlessBindsContext,
  ),

  keyringCase(
    'decrypt: the order of the pairs means nothing',
    async ({ keyring, sealer }) => {
      const wrapped = await wrap(sealer)
      const context = Object.fromEntries(Object.entries(sampleContext).toReversed())
      await expectOpens(keyring, { ...wrapped, context })
    },
    unlessOpens,
  ),

  keyringCase(
    'decrypt: a data key of another length than the suite’s is refused',
    async ({ keyring, sealer, fixture }) => {
      const suitesByLength = new Map(suitesOf(fixture).map((suite) => [suite.keyLength, suite]))
      for (const written of suitesByLength.values())
        for (const asked of suitesByLength.values()) {
          if (asked === written) continue
          const wrapped = await wrap(sealer, { suite: written })
          await expectRefused(
            keyring,
            { ...wrapped, suite: asked },
            `a data key of ${written.keyLength} bytes for ${asked.keyLength}`,
          )
        }
    },
    unlessLengthsDiffer,
  ),

  keyringCase(
    'decrypt: under a signed suite that it does not take, nothing opens',
    async ({ keyring, sealer, fixture }) => {
      for (const suite of signedSuites) {
        const unsigned = suitesOf(fixture).find(({ keyLength }) => keyLength === suite.keyLength)
        const wrapped = await wrap(sealer, unsigned && { suite: unsigned })
        await expectRefused(keyring, { ...wrapped, suite }, 'a signed suite')
      }
    },
    (fixture) => unlessRefusesSigned(fixture) ?? unlessOpens(fixture),
  ),

  keyringCase(
    'decrypt: a data key that is there stays',
    async ({ keyring, sealer }) => {
      const first = await wrap(sealer)
      const second = await wrap(sealer)
      const material = decryptionMaterial(keyring, first)
      await keyring.onDecrypt(material, awsKeys(keyring, first.dataKeys))
      await keyring.onDecrypt(material, awsKeys(keyring, second.dataKeys))
      expectSameKey(unencryptedBytes(material), first.dataKey, 'The data key of the materials')
    },
    unlessOpens,
  ),

  keyringCase(
    'decrypt: the list of data keys is only read',
    async ({ keyring, sealer }) => {
      const wrapped = await wrap(sealer)
      const given = awsKeys(keyring, [...unknownDataKeys, ...wrapped.dataKeys, ...unknownDataKeys])
      const before = [...given]
      const material = decryptionMaterial(keyring, wrapped)
      await keyring.onDecrypt(material, given)
      assert.ok(material.hasUnencryptedDataKey)
      assert.equal(given.length, before.length, 'The list has another length')
      // Not equal: some versions of Node compare what both look like, at length.
      for (const [n, key] of given.entries()) assert.ok(key === before[n], 'The list has another order')
    },
    unlessOpens,
  ),

  keyringCase(
    'decrypt: concurrent calls do not mix',
    async ({ keyring, sealer }) => {
      const all = await Promise.all(
        Array.from({ length: 16 }, (_, n) => wrap(sealer, { context: { number: `${n}` } })),
      )
      await Promise.all(
        all.map((wrapped, n) =>
          n % 4 === 0
            ? expectRefused(keyring, { ...wrapped, dataKeys: unknownDataKeys }, 'an unknown data key')
            : expectOpens(keyring, wrapped),
        ),
      )
    },
    unlessOpens,
  ),
]
