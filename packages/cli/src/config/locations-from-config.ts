import { resolve } from 'node:path'
import { fileBackend, InputError } from '@sealring/core'
import type { Backend } from '@sealring/core'
import { CliError } from '../cli-error.js'
import { awsClientConfig, checkRegion } from './aws-client-config.js'
import type {
  DynamodbConfig,
  FileConfig,
  LoadedConfig,
  LocationConfig,
  LocationConfigs,
  S3Config,
} from './config.js'

type Makers = {
  [Type in keyof LocationConfigs]: (
    location: LocationConfig<Type>,
    folder: string,
  ) => Backend | Promise<Backend>
}

const makers: Makers = { dynamodb: dynamodbLocation, s3: s3Location, file: fileLocation }

/** The locations of a configuration, in its order. Nothing is contacted. Errors: CONFIG_INVALID. */
export function locationsFromConfig({ config, file, folder }: LoadedConfig): Promise<Backend[]> {
  return Promise.all(
    config.locations.map(async (location, index) => {
      try {
        return await makeLocation(location, folder)
      } catch (cause) {
        if (!(cause instanceof InputError)) throw cause
        throw new CliError('CONFIG_INVALID', `${file}: /locations/${index}: ${cause.message}`, { cause })
      }
    }),
  )
}

function makeLocation<Type extends keyof LocationConfigs>(
  location: LocationConfig<Type>,
  folder: string,
): Backend | Promise<Backend> {
  return makers[location.type](location, folder)
}

async function dynamodbLocation({ id, table, namespace, ...service }: DynamodbConfig): Promise<Backend> {
  const [{ DynamoDBClient }, { dynamodbBackend }] = await Promise.all([
    import('@aws-sdk/client-dynamodb'),
    import('@sealring/backend-dynamodb'),
  ])
  const client = new DynamoDBClient(awsClientConfig(service))
  await checkRegion(`the location "${id}"`, client.config.region)
  return dynamodbBackend({ id, client, table, ...(namespace !== undefined && { namespace }) })
}

async function s3Location(location: S3Config): Promise<Backend> {
  const { id, bucket, prefix, forcePathStyle, conditionalWrites, ...others } = location
  const { encryption, expectedBucketOwner, ...service } = others
  const [{ S3Client }, { s3Backend }] = await Promise.all([
    import('@aws-sdk/client-s3'),
    import('@sealring/backend-s3'),
  ])
  const client = new S3Client({
    ...awsClientConfig(service),
    ...(forcePathStyle !== undefined && { forcePathStyle }),
  })
  await checkRegion(`the location "${id}"`, client.config.region)
  return s3Backend({
    id,
    client,
    bucket,
    ...(prefix !== undefined && { prefix }),
    ...(conditionalWrites !== undefined && {
      conditionalCreate: conditionalWrites,
      conditionalReplace: conditionalWrites,
    }),
    ...(encryption && { encryption }),
    ...(expectedBucketOwner !== undefined && { expectedBucketOwner }),
  })
}

function fileLocation({ id, directory }: FileConfig, folder: string): Backend {
  return fileBackend({ id, directory: resolve(folder, directory) })
}
