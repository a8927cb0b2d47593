import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildClient } from '@sealring/core/envelope'
import type { KmsClientOptions } from '@sealring/core/kms-keyring'
import { describedKeyring, type KeyringDescription } from './described-keyring.js'
import { keyringCases } from './keyring-cases.js'
import { keyringKeysFile, readKeyringKeys } from './keyring-keys.js'
import type { Manifest } from './manifest.js'

/** A message to write, as the programs read it in plan.json. */
export interface PlannedKeyringMessage {
  readonly id: string
  readonly description: string
  readonly suite: string
  readonly plaintext: string
  readonly frame: number
  readonly context: Readonly<Record<string, string>>
  readonly seal: KeyringDescription
  readonly open: KeyringDescription
}

/** An `awses-decrypt` manifest whose keys are keyrings of {@link KeyringDescription}. */
export interface KeyringManifest extends Pick<Manifest, 'manifest' | 'client' | 'keys'> {
  readonly tests: Readonly<Record<string, KeyringManifestTest>>
}

export interface KeyringManifestTest {
  readonly description: string
  readonly ciphertext: string
  readonly 'master-keys': readonly [KeyringDescription]
  readonly cmm: 'Default'
  readonly 'encryption-context': Readonly<Record<string, string>>
  readonly result: { readonly output: { readonly plaintext: string } }
}

/** Keys whose order in UTF-8 differs from their order in UTF-16. */
const context = { purpose: 'interop', '\u{1F511}': 'key', '\uFF5E': 'tilde' }
const plaintext = 'plaintexts/40'

export const keyringPlan: readonly PlannedKeyringMessage[] = keyringCases.flatMap(
  ({ name, description, seal, open, suites }) =>
    suites.map((suite) => ({
      id: `${suite}-${name}`,
      description,
      suite,
      plaintext,
      frame: 128,
      context,
      seal,
      open,
    })),
)

/** Prepares a folder for messages: plan.json, keys.json, the plaintext. They go to `ciphertexts/<id>`. */
export function prepareKeyringFolder(folder: string): void {
  for (const name of ['ciphertexts', 'plaintexts']) mkdirSync(join(folder, name), { recursive: true })
  copyFileSync(keyringKeysFile, join(folder, 'keys.json'))
  writeFileSync(join(folder, plaintext), Buffer.from(Array.from({ length: 40 }, (_, index) => index)))
  const plan = { namespace: '', messages: keyringPlan }
  writeFileSync(join(folder, 'plan.json'), JSON.stringify(plan, null, 2))
}

/** Puts a manifest in the place of the plan, once the messages are written. Returns its path. */
export function finishKeyringFolder(folder: string, client: Manifest['client']): string {
  const manifest: KeyringManifest = {
    manifest: { type: 'awses-decrypt', version: 4 },
    client,
    keys: 'file://keys.json',
    tests: Object.fromEntries(
      keyringPlan.map(({ id, description, open }) => [
        id,
        {
          description,
          ciphertext: `file://ciphertexts/${id}`,
          'master-keys': [open],
          cmm: 'Default',
          'encryption-context': context,
          result: { output: { plaintext: `file://${plaintext}` } },
        },
      ]),
    ),
  }
  rmSync(join(folder, 'plan.json'), { force: true })
  const path = join(folder, 'manifest.json')
  writeFileSync(path, `${JSON.stringify(manifest, null, 2)}\n`)
  return path
}

const clientFor = (suite: string) =>
  buildClient(/^0[45]/.test(suite) ? 'REQUIRE_ENCRYPT_ALLOW_DECRYPT' : 'FORBID_ENCRYPT_ALLOW_DECRYPT')

/** Seals all of them with our keyrings. */
export async function sealKeyringMessages(folder: string, options: KmsClientOptions): Promise<string> {
  prepareKeyringFolder(folder)
  const keys = readKeyringKeys()
  for (const message of keyringPlan) {
    const { result } = await clientFor(message.suite).encrypt(
      describedKeyring(message.seal, keys, options),
      readFileSync(join(folder, message.plaintext)),
      {
        suiteId: Number.parseInt(message.suite, 16),
        encryptionContext: message.context,
        frameLength: message.frame,
      },
    )
    writeFileSync(join(folder, 'ciphertexts', message.id), result)
  }
  return finishKeyringFolder(folder, { name: 'sealring', version: '1' })
}

/** Opens all messages of a manifest with our keyrings. Returns the faults, one line each, and how many opened. */
export async function openKeyringMessages(folder: string, options: KmsClientOptions) {
  const { tests, keys }: KeyringManifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'))
  const file = (uri: string): string => join(folder, uri.slice('file://'.length))
  const entries = readKeyringKeys(file(keys))
  const faults: string[] = []
  let opened = 0
  for (const [id, test] of Object.entries(tests)) {
    try {
      const keyring = describedKeyring(test['master-keys'][0], entries, options)
      const found = await clientFor('0178').decrypt(keyring, readFileSync(file(test.ciphertext)))
      const expected = readFileSync(file(test.result.output.plaintext))
      if (found.plaintext.equals(expected)) opened += 1
      else faults.push(`${id}: another plaintext`)
    } catch (error) {
      faults.push(`${id}: ${String(error)}`)
    }
  }
  return { opened, faults }
}
