import { dayInMilliseconds } from '../clock.js'
import { CryptographyError } from '../cryptography/cryptography-error.js'
import { unwrapImported } from '../cryptography/import-wrapping.js'
import { checkMaterial } from '../cryptography/material.js'
import { KmsError, validationError } from '../errors.js'
import type { Input } from '../model/input.js'
import { keyArn } from '../state/arn.js'
import { noteDue } from '../state/due.js'
import { addMaterial, noteCompleteness } from '../state/imported-material.js'
import { importedMaterial } from '../state/key.js'
import type { KeyMaterial, KmsKey } from '../state/key.js'
import { requireKeyState } from '../state/key-state.js'
import { managedKeyId } from '../state/resolve-key.js'
import { isReplica } from '../state/state.js'
import { openImportToken } from './import-token.js'
import { defineOperation } from './operation.js'
import type { OperationContext } from './operation.js'
import { requireExternal } from './require-external.js'

type Request = Input<'ImportKeyMaterial'>

const longestValidityMs = 365 * dayInMilliseconds

const incorrect = (message: string): KmsError => new KmsError('IncorrectKeyMaterialException', message)

/** When the material is to expire, in milliseconds since the epoch. */
const validToOf = ({ ExpirationModel, ValidTo }: Request, now: number): number | undefined => {
  if (ExpirationModel === 'KEY_MATERIAL_DOES_NOT_EXPIRE') {
    if (ValidTo === undefined) return undefined
    throw validationError('ValidTo must not be set if the ExpirationModel is KEY_MATERIAL_DOES_NOT_EXPIRE.')
  }
  if (ValidTo === undefined) {
    throw validationError('A validTo date must be set if the ExpirationModel is KEY_MATERIAL_EXPIRES.')
  }
  const validTo = ValidTo.getTime()
  if (validTo <= now || validTo > now + longestValidityMs) {
    throw validationError('ValidTo must be a date in the future, and at most 365 days from now.')
  }
  return validTo
}

/** The key, and what the request says of its material; all that can be known without that material. */
const subjectOf = (
  request: Request,
  context: OperationContext,
): { key: KmsKey; isNew: boolean; validTo: number | undefined } => {
  const validTo = validToOf(request, context.now)
  const key = context.key(request.KeyId, managedKeyId)
  requireExternal(key)
  requireKeyState(key, 'import')
  const { ImportType, KeyMaterialId, KeyMaterialDescription } = request
  if (
    key.keySpec !== 'SYMMETRIC_DEFAULT' &&
    (ImportType ?? KeyMaterialId ?? KeyMaterialDescription) !== undefined
  ) {
    throw new KmsError(
      'UnsupportedOperationException',
      'ImportType, KeyMaterialId and KeyMaterialDescription are only usable with symmetric encryption keys.',
    )
  }
  const type = ImportType ?? (key.materials.length === 0 ? 'NEW_KEY_MATERIAL' : 'EXISTING_KEY_MATERIAL')
  if (type === 'NEW_KEY_MATERIAL' && KeyMaterialId !== undefined) {
    throw validationError('KeyMaterialId cannot be set if the ImportType is NEW_KEY_MATERIAL.')
  }
  if (type === 'NEW_KEY_MATERIAL' && isReplica(key)) {
    throw new KmsError(
      'UnsupportedOperationException',
      `New key material is imported into the primary key of ${keyArn(key)} first.`,
    )
  }
  return { key, isNew: type === 'NEW_KEY_MATERIAL', validTo }
}

/** Unwraps what was sent, and checks that it is a key. */
const prepare = async (request: Request, context: OperationContext): Promise<Buffer> => {
  const { key } = subjectOf(request, context)
  const token = openImportToken(request.ImportToken, context.state.importSecret)
  if (token?.keyArn !== keyArn(key)) {
    throw new KmsError('InvalidImportTokenException', 'The import token is not one of this key.')
  }
  let unwrapped: Buffer | undefined
  let material: Buffer | undefined
  try {
    if (token.validTo <= context.now) {
      throw new KmsError('ExpiredImportTokenException', 'The import token has expired.')
    }
    const wrapped = Buffer.from(request.EncryptedKeyMaterial)
    unwrapped = await unwrapImported(token.wrappingKeySpec, token.wrappingKey, token.algorithm, wrapped)
    material = await checkMaterial(key.keySpec, unwrapped)
    if (material === undefined) throw incorrect(`The key material is no key of key spec ${key.keySpec}.`)
    return material
  } catch (cause) {
    if (!(cause instanceof CryptographyError)) throw cause
    throw new KmsError('InvalidCiphertextException', 'The key material cannot be unwrapped.', { cause })
  } finally {
    token.wrappingKey.fill(0)
    // checkMaterial may hand back the very bytes.
    if (unwrapped !== material) unwrapped?.fill(0)
  }
}

/** The entry that the key already has for this material. */
const existingOf = (key: KmsKey, { id }: KeyMaterial, wanted: string | undefined): KeyMaterial => {
  const existing = key.materials.find((material) => material.id === id)
  if (existing === undefined) throw incorrect('The key material was never imported into this key.')
  if (wanted !== undefined && wanted !== id) throw incorrect('The key material is not that of KeyMaterialId.')
  return existing
}

const checkNew = (key: KmsKey, { id }: KeyMaterial): void => {
  if (key.materials.some((material) => material.id === id)) {
    throw incorrect('The key material is already associated with this key.')
  }
  const pending = key.materials.find((material) => material.pending === true)
  if (pending === undefined) return
  throw new KmsError(
    'KMSInvalidStateException',
    `New key material (id: ${id}) cannot be imported into KMS key ${keyArn(key)}, because another key material (id: ${pending.id}) is pending rotation.`,
  )
}

/** API Reference, ImportKeyMaterial. */
export const importKeyMaterial = defineOperation({
  name: 'ImportKeyMaterial',
  changesState: true,
  prepare,
  run: (request, context, bytes) => {
    const { key, isNew, validTo } = subjectOf(request, context)
    const { KeyMaterialDescription: description, KeyMaterialId } = request
    const material = importedMaterial(bytes, key.keyId)
    const about = {
      ...(validTo !== undefined && { validTo }),
      ...(description !== undefined && { description }),
    }
    if (isNew) {
      checkNew(key, material)
      addMaterial(context.state, key, { ...material, ...about })
    } else {
      const existing = existingOf(key, material, KeyMaterialId)
      if (existing.bytes === undefined) existing.bytes = bytes
      else bytes.fill(0)
      delete existing.validTo
      Object.assign(existing, about)
      noteCompleteness(key)
    }
    noteDue(context.state, [key])
    return {
      KeyId: keyArn(key),
      ...(key.keySpec === 'SYMMETRIC_DEFAULT' && { KeyMaterialId: material.id }),
    }
  },
})
