import { KmsError } from '../errors.js'
import type { Input } from '../model/input.js'
import { isMultiRegionKeyId } from '../state/arn.js'
import { keyMaterial } from '../state/key.js'
import type { KmsKey, Tag } from '../state/key.js'
import { accountRegion, addKey } from '../state/state.js'
import { refuseCustomKeyStore } from './custom-key-store.js'
import { keyMetadata } from './key-metadata.js'
import { defineOperation } from './operation.js'
import { quotas } from './quotas.js'

/** What this KMS makes so far; anything else of the model is refused, never imitated. */
const supported = [
  ['KeySpec', 'SYMMETRIC_DEFAULT'],
  ['CustomerMasterKeySpec', 'SYMMETRIC_DEFAULT'],
  ['KeyUsage', 'ENCRYPT_DECRYPT'],
  ['Origin', 'AWS_KMS'],
] as const

const checkKind = (request: Input<'CreateKey'>): void => {
  if (request.KeySpec !== undefined && request.CustomerMasterKeySpec !== undefined) {
    throw new KmsError(
      'ValidationException',
      'You cannot specify KeySpec and CustomerMasterKeySpec in the same request. CustomerMasterKeySpec is deprecated.',
    )
  }
  refuseCustomKeyStore(request.CustomKeyStoreId)
  for (const [name, value] of supported) {
    const asked = request[name] ?? value
    if (asked !== value) {
      throw new KmsError('UnsupportedOperationException', `kms-mock does not support ${name} ${asked} yet.`)
    }
  }
  if (request.XksKeyId !== undefined) {
    throw new KmsError('ValidationException', 'XksKeyId is only valid with Origin EXTERNAL_KEY_STORE.')
  }
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

/** API Reference, CreateKey: symmetric encryption keys, single-Region or multi-Region primaries. */
export const createKey = defineOperation({
  name: 'CreateKey',
  changesState: true,
  run: (request, { state, caller, now, keySource, used }) => {
    checkKind(request)
    checkPolicy(request.Policy)
    const tags = request.Tags ?? []
    checkTags(tags)
    if (accountRegion(state, caller).keys.size >= quotas.keysPerRegion) {
      throw new KmsError('LimitExceededException', 'You have reached the maximum number of KMS keys.')
    }
    const uuid = keySource.uuid(state.keysCreated)
    const keyId = request.MultiRegion === true ? `mrk-${uuid.replaceAll('-', '')}` : uuid
    const key: KmsKey = {
      ...caller,
      keyId,
      ...(isMultiRegionKeyId(keyId) && { primaryRegion: caller.region }),
      createdAt: now,
      description: request.Description ?? '',
      ...(request.Policy !== undefined && { policy: request.Policy }),
      tags,
      materials: [keyMaterial(keySource.material(state.keysCreated))],
      state: 'Enabled',
    }
    state.keysCreated += 1
    addKey(state, used(key))
    return { KeyMetadata: keyMetadata(state, key) }
  },
})
