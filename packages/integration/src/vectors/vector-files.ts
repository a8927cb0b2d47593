import { fileURLToPath } from 'node:url'
import { encodeMessage } from './encode-message.js'
import { vectorCases, vectorKeys, vectorNamespace } from './cases.js'

/** Where the vectors are kept, with a final slash. */
export const vectorsFolder = fileURLToPath(new URL('../../../../test-vectors/', import.meta.url))

const json = (value: unknown): Buffer => Buffer.from(`${JSON.stringify(value, null, 2)}\n`)

/**
 * Everything that the generator writes: path below `test-vectors/` → content. The manifests have the form of
 * AWS's own (aws-crypto-tools-test-vector-framework, features 0002 and 0004), so that an official SDK's vector
 * runner takes them; our error codes stand in a file of their own.
 */
export function vectorFiles(): Map<string, Buffer> {
  const files = new Map<string, Buffer>()
  const tests: Record<string, unknown> = {}
  const codes: Record<string, string> = {}
  for (const { id, description, plan, keys, error, mangle } of vectorCases) {
    const message = encodeMessage(plan)
    files.set(`ciphertexts/${id}`, mangle ? mangle(message) : message)
    if (!error) files.set(`plaintexts/${id}`, plan.plaintext)
    else codes[id] = error.code
    tests[id] = {
      description,
      ciphertext: `file://ciphertexts/${id}`,
      'master-keys': keys.map((key) => ({
        type: 'raw',
        key,
        'provider-id': vectorNamespace,
        'encryption-algorithm': 'aes',
      })),
      result: error
        ? { error: { 'error-description': error.description } }
        : { output: { plaintext: `file://plaintexts/${id}` } },
    }
  }
  files.set(
    'keys.json',
    json({
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
    }),
  )
  files.set(
    'manifest.json',
    json({
      manifest: { type: 'awses-decrypt', version: 3 },
      client: { name: 'sealring', version: '1' },
      keys: 'file://keys.json',
      tests,
    }),
  )
  files.set('error-codes.json', json(codes))
  return files
}
