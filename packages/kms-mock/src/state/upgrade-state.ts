import { isFields } from '../is-fields.js'
import type { Fields } from '../is-fields.js'
import { keyMaterial } from './key.js'

// What is not as version 1 wrote it stays as it is, for the decoder to refuse.
const upgradeMaterial = (value: unknown): unknown =>
  typeof value === 'string' ? { id: keyMaterial(Buffer.from(value, 'base64')).id, bytes: value } : value

const upgradeKey = (value: unknown): unknown =>
  isFields(value)
    ? {
        keySpec: 'SYMMETRIC_DEFAULT',
        keyUsage: 'ENCRYPT_DECRYPT',
        origin: 'AWS_KMS',
        ...value,
        materials: Array.isArray(value['materials'])
          ? value['materials'].map(upgradeMaterial)
          : value['materials'],
      }
    : value

/** Brings a document of version 1, whose keys were all symmetric and had all their material, to version 2. */
export const upgradeState = (document: Fields): Fields =>
  document['version'] === 1 && Array.isArray(document['keys'])
    ? { ...document, version: 2, keys: document['keys'].map(upgradeKey) }
    : document
