import { fileURLToPath } from 'node:url'
import { encodeMessage } from './encode-message.js'
import { vectorKeys, vectorNamespace, vectorPlaintexts } from './case-plan.js'
import { vectorCases, type VectorCase } from './cases.js'

/** Where the vectors are kept, with a final slash. */
export const vectorsFolder = fileURLToPath(new URL('../../../../test-vectors/', import.meta.url))

/** The manifests: only version 4 knows the pairs that a reader reproduces. */
export const manifestFiles = {
  'manifest.json': { version: 3, holds: ({ reproduced }: VectorCase) => !reproduced },
  'manifest-required-context.json': { version: 4, holds: ({ reproduced }: VectorCase) => !!reproduced },
} as const

const json = (value: unknown): Buffer => Buffer.from(`${JSON.stringify(value, null, 2)}\n`)

/** framework/test-vectors and the manifests of AWS's own vectors. */
const testOf = ({ id, description, plaintext, keys, reproduced, error }: VectorCase): object => ({
  description,
  ciphertext: `file://ciphertexts/${id}`,
  'master-keys': keys.map((key) => ({
    type: 'raw',
    key,
    'provider-id': vectorNamespace,
    'encryption-algorithm': 'aes',
  })),
  ...(reproduced && { cmm: 'RequiredEncryptionContext', 'encryption-context': reproduced }),
  result: error
    ? { error: { 'error-description': error.description } }
    : { output: { plaintext: `file://plaintexts/${plaintext}` } },
})

const keysManifest = (): object => ({
  manifest: { type: 'keys', version: 3 },
  keys: Object.fromEntries(
    Object.entries(vectorKeys).map(([name, material]) => [
      name,
      {
        'key-id': name,
        encrypt: true,
        decrypt: true,
        algorithm: 'aes',
        type: 'symmetric',
        bits: material.length * 8,
        encoding: 'base64',
        material: material.toString('base64'),
      },
    ]),
  ),
})

/**
 * Everything that the generator writes: path below `test-vectors/` → content. The manifests have the form of
 * AWS's own (aws-crypto-tools-test-vector-framework, features 0002 and 0004), so that an official SDK's vector
 * runner takes them; our error codes stand in a file of their own.
 */
export function vectorFiles(): Map<string, Buffer> {
  const files = new Map<string, Buffer>()
  for (const { id, plan, plaintext, error, mangle } of vectorCases) {
    const message = encodeMessage(plan)
    files.set(`ciphertexts/${id}`, mangle ? mangle(message) : message)
    if (!error) files.set(`plaintexts/${plaintext}`, vectorPlaintexts[plaintext])
  }
  for (const [file, { version, holds }] of Object.entries(manifestFiles))
    files.set(
      file,
      json({
        manifest: { type: 'awses-decrypt', version },
        client: { name: 'sealring', version: '1' },
        keys: 'file://keys.json',
        tests: Object.fromEntries(vectorCases.filter(holds).map((each) => [each.id, testOf(each)])),
      }),
    )
  files.set('keys.json', json(keysManifest()))
  const refused = vectorCases.flatMap(({ id, error }) => (error ? [[id, error.code]] : []))
  files.set('error-codes.json', json(Object.fromEntries(refused)))
  return files
}
