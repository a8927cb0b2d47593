import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import type { KeyringNode } from '@aws-crypto/material-management-node'
import { keyringFrom } from '../keyring/keyring-from.js'
import { keyringCase, unlessOpens, unlessSeals, type KeyringTrial } from './keyring-case.js'
import { classesOf, expectOpens, expectRefused, unknownDataKeys, wrap } from './keyring-steps.js'

const cipher = 'aes-256-gcm'

/** A keyring of another provider, of the same copy of AWS's classes as `keyring`, with a key of its own. */
export function companionOf(keyring: KeyringNode): KeyringNode {
  const key = randomBytes(32)
  return keyringFrom({
    providerId: 'sealring-conformance',
    classes: classesOf(keyring),
    wrap({ dataKey, serializedContext }) {
      const iv = randomBytes(12)
      const encryption = createCipheriv(cipher, key, iv).setAAD(serializedContext)
      const encrypted = Buffer.concat([encryption.update(dataKey), encryption.final()])
      return { providerInfo: iv, ciphertext: Buffer.concat([encrypted, encryption.getAuthTag()]) }
    },
    unwrap({ providerInfo, ciphertext, serializedContext }) {
      const decryption = createDecipheriv(cipher, key, providerInfo).setAAD(serializedContext)
      decryption.setAuthTag(ciphertext.subarray(-16))
      return Buffer.concat([decryption.update(ciphertext.subarray(0, -16)), decryption.final()])
    },
  })
}

function multi(
  of: KeyringNode,
  generator: KeyringNode | undefined,
  children: readonly KeyringNode[],
): KeyringNode {
  const { MultiKeyringNode } = classesOf(of)
  return new MultiKeyringNode({ ...(generator && { generator }), children: [...children] })
}

async function expectEachOpens(sealing: KeyringNode, { opener }: KeyringTrial, companion: KeyringNode) {
  const wrapped = await wrap(sealing)
  await expectOpens(opener, wrapped)
  await expectOpens(companion, wrapped)
}

/** Among other keyrings in a multi-keyring (framework/multi-keyring.md). */
export const keyringCompose = [
  keyringCase(
    'multi: as the generator, it leaves a data key to the others',
    async (trial) => {
      const companion = companionOf(trial.keyring)
      await expectEachOpens(multi(trial.keyring, trial.keyring, [companion]), trial, companion)
    },
    unlessSeals,
  ),

  keyringCase(
    'multi: as a child, it wraps the data key of the generator',
    async (trial) => {
      const companion = companionOf(trial.keyring)
      await expectEachOpens(multi(trial.keyring, companion, [trial.keyring]), trial, companion)
    },
    unlessSeals,
  ),

  keyringCase(
    'multi: it opens before and after others, whether they fail or know nothing',
    async ({ keyring, sealer }) => {
      const wrapped = await wrap(sealer)
      const foreign = await wrap(companionOf(keyring))
      const failing = companionOf(keyring)
      const dataKeys = [...foreign.dataKeys, ...wrapped.dataKeys, ...unknownDataKeys]
      await expectOpens(multi(keyring, undefined, [failing, keyring]), { ...wrapped, dataKeys })
      await expectOpens(multi(keyring, undefined, [keyring, failing]), { ...wrapped, dataKeys })
    },
    unlessOpens,
  ),

  keyringCase(
    'multi: where it fails, the next one still opens',
    async ({ keyring, sealer }) => {
      const companion = companionOf(keyring)
      const wrapped = await wrap(companion)
      const mine = await wrap(sealer, { context: { other: 'context' } })
      const dataKeys = [
        ...mine.dataKeys.map((key) => ({ ...key, ciphertext: Uint8Array.of(1) })),
        ...wrapped.dataKeys,
      ]
      await expectRefused(keyring, { ...wrapped, dataKeys }, 'a data key of one byte')
      await expectOpens(multi(keyring, undefined, [keyring, companion]), { ...wrapped, dataKeys })
    },
    unlessOpens,
  ),
]
