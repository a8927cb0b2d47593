import { readFile } from 'node:fs/promises'
import { KmsOptionError } from './errors.js'

const parse = (json: string, path: string): unknown => {
  try {
    return JSON.parse(json)
  } catch {
    // JSON.parse quotes what it stumbled over, which may be a secret: neither its message nor it as a cause is kept.
    throw new KmsOptionError(`${path} is not JSON`)
  }
}

/**
 * Reads a JSON file that a schema, which describes `T`, checks.
 * @throws KmsOptionError KMS_OPTION_INVALID: says where, never what stands there
 */
export const readCheckedFile = async <T>(path: string, schema: object): Promise<T> => {
  let json
  try {
    json = await readFile(path, 'utf8')
  } catch (cause) {
    throw new KmsOptionError(`${path} can't be read`, { cause })
  }
  // Loaded on use: who names no file shall not wait for it.
  const { Ajv } = await import('ajv')
  const validate = new Ajv({ allowUnionTypes: true }).compile<T>(schema)
  const document = parse(json, path)
  if (validate(document)) return document
  const [first] = validate.errors ?? []
  throw new KmsOptionError(
    `${path}${first?.instancePath ?? ''} ${first?.message ?? 'does not fit the schema'}`,
  )
}
