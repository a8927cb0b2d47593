import { access } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { KeyringNode } from '@aws-crypto/material-management-node'
import { KMS } from '@aws-sdk/client-kms'
import { kmsKeyring } from '@sealring/core/kms-keyring'
import { createKms } from '@sealring/kms-mock'
import { CliError } from '../cli-error.js'
import type { Session } from '../session.js'
import { systemCode } from '../system-code.js'
import { warning } from '../warnings.js'
import { writeLines } from '../write.js'
import type { LocalKmsConfig } from './config.js'

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
  try {
    await access(stateFile)
    const client = new KMS(createKms({ stateFile }).clientConfig())
    return kmsKeyring({ client, generatorKeyId })
  } catch (cause) {
    throw new CliError('KEY_UNAVAILABLE', `The local key can't be used (${systemCode(cause)}).`, {
      cause,
      hint: `restore ${keyring.stateFile}; entries sealed with its key open with nothing else`,
    })
  }
}
