import { resolve } from 'node:path'
import { fileBackend } from '@sealring/core'
import type { Backend } from '@sealring/core'
import { awsClientConfig } from './aws-client-config.js'
import type { DynamodbConfig, FileConfig, LoadedConfig, LocationConfig, S3Config } from './config.js'

type Makers = {
  [Type in LocationConfig['type']]: (
    location: Extract<LocationConfig, { type: Type }>,
    folder: string,
  ) => Backend | Promise<Backend>
}

const makers: Makers = { dynamodb: dynamodbLocation, s3: s3Location, file: fileLocation }

/** The locations of a configuration, in its order. Clients are loaded, nothing is contacted. */
export function locationsFromConfig({ config, folder }: LoadedConfig): Promise<Backend[]> {
  return Promise.all(
    config.locations.map((location) => {
      const make = makers[location.type] as (of: LocationConfig, folder: string) => Backend | Promise<Backend>
      return make(location, folder)
    }),
  )
}

async function dynamodbLocation({ id, table, namespace, ...service }: DynamodbConfig): Promise<Backend> {
  const [{ DynamoDBClient }, { dynamodbBackend }] = await Promise.all([
    import('@aws-sdk/client-dynamodb'),
    import('@sealring/backend-dynamodb'),
  ])
  const client = new DynamoDBClient(awsClientConfig(service))
  return dynamodbBackend({ id, client, table, ...(namespace !== undefined && { namespace }) })
}

async function s3Location({ id, bucket, prefix, forcePathStyle, ...service }: S3Config): Promise<Backend> {
  const [{ S3Client }, { s3Backend }] = await Promise.all([
    import('@aws-sdk/client-s3'),
    import('@sealring/backend-s3'),
  ])
  const client = new S3Client({
    ...awsClientConfig(service),
    ...(forcePathStyle !== undefined && { forcePathStyle }),
  })
  return s3Backend({ id, client, bucket, ...(prefix !== undefined && { prefix }) })
}

function fileLocation({ id, directory }: FileConfig, folder: string): Backend {
  return fileBackend({ id, directory: resolve(folder, directory) })
}
