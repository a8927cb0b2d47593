import type { NodeMaterialsManager } from '@aws-crypto/material-management-node'
import { EnvelopeError, InputError, KeyringError } from '../errors.js'
import { decryptionMaterials } from '../materials/decryption-materials.js'
import { encryptionMaterials } from '../materials/encryption-materials.js'
import { reservedContextPrefix } from '../materials/encryption-context.js'
import { directManager, type DirectManager } from '../materials/materials.js'
import { backingSource, type BackingOptions } from './backing-source.js'

export type RequiredEncryptionContextManagerOptions = BackingOptions & {
  /** Keys of the encryption context: at least one, none twice, none with the prefix `aws-crypto-`. */
  readonly requiredKeys: readonly string[]
}

function checkedKeys(keys: readonly string[]): readonly string[] {
  if (!Array.isArray(keys) || keys.length === 0 || keys.some((key) => typeof key !== 'string')) {
    throw new KeyringError('KEYRING_INVALID', 'requiredKeys must be keys of the encryption context')
  }
  if (new Set(keys).size < keys.length) {
    throw new KeyringError('KEYRING_INVALID', 'requiredKeys names a key twice')
  }
  if (keys.some((key) => key.startsWith(reservedContextPrefix))) {
    throw new KeyringError('KEYRING_INVALID', `requiredKeys may not start with "${reservedContextPrefix}"`)
  }
  return Object.freeze([...keys])
}

function directFace(
  source: ReturnType<typeof backingSource>,
  requiredKeys: readonly string[],
): DirectManager[typeof directManager] {
  return {
    // framework/required-encryption-context-cmm.md#get-encryption-materials
    async encrypt(request) {
      for (const key of requiredKeys) {
        if (!Object.hasOwn(request.encryptionContext, key)) {
          throw new InputError('INVALID_CONTEXT', `The encryption context lacks the required key "${key}"`)
        }
      }
      const requiredContextKeys = [...new Set([...request.requiredContextKeys, ...requiredKeys])]
      const materials = await encryptionMaterials(source, { ...request, requiredContextKeys })
      if (!requiredKeys.every((key) => materials.requiredContextKeys.includes(key))) {
        materials.release()
        throw new KeyringError(
          'KEYRING_INVALID',
          'The materials would store a pair that is required to be reproduced',
        )
      }
      return materials
    },

    // framework/required-encryption-context-cmm.md#decrypt-materials. The pairs are in the context of the request,
    // which the data keys are unwrapped with and the header is authenticated with.
    async decrypt(request) {
      for (const key of requiredKeys) {
        if (!request.reproducedContextKeys.includes(key)) {
          throw new EnvelopeError(
            'CONTEXT_NOT_REPRODUCED',
            `The required key "${key}" of the encryption context was not reproduced`,
          )
        }
      }
      return decryptionMaterials(source, request)
    },
  }
}

function notThroughAws(): Promise<never> {
  return Promise.reject(
    new KeyringError(
      'KEYRING_INVALID',
      "AWS's materials manager interface knows neither pairs that are not stored nor reproduced ones: use the client of @sealring/core/envelope, and this manager outside of AWS's",
    ),
  )
}

/**
 * A materials manager that demands keys of the encryption context (framework/required-encryption-context-cmm.md): each
 * must be in the context that is sealed with (INVALID_CONTEXT), where its pair is authenticated but not stored in the
 * message, and the same pair must be given again for opening (CONTEXT_NOT_REPRODUCED). Only clients of this package
 * can use it, with a keyring, or around `cachingMaterialsManager` or inside it; client-node, and managers made for
 * it, are refused with KEYRING_INVALID. Throws KEYRING_INVALID.
 */
export function requiredEncryptionContextManager(
  options: RequiredEncryptionContextManagerOptions,
): NodeMaterialsManager {
  const manager: NodeMaterialsManager & DirectManager = {
    getEncryptionMaterials: notThroughAws,
    decryptMaterials: notThroughAws,
    [directManager]: directFace(backingSource(options), checkedKeys(options.requiredKeys)),
  }
  return manager
}
