import { KmsError } from '../errors.js'
import type { Caller } from '../caller.js'
import { algorithmsOf } from '../cryptography/key-specs.js'
import type { KeySpec, KeyUsage } from '../cryptography/key-specs.js'
import { deriveMaterial, generateMaterial } from '../cryptography/material.js'
import type { Input } from '../model/input.js'
import { isMultiRegionKeyId } from '../state/arn.js'
import { keyMaterial } from '../state/key.js'
import type { KeyOrigin, KmsKey, Tag } from '../state/key.js'
import { accountRegion, addKey } from '../state/state.js'
import { refuseCustomKeyStore } from './custom-key-store.js'
import { keyMetadata } from './key-metadata.js'
import { defineOperation, StalePreparation } from './operation.js'
import type { OperationContext } from './operation.js'
import { quotas } from './quotas.js'
import { requireRegion } from './require-region.js'

/** The kind of key that a request asks for, once it is known to exist. */
interface Kind {
  readonly keySpec: KeySpec
  readonly keyUsage: KeyUsage
  readonly origin: KeyOrigin
}

const invalid = (message: string): KmsError => new KmsError('ValidationException', message)
const unsupported = (message: string): KmsError => new KmsError('UnsupportedOperationException', message)

/** Spec, usage and origin, and whether they go together (API Reference, CreateKey). */
const kindOf = (request: Input<'CreateKey'>, caller: Caller): Kind => {
  if (request.KeySpec !== undefined && request.CustomerMasterKeySpec !== undefined) {
    throw invalid(
      'You cannot specify KeySpec and CustomerMasterKeySpec in the same request. CustomerMasterKeySpec is deprecated.',
    )
  }
  const keySpec = request.KeySpec ?? request.CustomerMasterKeySpec ?? 'SYMMETRIC_DEFAULT'
  if (request.KeyUsage === undefined && keySpec !== 'SYMMETRIC_DEFAULT') {
    throw invalid('You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys.')
  }
  const keyUsage = request.KeyUsage ?? 'ENCRYPT_DECRYPT'
  if (algorithmsOf(keySpec, keyUsage) === undefined) {
    throw invalid(`KeyUsage ${keyUsage} is not compatible with KeySpec ${keySpec}`)
  }
  requireRegion(keySpec, caller)
  refuseCustomKeyStore(request.CustomKeyStoreId)
  const origin = request.Origin ?? 'AWS_KMS'
  if (origin !== 'AWS_KMS' && origin !== 'EXTERNAL') {
    throw unsupported(`kms-mock does not support Origin ${origin} yet.`)
  }
  if (request.XksKeyId !== undefined) throw invalid('XksKeyId is only valid with Origin EXTERNAL_KEY_STORE.')
  return { keySpec, keyUsage, origin }
}

const checkPolicy = (policy: string | undefined): void => {
  if (policy === undefined) return
  let document: unknown
  try {
    document = JSON.parse(policy)
  } catch (cause) {
    throw new KmsError('MalformedPolicyDocumentException', 'Policy contains invalid json', { cause })
  }
  if (typeof document !== 'object' || document === null || !('Statement' in document)) {
    throw new KmsError('MalformedPolicyDocumentException', 'Policy document has no Statement.')
  }
}

const checkTags = (tags: readonly Tag[]): void => {
  const keys = tags.map(({ TagKey }) => TagKey)
  if (new Set(keys).size !== keys.length) throw new KmsError('TagException', 'Duplicate tag keys')
  if (keys.some((key) => key.startsWith('aws:'))) {
    throw new KmsError('TagException', 'Tags beginning with aws: are reserved')
  }
  if (tags.length > quotas.tagsPerKey) throw new KmsError('TagException', 'Too many tags')
}

/** What takes its time. Seeded material depends on the number that the key will have. */
const prepare = async (
  request: Input<'CreateKey'>,
  { caller, state, keySource }: OperationContext,
): Promise<{ n: number; material: Buffer | undefined }> => {
  const { keySpec, origin } = kindOf(request, caller)
  const n = Math.max(state.keysCreated, state.keysReserved)
  state.keysReserved = n + 1
  if (origin === 'EXTERNAL') return { n, material: undefined }
  return {
    n,
    material: await (keySource.seeded
      ? deriveMaterial(keySpec, keySource.material(n))
      : generateMaterial(keySpec)),
  }
}

/** API Reference, CreateKey. */
export const createKey = defineOperation({
  name: 'CreateKey',
  changesState: true,
  prepare,
  run: (request, { state, caller, now, keySource, used }, { n, material }) => {
    const kind = kindOf(request, caller)
    checkPolicy(request.Policy)
    const tags = request.Tags ?? []
    checkTags(tags)
    const { keys } = accountRegion(state, caller)
    if (keys.size >= quotas.keysPerRegion) {
      throw new KmsError('LimitExceededException', 'You have reached the maximum number of KMS keys.')
    }
    if (n < state.keysCreated) throw new StalePreparation()
    const uuid = keySource.uuid(n)
    const keyId = request.MultiRegion === true ? `mrk-${uuid.replaceAll('-', '')}` : uuid
    const key: KmsKey = {
      ...caller,
      ...kind,
      keyId,
      ...(isMultiRegionKeyId(keyId) && { primaryRegion: caller.region }),
      createdAt: now,
      description: request.Description ?? '',
      ...(request.Policy !== undefined && { policy: request.Policy }),
      tags,
      materials: material === undefined ? [] : [keyMaterial(material)],
      state: material === undefined ? 'PendingImport' : 'Enabled',
    }
    state.keysCreated = n + 1
    addKey(state, used(key))
    return { KeyMetadata: keyMetadata(state, key) }
  },
})
