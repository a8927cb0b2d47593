import { KmsError } from '../errors.js'
import { keyArn } from '../state/arn.js'
import { noteDue } from '../state/due.js'
import { requireKeyState } from '../state/key-state.js'
import { beginPassingState } from '../state/passing-state.js'
import { managedKeyId } from '../state/resolve-key.js'
import { relatedKeys } from '../state/state.js'
import { defineOperation } from './operation.js'
import { requireMultiRegion, requirePrimary } from './require-primary.js'

/** API Reference, UpdatePrimaryRegion. */
export const updatePrimaryRegion = defineOperation({
  name: 'UpdatePrimaryRegion',
  changesState: true,
  run: ({ KeyId, PrimaryRegion: region }, context) => {
    const { state, now, transitionMs } = context
    const primary = context.key(KeyId, managedKeyId)
    requireMultiRegion(primary)
    // Developer guide, key state table: while it is Updating, this succeeds, other than ReplicateKey.
    requireKeyState(primary, 'cryptographic')
    requirePrimary(primary)
    if (region === primary.region) {
      throw new KmsError('UnsupportedOperationException', `${keyArn(primary)} is the primary key already.`)
    }
    const related = relatedKeys(state, primary)
    const replica = related.find((key) => key.region === region)
    if (replica === undefined) {
      throw new KmsError('NotFoundException', `Key '${keyArn({ ...primary, region })}' does not exist`)
    }
    requireKeyState(context.used(replica), 'cryptographic')
    if (primary.rotation !== undefined) replica.rotation = primary.rotation
    delete primary.rotation
    for (const key of related) key.primaryRegion = region
    for (const key of [primary, replica]) beginPassingState(key, 'Updating', now + transitionMs)
    noteDue(state, [primary, replica])
    return {}
  },
})
