import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { messageCases, messageSuites, type MessageCase } from './message-cases.js'
import type { Manifest, ManifestTest, MasterKey } from './manifest.js'

/** Where the programs in other languages and their keys are, with a final slash. */
export const interopFolder = fileURLToPath(new URL('../../interop/', import.meta.url))

const namespace = 'sealring-vectors'

/** A message to write, with nothing left open. */
export interface PlannedMessage extends MessageCase {
  readonly id: string
  /** Algorithm suite: four hexadecimal digits. */
  readonly suite: string
  /** File of the plaintext, relative to the folder. */
  readonly plaintext: string
}

export interface MessagePlan {
  readonly namespace: string
  readonly messages: readonly PlannedMessage[]
}

/** Prepares a folder for messages: plan.json, keys.json, plaintexts. They go to `ciphertexts/<id>`. */
export function prepareFolder(folder: string, language: string): MessagePlan {
  for (const name of ['ciphertexts', 'plaintexts']) mkdirSync(join(folder, name), { recursive: true })
  copyFileSync(`${interopFolder}keys.json`, join(folder, 'keys.json'))
  const cases = messageCases(language)
  for (const { size } of cases) {
    const bytes = Buffer.from(Array.from({ length: size }, (_, index) => index % 251))
    writeFileSync(join(folder, plaintextFile(size)), bytes)
  }
  const messages = messageSuites.flatMap((suite) =>
    cases.map((message): PlannedMessage => ({
      ...message,
      id: `${suite}-${message.name}`,
      suite,
      plaintext: plaintextFile(message.size),
    })),
  )
  const plan = { namespace, messages }
  writeFileSync(join(folder, 'plan.json'), JSON.stringify(plan, null, 2))
  return plan
}

const plaintextFile = (size: number): string => `plaintexts/${size}`

/** Puts a manifest in the place of the plan, once the messages are written. Returns its path. */
export function finishFolder(folder: string, plan: MessagePlan, client: Manifest['client']): string {
  const manifest: Manifest = {
    manifest: { type: 'awses-decrypt', version: 4 },
    client,
    keys: 'file://keys.json',
    tests: Object.fromEntries(plan.messages.map((message) => [message.id, manifestTest(message)])),
  }
  rmSync(join(folder, 'plan.json'))
  const path = join(folder, 'manifest.json')
  writeFileSync(path, `${JSON.stringify(manifest, null, 2)}\n`)
  return path
}

const manifestTest = (message: PlannedMessage): ManifestTest => ({
  description: message.description,
  ciphertext: `file://ciphertexts/${message.id}`,
  'master-keys': (message.read ?? message.keys).map(masterKey),
  cmm: message.required.length > 0 ? 'RequiredEncryptionContext' : 'Default',
  'encryption-context': message.context,
  result: { output: { plaintext: `file://${message.plaintext}` } },
})

const masterKey = (key: string): MasterKey => ({
  type: 'raw',
  key,
  'provider-id': namespace,
  ...(key.startsWith('rsa')
    ? { 'encryption-algorithm': 'rsa', 'padding-algorithm': 'oaep-mgf1', 'padding-hash': 'sha256' }
    : { 'encryption-algorithm': 'aes' }),
})
