import { KmsError } from '../errors.js'
import type { Tag } from '../state/key.js'
import { quotas } from './quotas.js'

const reserved = (tagKey: string): boolean => tagKey.toLowerCase().startsWith('aws:')

/**
 * Refuses tag keys that belong to AWS (developer guide, "Tagging keys").
 * @throws KmsError TagException
 */
export const checkTagKeys = (tagKeys: readonly string[]): void => {
  if (tagKeys.some(reserved)) throw new KmsError('TagException', 'Tags beginning with aws: are reserved')
}

/**
 * Checks the tags of one request.
 * @throws KmsError TagException
 */
export const checkTags = (tags: readonly Tag[]): void => {
  const keys = tags.map(({ TagKey }) => TagKey)
  if (new Set(keys).size !== keys.length) throw new KmsError('TagException', 'Duplicate tag keys')
  checkTagKeys(keys)
  if (tags.length > quotas.tagsPerKey) throw new KmsError('TagException', 'Too many tags')
}
