import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildClient } from '@sealring/core/envelope'
import { requiredEncryptionContextManager } from '@sealring/core/keyring'
import { finishFolder, prepareFolder } from './message-plan.js'
import { rawKeyring, type KeyEntry } from './raw-keyring.js'

const committing = /^0[45]/

/** Seals all the messages with our engine, in a folder of the form that `open` takes. Returns its manifest's path. */
export async function sealMessages(folder: string): Promise<string> {
  const plan = prepareFolder(folder, 'sealring')
  const read = (path: string): Buffer => readFileSync(join(folder, path))
  const { keys }: { keys: Record<string, KeyEntry> } = JSON.parse(read('keys.json').toString())
  for (const message of plan.messages) {
    const { encrypt } = buildClient(
      committing.test(message.suite) ? 'REQUIRE_ENCRYPT_ALLOW_DECRYPT' : 'FORBID_ENCRYPT_ALLOW_DECRYPT',
    )
    const keyring = rawKeyring(
      message.keys.map((key) => keys[key]!),
      plan.namespace,
    )
    const source =
      message.required.length > 0
        ? requiredEncryptionContextManager({ keyring, requiredKeys: message.required })
        : keyring
    const { result } = await encrypt(source, read(message.plaintext), {
      suiteId: Number.parseInt(message.suite, 16),
      encryptionContext: message.context,
      ...(message.frame > 0 ? { frameLength: message.frame } : { unframed: true }),
    })
    writeFileSync(join(folder, 'ciphertexts', message.id), result)
  }
  return finishFolder(folder, plan, { name: 'sealring', version: '1' })
}
