import { CliError } from '../cli-error.js'
import type { InitOptions } from '../commands/init.js'
import type { Config, KeyringConfig, LocationConfig } from './config.js'

/** The configuration that the options of `init` describe; not yet checked. Errors: USAGE. */
export function configFromOptions(options: InitOptions): Config {
  const { store, arbiter, suite, region, location: places = [] } = options
  const missing = [
    ...(store === undefined ? ['--store'] : []),
    ...(places.length === 0 ? ['--location'] : []),
    ...(keyOptions(options).length === 0 ? ['--kms-key (or --aes-key-file, --aes-key-env)'] : []),
  ]
  if (store === undefined || missing.length > 0)
    throw new CliError('USAGE', `init needs ${missing.join(', ')}.`, {
      hint: '`sealring init --local` sets up something to try; `sealring init --help` has examples for KMS, DynamoDB and S3',
    })
  if (keyOptions(options).length > 1)
    throw new CliError('USAGE', 'init takes one of --kms-key, --aes-key-file and --aes-key-env.')
  const locations: LocationConfig[] = []
  for (const place of places) locations.push(locationFrom(place, region, locations))
  return {
    store,
    keyring: keyringFrom(options, store),
    locations,
    ...(arbiter !== undefined && { arbiter }),
    ...(suite && { suite }),
  }
}

function keyOptions({ kmsKey, aesKeyFile, aesKeyEnv }: InitOptions): unknown[] {
  return [kmsKey, aesKeyFile, aesKeyEnv].filter((option) => option !== undefined)
}

function keyringFrom({ kmsKey, aesKeyFile, aesKeyEnv, region }: InitOptions, store: string): KeyringConfig {
  const [generatorKeyId, ...keyIds] = kmsKey ?? []
  if (generatorKeyId !== undefined)
    return {
      type: 'kms',
      generatorKeyId,
      ...(keyIds.length > 0 && { keyIds }),
      ...(region !== undefined && { region }),
    }
  return {
    type: 'raw-aes',
    namespace: 'sealring',
    name: store,
    ...(aesKeyFile !== undefined && { keyFile: aesKeyFile }),
    ...(aesKeyEnv !== undefined && { keyEnv: aesKeyEnv }),
  }
}

interface Place {
  id: string
  where: string
  region?: string
}

const places: Readonly<Record<string, (place: Place) => LocationConfig>> = {
  dynamodb: ({ id, where, region }) => ({ type: 'dynamodb', id, table: where, ...(region && { region }) }),
  s3: ({ id, where, region }) => {
    const [bucket, ...prefix] = where.split('/')
    return {
      type: 's3',
      id,
      bucket: bucket!,
      ...(prefix.length > 0 && { prefix: prefix.join('/') }),
      ...(region && { region }),
    }
  },
  file: ({ id, where }) => ({ type: 'file', id, directory: where }),
}

/** `[ID=]TYPE:WHERE[@REGION]`. */
function locationFrom(
  place: string,
  defaultRegion: string | undefined,
  before: readonly LocationConfig[],
): LocationConfig {
  const parts = /^(?:([a-z0-9][a-z0-9._-]*)=)?([a-z0-9]+):(.+?)$/.exec(place)
  const make = parts && Object.hasOwn(places, parts[2]!) ? places[parts[2]!] : undefined
  if (!parts || !make)
    throw new CliError(
      'USAGE',
      '--location takes dynamodb:TABLE, s3:BUCKET or s3:BUCKET/PREFIX, or file:FOLDER.',
      { hint: 'for example --location dynamodb:secrets@eu-central-1 --location near=file:/srv/sealring' },
    )
  const [, id, type, whole] = parts
  const regional = type === 'file' ? undefined : /^(.+)@([a-z]{2}(?:-[a-z]+)+-\d+)$/.exec(whole!)
  const region = regional?.[2] ?? defaultRegion
  return make({
    id: id ?? freeId(type!, before),
    where: regional?.[1] ?? whole!,
    ...(region !== undefined && { region }),
  })
}

function freeId(type: string, before: readonly LocationConfig[]): string {
  const taken = new Set(before.map(({ id }) => id))
  for (let n = 1; ; n += 1) {
    const id = n === 1 ? type : `${type}-${n}`
    if (!taken.has(id)) return id
  }
}
