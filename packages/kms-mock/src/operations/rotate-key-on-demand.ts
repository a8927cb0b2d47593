import { KmsError } from '../errors.js'
import { keyArn } from '../state/arn.js'
import { isEverywhere } from '../state/imported-material.js'
import type { KmsKey } from '../state/key.js'
import { requireKeyState } from '../state/key-state.js'
import { managedKeyId } from '../state/resolve-key.js'
import { rotateKey } from '../state/rotation.js'
import type { KmsState } from '../state/state.js'
import { defineOperation } from './operation.js'
import { quotas } from './quotas.js'
import { refuseReplica, requireRotatable } from './require-rotatable.js'

/** How close an automatic rotation may be (API Reference, ConflictException). */
const conflictMs = 20 * 60_000

const requirePending = (state: KmsState, key: KmsKey): void => {
  const pending = key.materials.find((material) => material.pending === true)
  if (pending !== undefined && isEverywhere(state, key, pending)) return
  throw new KmsError(
    'KMSInvalidStateException',
    `No available key material pending rotation for the key: ${keyArn(key)}.`,
  )
}

/** API Reference, RotateKeyOnDemand. */
export const rotateKeyOnDemand = defineOperation({
  name: 'RotateKeyOnDemand',
  changesState: true,
  run: ({ KeyId }, context) => {
    const { state, now, keySource } = context
    const key = context.key(KeyId, managedKeyId)
    requireRotatable(key, { imported: true })
    requireKeyState(key, 'cryptographic')
    refuseReplica(key)
    const done = key.materials.filter(({ rotation }) => rotation?.type === 'ON_DEMAND').length
    if (done >= quotas.onDemandRotationsPerKey) {
      throw new KmsError(
        'LimitExceededException',
        `The on-demand rotations limit has been reached for the given keyId. No more on-demand rotations can be performed for this key: ${keyArn(key)}`,
      )
    }
    if (key.rotation !== undefined && key.rotation.nextAt - now <= conflictMs) {
      throw new KmsError(
        'ConflictException',
        `An automatic rotation of ${keyArn(key)} is in progress or about to begin.`,
      )
    }
    if (key.origin === 'EXTERNAL') requirePending(state, key)
    rotateKey(state, key, { at: now, type: 'ON_DEMAND' }, keySource)
    return { KeyId: keyArn(key) }
  },
})
