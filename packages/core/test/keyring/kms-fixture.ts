import { CreateKeyCommand, KMSClient } from '@aws-sdk/client-kms'
import { createKms, type Kms } from '@sealring/kms-mock'

export const regions = ['eu-west-1', 'us-east-1'] as const
export type Region = (typeof regions)[number]

export interface KmsFixture {
  readonly kms: Kms
  /** A KMSClient for each region; no retries, so that a refusal is one call. */
  readonly clients: Readonly<Record<Region, KMSClient>>
  /** ARN of a key in each region. */
  readonly keys: Readonly<Record<Region, string>>
}

/** A KMS with one key in each of two regions, called in-process. */
export async function kmsFixture(): Promise<KmsFixture> {
  const kms = createKms()
  const client = (region: Region) => new KMSClient({ ...kms.clientConfig({ region }), maxAttempts: 1 })
  const clients = { 'eu-west-1': client('eu-west-1'), 'us-east-1': client('us-east-1') }
  return {
    kms,
    clients,
    keys: {
      'eu-west-1': await createKey(clients['eu-west-1']),
      'us-east-1': await createKey(clients['us-east-1']),
    },
  }
}

/** Returns the ARN. */
export async function createKey(client: KMSClient): Promise<string> {
  const { KeyMetadata } = await client.send(new CreateKeyCommand({}))
  if (KeyMetadata?.Arn === undefined) throw new Error('CreateKey gave no ARN')
  return KeyMetadata.Arn
}
