import { KmsError, validationError } from '../errors.js'
import type { Caller } from '../caller.js'
import { algorithmsOf } from '../cryptography/key-specs.js'
import type { KeySpec, KeyUsage } from '../cryptography/key-specs.js'
import { deriveMaterial, generateMaterial } from '../cryptography/material.js'
import type { Awaitable } from '../cryptography/material.js'
import type { Input } from '../model/input.js'
import { keyMaterial } from '../state/key.js'
import type { KeyOrigin, KmsKey } from '../state/key.js'
import { accountRegion, addKey, keysNamed } from '../state/state.js'
import { checkStoreParameters, placeInStore } from './key-in-store.js'
import { checkKeyPolicy } from './key-policy.js'
import { keyMetadata } from './key-metadata.js'
import { checkTags } from './key-tags.js'
import { defineOperation, StalePreparation } from './operation.js'
import type { OperationContext } from './operation.js'
import { quotas } from './quotas.js'
import { requireRegion } from './require-region.js'
import { onceThere } from '../when-done.js'

/** The kind of key that a request asks for, once it is known to exist. */
interface Kind {
  readonly keySpec: KeySpec
  readonly keyUsage: KeyUsage
  readonly origin: KeyOrigin
}

/** Spec, usage and origin, and whether they go together (API Reference, CreateKey). */
const kindOf = (request: Input<'CreateKey'>, caller: Caller): Kind => {
  if (request.KeySpec !== undefined && request.CustomerMasterKeySpec !== undefined) {
    throw validationError(
      'You cannot specify KeySpec and CustomerMasterKeySpec in the same request. CustomerMasterKeySpec is deprecated.',
    )
  }
  const keySpec = request.KeySpec ?? request.CustomerMasterKeySpec ?? 'SYMMETRIC_DEFAULT'
  if (request.KeyUsage === undefined && keySpec !== 'SYMMETRIC_DEFAULT') {
    throw validationError(
      'You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys.',
    )
  }
  const keyUsage = request.KeyUsage ?? 'ENCRYPT_DECRYPT'
  if (algorithmsOf(keySpec, keyUsage) === undefined) {
    throw validationError(`KeyUsage ${keyUsage} is not compatible with KeySpec ${keySpec}`)
  }
  requireRegion(keySpec, caller)
  const kind = { keySpec, keyUsage, origin: request.Origin ?? 'AWS_KMS' } as const
  checkStoreParameters(request, kind)
  return kind
}

/** All that the key will be but its id and material, once nothing speaks against it. */
const plan = (request: Input<'CreateKey'>, context: OperationContext) => {
  const { state, caller } = context
  const kind = kindOf(request, caller)
  checkKeyPolicy(request, caller)
  const tags = request.Tags ?? []
  checkTags(tags)
  const place = placeInStore(request, kind.origin, context)
  if (accountRegion(state, caller).keys.size >= quotas.keysPerRegion) {
    throw new KmsError('LimitExceededException', 'You have reached the maximum number of KMS keys.')
  }
  return { ...kind, place, tags }
}

const multiRegionId = (uuid: string): string => `mrk-${uuid.replaceAll('-', '')}`

/** What takes its time. Seeded material depends on the number that the key will have. */
const prepare = (
  request: Input<'CreateKey'>,
  context: OperationContext,
): Awaitable<{ n: number; material: Buffer | undefined }> => {
  // Before a number is taken: under a seed, a request that is refused must not shift the keys after it.
  const { keySpec, origin } = plan(request, context)
  const { state, keySource } = context
  const n = Math.max(state.keysCreated, state.keysReserved)
  state.keysReserved = n + 1
  if (origin === 'EXTERNAL') return { n, material: undefined }
  const made = keySource.seeded ? deriveMaterial(keySpec, keySource.material(n)) : generateMaterial(keySpec)
  return onceThere(made, (material) => ({ n, material }))
}

/** API Reference, CreateKey. */
export const createKey = defineOperation({
  name: 'CreateKey',
  changesState: true,
  prepare,
  run: (request, context, { n, material }) => {
    const { state, caller, now, keySource, used } = context
    const planned = plan(request, context)
    const uuid = keySource.uuid(n)
    // Another process with the same seed and state file may have taken the number, for a key of either form.
    const isTaken = (): boolean =>
      [uuid, multiRegionId(uuid)].some((form) => keysNamed(state, form).length > 0)
    if (keySource.seeded && n < state.keysCreated && isTaken()) throw new StalePreparation()
    const isMultiRegion = request.MultiRegion === true
    // Member by member: all keys alike, of which thousands live.
    const key: KmsKey = {
      region: caller.region,
      accountId: caller.accountId,
      keyId: isMultiRegion ? multiRegionId(uuid) : uuid,
      createdAt: now,
      keySpec: planned.keySpec,
      keyUsage: planned.keyUsage,
      origin: planned.origin,
      description: request.Description ?? '',
      tags: planned.tags,
      materials: material === undefined ? [] : [keyMaterial(material)],
      state: material === undefined ? 'PendingImport' : 'Enabled',
      ...planned.place,
    }
    if (isMultiRegion) key.primaryRegion = caller.region
    if (request.Policy !== undefined) key.policy = request.Policy
    state.keysCreated = Math.max(state.keysCreated, n + 1)
    addKey(state, used(key))
    return { KeyMetadata: keyMetadata(state, key) }
  },
})
