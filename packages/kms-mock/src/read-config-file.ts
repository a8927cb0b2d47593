import { configFileSchema } from './config-file-schema.js'
import { KmsOptionError } from './errors.js'
import type { KmsOptions } from './kms-options.js'
import { readCheckedFile } from './read-checked-file.js'

/** What a configuration file may say. */
export type KmsConfig = Pick<
  KmsOptions,
  | 'accountId'
  | 'region'
  | 'seed'
  | 'seedOutputs'
  | 'transitionMs'
  | 'lockTimeoutMs'
  | 'cloudHsmClusters'
  | 'xksProxies'
> & { clock?: { start?: Date; frozen?: boolean } }

interface Document extends Omit<KmsConfig, 'clock'> {
  $schema?: string
  clock?: { start?: string; frozen?: boolean }
}

const clockOf = ({ start, ...clock }: NonNullable<Document['clock']>, path: string): KmsConfig['clock'] => {
  if (start === undefined) return clock
  const date = new Date(start)
  if (Number.isNaN(date.getTime())) throw new KmsOptionError(`${path}/clock/start is no date`)
  return { ...clock, start: date }
}

/**
 * Reads options of `createKms` out of a JSON file, checked against a schema; `clock` is `{ "start": "2026-01-01T00:00:00Z",
 * "frozen": true }`, each may be left out.
 * @throws KmsOptionError KMS_OPTION_INVALID: says where, never what stands there
 */
export const readConfigFile = async (path: string): Promise<KmsConfig> => {
  const { $schema: _schema, clock, ...options } = await readCheckedFile<Document>(path, configFileSchema)
  return { ...options, ...(clock !== undefined && { clock: clockOf(clock, path) ?? {} }) }
}
