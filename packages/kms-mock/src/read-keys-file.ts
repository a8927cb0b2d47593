import { readFile } from 'node:fs/promises'
import { KmsOptionError } from './errors.js'
import { keysFileSchema } from './keys-file-schema.js'
import type { PresetKey } from './state/preset-key.js'

const parse = (json: string, path: string): unknown => {
  try {
    return JSON.parse(json)
  } catch {
    // JSON.parse quotes what it stumbled over, which may be key material: neither its message nor it as a cause is kept.
    throw new KmsOptionError(`${path} is not JSON`)
  }
}

/**
 * Reads the keys that a KMS is to have from the start out of a JSON file, `{ "keys": [ … ] }`, for the option `keys` of
 * `createKms`; checked against a schema. What only the keys together can tell, `createKms` checks.
 * @throws KmsOptionError KMS_OPTION_INVALID: says where, never what stands there
 */
export const readKeysFile = async (path: string): Promise<PresetKey[]> => {
  let json
  try {
    json = await readFile(path, 'utf8')
  } catch (cause) {
    throw new KmsOptionError(`${path} can't be read`, { cause })
  }
  // Loaded on use: who names no file shall not wait for it.
  const { Ajv } = await import('ajv')
  const validate = new Ajv({ allowUnionTypes: true }).compile<{ keys: PresetKey[] }>(keysFileSchema)
  const document = parse(json, path)
  if (validate(document)) return document.keys
  const [first] = validate.errors ?? []
  throw new KmsOptionError(
    `${path}${first?.instancePath ?? ''} ${first?.message ?? 'does not fit the schema'}`,
  )
}
