import type { KeyringNode } from '@aws-crypto/material-management-node'
import { KMS } from '@aws-sdk/client-kms'
import { kmsKeyring } from '@sealring/core/kms-keyring'
import { awsClientConfig } from './aws-client-config.js'
import type { KmsConfig } from './config.js'

/** A keyring of keys in AWS KMS. Nothing is contacted yet. */
export function kmsKey({ generatorKeyId, keyIds, ...service }: KmsConfig): KeyringNode {
  return kmsKeyring({
    client: new KMS(awsClientConfig(service)),
    generatorKeyId,
    ...(keyIds && { keyIds }),
  })
}
