import { access } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { KeyringNode } from '@aws-crypto/material-management-node'
import { KMSClient } from '@aws-sdk/client-kms'
import { kmsKeyring } from '@sealring/core/kms-keyring'
import { createKms } from '@sealring/kms-mock'
import type { KmsClientConfig } from '@sealring/kms-mock'
import { CliError } from '../cli-error.js'
import type { Session } from '../session.js'
import { systemCode } from '../system-code.js'
import { warning } from '../warnings.js'
import { writeLines } from '../write.js'
import type { LocalKmsConfig } from './config.js'
import { keyArn } from './kms-key.js'

/** A keyring of a key of the embedded KMS; each use says on stderr what that means. Errors: KEY_UNAVAILABLE. */
export async function localKmsKey(
  keyring: LocalKmsConfig,
  folder: string,
  session: Session,
): Promise<KeyringNode> {
  const { key: generatorKeyId } = keyring
  const stateFile = resolve(folder, keyring.stateFile)
  await writeLines(session.stderr, [
    warning(
      `using the local key ${generatorKeyId}: whoever reads ${keyring.stateFile} opens every entry; for trials only`,
    ),
  ])
  const clientConfig = await localClientConfig(stateFile, keyring.stateFile)
  return kmsKeyring({
    client: new KMSClient(clientConfig),
    generatorKeyId: await keyArn(generatorKeyId, clientConfig),
  })
}

async function localClientConfig(stateFile: string, shown: string): Promise<KmsClientConfig> {
  try {
    await access(stateFile) // a missing file would be taken for a KMS without keys
    return createKms({ stateFile }).clientConfig()
  } catch (cause) {
    throw new CliError('KEY_UNAVAILABLE', `The local key can't be used (${systemCode(cause)}).`, {
      cause,
      hint: `restore ${shown}; what was sealed with its key opens with nothing else`,
    })
  }
}
