import { KmsError } from '../errors.js'
import { keyArn, partitionOf } from '../state/arn.js'
import { noteDue } from '../state/due.js'
import type { KeyMaterial, KmsKey } from '../state/key.js'
import { requireKeyState } from '../state/key-state.js'
import { beginPassingState } from '../state/passing-state.js'
import { managedKeyId } from '../state/resolve-key.js'
import { accountRegion, addKey } from '../state/state.js'
import type { KmsState } from '../state/state.js'
import { keyMetadata } from './key-metadata.js'
import { checkKeyPolicy, keyPolicy } from './key-policy.js'
import { checkTags } from './key-tags.js'
import { defineOperation } from './operation.js'
import { quotas } from './quotas.js'
import { requireMultiRegion, requirePrimary } from './require-primary.js'

const checkReplicaRegion = (state: KmsState, key: KmsKey, region: string): void => {
  if (partitionOf(region) !== partitionOf(key.region)) {
    throw new KmsError(
      'UnsupportedOperationException',
      `The replica Region ${region} is not in the partition of ${keyArn(key)}.`,
    )
  }
  const { keys } = accountRegion(state, { accountId: key.accountId, region })
  if (keys.has(key.keyId)) {
    throw new KmsError('AlreadyExistsException', `${keyArn({ ...key, region })} already exists.`)
  }
  if (keys.size >= quotas.keysPerRegion) {
    throw new KmsError('LimitExceededException', 'You have reached the maximum number of KMS keys.')
  }
}

/** A replica has bytes of its own to wipe; imported material is imported into it anew. */
const replicaOf = ({ id, bytes, pending, rotation }: KeyMaterial, imported: boolean): KeyMaterial => ({
  id,
  ...(bytes !== undefined && !imported && { bytes: Buffer.from(bytes) }),
  ...(pending !== undefined && { pending }),
  ...(rotation !== undefined && { rotation }),
})

/** API Reference, ReplicateKey. */
export const replicateKey = defineOperation({
  name: 'ReplicateKey',
  changesState: true,
  run: (request, context) => {
    const { state, now, transitionMs } = context
    const primary = context.key(request.KeyId, managedKeyId)
    requireMultiRegion(primary)
    requireKeyState(primary, 'replication')
    requirePrimary(primary)
    checkReplicaRegion(state, primary, request.ReplicaRegion)
    checkKeyPolicy(request, context.caller)
    const tags = request.Tags ?? []
    checkTags(tags)
    const imported = primary.origin === 'EXTERNAL'
    const replica: KmsKey = {
      region: request.ReplicaRegion,
      accountId: primary.accountId,
      keyId: primary.keyId,
      primaryRegion: primary.region,
      createdAt: now,
      keySpec: primary.keySpec,
      keyUsage: primary.keyUsage,
      origin: primary.origin,
      description: request.Description ?? '',
      ...(request.Policy !== undefined && { policy: request.Policy }),
      tags,
      materials: primary.materials.map((material) => replicaOf(material, imported)),
      state: imported ? 'PendingImport' : 'Enabled',
    }
    beginPassingState(replica, 'Creating', now + transitionMs)
    addKey(state, context.used(replica))
    noteDue(state, [replica])
    return {
      ReplicaKeyMetadata: keyMetadata(state, replica),
      ReplicaPolicy: keyPolicy(replica),
      ReplicaTags: tags,
    }
  },
})
