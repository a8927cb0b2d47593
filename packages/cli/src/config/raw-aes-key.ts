import { readFile, stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { KeyringNode } from '@aws-crypto/material-management-node'
import { rawAesKeyring } from '@sealring/core/keyring'
import { CliError } from '../cli-error.js'
import type { Session } from '../session.js'
import { systemCode } from '../system-code.js'
import { warning } from '../warnings.js'
import { writeLines } from '../write.js'
import type { RawAesConfig } from './config.js'

const howToMake = 'a key is 32 random bytes in base64: openssl rand -base64 32 > FILE && chmod 600 FILE'

/** A keyring of an AES key in a file or an environment variable. Errors: KEY_UNAVAILABLE. */
export async function rawAesKey(
  keyring: RawAesConfig,
  folder: string,
  session: Session,
): Promise<KeyringNode> {
  const { namespace, name, keyFile, keyEnv } = keyring
  const text =
    keyFile === undefined
      ? keyFromEnvironment(keyEnv!, session)
      : await keyFromFile(resolve(folder, keyFile), session)
  const key = decode(text)
  try {
    return rawAesKeyring({ namespace, name, key })
  } finally {
    key.fill(0)
  }
}

function keyFromEnvironment(variable: string, { env }: Session): string {
  const text = env[variable]
  if (text) return text
  throw new CliError(
    'KEY_UNAVAILABLE',
    `The environment variable ${variable}, which should hold the key, is not set.`,
    {
      hint: howToMake,
    },
  )
}

async function keyFromFile(file: string, session: Session): Promise<string> {
  try {
    const text = await readFile(file, 'latin1')
    if (((await stat(file)).mode & 0o077) !== 0 && process.platform !== 'win32')
      await writeLines(session.stderr, [warning(`other users may read the key: chmod 600 ${file}`)])
    return text
  } catch (cause) {
    if (cause instanceof CliError) throw cause
    throw new CliError('KEY_UNAVAILABLE', `The key file ${file} can't be read (${systemCode(cause)}).`, {
      cause,
      hint: howToMake,
    })
  }
}

function decode(text: string): Buffer {
  const base64 = text.trim()
  const key = /^[A-Za-z0-9+/]+={0,2}$/.test(base64) ? Buffer.from(base64, 'base64') : Buffer.alloc(0)
  if ([16, 24, 32].includes(key.byteLength)) return key
  key.fill(0)
  throw new CliError('KEY_UNAVAILABLE', 'The key is not 32 (or 24, 16) bytes in base64.', { hint: howToMake })
}
