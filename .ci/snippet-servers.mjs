// What the snippets need of AWS: a KMS key, a table and a bucket named `secrets`, where the SDK finds them.
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { CreateAliasCommand, CreateKeyCommand, KMSClient } from '@aws-sdk/client-kms'
import { createTable } from '@sealring/backend-dynamodb'
import { startDynamodb, startKms, startS3 } from '@sealring/test-servers'
import { snippetBao } from './snippet-bao.mjs'

/** Starts the servers: `env` for the snippets' processes, folders for their `path`, `stop()`. */
export async function snippetServers() {
  const kms = await startKms()
  const dynamodb = await startDynamodb()
  const s3 = await startS3()
  const kmsClient = new KMSClient(kms.clientOptions)
  const { KeyMetadata } = await kmsClient.send(new CreateKeyCommand({}))
  await kmsClient.send(new CreateAliasCommand({ AliasName: 'alias/secrets', TargetKeyId: KeyMetadata.KeyId }))
  await createTable(new DynamoDBClient(dynamodb.clientOptions), { table: 'secrets' })
  await new S3Client(s3.clientOptions).send(new CreateBucketCommand({ Bucket: 'secrets' }))
  const bao = await snippetBao()
  return {
    path: bao.path,
    env: {
      ...bao.env,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: s3.credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: s3.credentials.secretAccessKey,
      AWS_ENDPOINT_URL_KMS: kms.endpoint,
      AWS_ENDPOINT_URL_DYNAMODB: dynamodb.endpoint,
      AWS_ENDPOINT_URL_S3: s3.endpoint,
      // What s3rver needs; harmless elsewhere.
      AWS_REQUEST_CHECKSUM_CALCULATION: 'WHEN_REQUIRED',
      AWS_RESPONSE_CHECKSUM_VALIDATION: 'WHEN_REQUIRED',
      SECRETS_KEY_ARN: KeyMetadata.Arn,
    },
    stop: () => Promise.all([kms.stop(), dynamodb.stop(), s3.stop(), bao.stop()]),
  }
}
