import { keysFileSchema } from './keys-file-schema.js'
import { readCheckedFile } from './read-checked-file.js'
import type { PresetKey } from './state/preset-key.js'

/**
 * Reads the keys that a KMS is to have from the start out of a JSON file, `{ "keys": [ … ] }`, for the option `keys` of
 * `createKms`; checked against a schema. What only the keys together can tell, `createKms` checks.
 * @throws KmsOptionError KMS_OPTION_INVALID: says where, never what stands there
 */
export const readKeysFile = async (path: string): Promise<PresetKey[]> =>
  (await readCheckedFile<{ keys: PresetKey[] }>(path, keysFileSchema)).keys
