import type { KeyringNode } from '@aws-crypto/material-management-node'
import { DescribeKeyCommand, KMSClient } from '@aws-sdk/client-kms'
import type { KMSClientConfig } from '@aws-sdk/client-kms'
import { kmsKeyring } from '@sealring/core/kms-keyring'
import { CliError } from '../cli-error.js'
import { systemCode } from '../system-code.js'
import { awsClientConfig } from './aws-client-config.js'
import type { KmsConfig } from './config.js'

/** A keyring of keys in AWS KMS. Errors: KEY_UNAVAILABLE when the ARN of an alias or key id can't be had. */
export async function kmsKey({ generatorKeyId, keyIds = [], ...service }: KmsConfig): Promise<KeyringNode> {
  const clientConfig = awsClientConfig(service)
  const [generator, ...others] = await Promise.all(
    [generatorKeyId, ...keyIds].map((id) => keyArn(id, clientConfig)),
  )
  return kmsKeyring({ clientConfig, generatorKeyId: generator!, keyIds: others })
}

const arn = /^arn:[^:]+:kms:([a-z0-9-]+):\d+:(key|alias)\//

/**
 * Messages name the key's ARN, and a keyring opens only what names one of its keys, so an alias must be looked up.
 */
export async function keyArn(id: string, clientConfig: KMSClientConfig): Promise<string> {
  const [, region, kind] = arn.exec(id) ?? []
  if (kind === 'key') return id
  const client = new KMSClient(region === undefined ? clientConfig : { ...clientConfig, region })
  try {
    const { KeyMetadata } = await client.send(new DescribeKeyCommand({ KeyId: id }))
    return KeyMetadata!.Arn!
  } catch (cause) {
    throw new CliError('KEY_UNAVAILABLE', `KMS does not describe the key ${id} (${systemCode(cause)}).`, {
      cause,
    })
  } finally {
    client.destroy()
  }
}
