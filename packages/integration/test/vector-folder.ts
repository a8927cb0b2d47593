import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { readVectors, type Vector } from '#src/vectors/read-vectors.js'
import { runManifests, type ManifestResult, type RunOptions } from '#src/vectors/run-manifest.js'
import { vectorClient } from '#src/vectors/vector-client.js'

const suiteOf = ({ message }: Vector): number => message.readUInt16BE(1)
const withKey = ({ keys }: Vector): boolean => keys.length === 1 && keys[0]!.name === 'aes-256'
const all = readVectors().filter(withKey)
const opening = all.filter(({ plaintext }) => plaintext !== undefined && plaintext.length > 0)

/** Messages of test-vectors/, by what tests need of them. */
export const samples = {
  unsigned: opening.find((vector) => suiteOf(vector) === 0x0478)!,
  signed: opening.find((vector) => suiteOf(vector) === 0x0578)!,
  refused: all.find(({ code }) => code === 'FRAME_UNAUTHENTIC')!,
}

/** The key of all samples, as a scenario names it. */
export const masterKey = {
  type: 'raw',
  key: samples.unsigned.keys[0]!.name,
  'provider-id': samples.unsigned.keys[0]!.namespace,
  'encryption-algorithm': 'aes',
}

/** The keys manifest of that key: version 1 has lines and no key-id. */
export function keysManifest(version: 1 | 2 | 3): object {
  const { name, material } = samples.unsigned.keys[0]!
  const key = { encrypt: true, decrypt: true, algorithm: 'aes', type: 'symmetric', encoding: 'base64' }
  const text = material.toString('base64')
  const of =
    version === 1 ? { material: [text.slice(0, 9), text.slice(9)] } : { material: text, 'key-id': name }
  const kms = { encrypt: true, decrypt: true, type: 'aws-kms', 'key-id': 'arn:aws:kms:us-west-2:1:key/2' }
  return {
    manifest: { type: 'keys', version },
    keys: { [name]: { ...key, bits: material.length * 8, ...of }, 'us-west-2-decryptable': kms },
  }
}

/** Path → content of a folder of vectors: the samples as `ciphertexts/…` and `plaintexts/…`, keys and these tests. */
export function vectorFolder(
  version: number,
  tests: object,
  keysVersion: 1 | 2 | 3 = 3,
): Map<string, Buffer> {
  const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value))
  const files = new Map([
    ['keys.json', json(keysManifest(keysVersion))],
    [
      'manifest.json',
      json({
        manifest: { type: 'awses-decrypt', version },
        client: { name: 'tests', version: '1' },
        keys: 'file://keys.json',
        tests,
      }),
    ],
  ])
  for (const [name, { message, plaintext }] of Object.entries(samples)) {
    files.set(`ciphertexts/${name}`, message)
    if (plaintext) files.set(`plaintexts/${name}`, plaintext)
  }
  return files
}

/** Writes files into a new folder, which `remove` takes away. */
export function writeFolder(files: ReadonlyMap<string, Uint8Array>): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'sealring-manifest-'))
  for (const [name, content] of files) {
    mkdirSync(dirname(join(path, name)), { recursive: true })
    writeFileSync(join(path, name), content)
  }
  return { path, remove: () => rmSync(path, { recursive: true }) }
}

export const opens = { output: { plaintext: 'file://plaintexts/unsigned' } }
export const refused = { error: { 'error-description': 'a frame was changed' } }

/** A test of the unsigned sample; what is given replaces its members. */
export const test = (members: object = {}): object => ({
  ciphertext: 'file://ciphertexts/unsigned',
  'master-keys': [masterKey],
  result: opens,
  ...members,
})

/** Runs what these files hold, in a folder of their own. */
export async function runFiles(
  files: ReadonlyMap<string, Uint8Array>,
  options: Partial<RunOptions> = {},
): Promise<ManifestResult[]> {
  const folder = writeFolder(files)
  try {
    return await runManifests(folder.path, { client: vectorClient(), seed: 1, ...options })
  } finally {
    folder.remove()
  }
}

/** The one result of these tests. */
export async function runTests(
  version: number,
  tests: object,
  options: Partial<RunOptions> = {},
): Promise<ManifestResult> {
  const [result] = await runFiles(vectorFolder(version, tests), options)
  return result!
}

/** Scenario → code, of those that failed. */
export const codesOf = ({ failures }: ManifestResult): Record<string, string> =>
  Object.fromEntries(failures.map(({ id, code }) => [id, code]))
