import { jsonNumber, jsonObject, jsonText, type JsonObject } from './json-shape.js'

/** Length of the AES key, which the oldest manifests leave to the message's suite (framework/algorithm-suites.md). */
const keyBits = new Map<unknown, number>([
  ...['0014', '0114', '0214'].map((suite) => [suite, 128] as const),
  ...['0046', '0146', '0346'].map((suite) => [suite, 192] as const),
  ...['0078', '0178', '0378', '0478', '0578'].map((suite) => [suite, 256] as const),
])

const hashes = new Map([
  ['SHA-1', 'sha1'],
  ['SHA-256', 'sha256'],
  ['SHA-384', 'sha384'],
  ['SHA-512', 'sha512'],
])

function masterKey(value: unknown, suite: unknown): unknown {
  const key = jsonObject(value)
  const provider = key?.['provider_id']
  if (!key || provider === 'aws-kms') return key && { type: 'aws-kms' }
  const algorithm = jsonText(key['encryption_algorithm']) ?? ''
  const bits = jsonNumber(key['key_bits']) ?? keyBits.get(suite)
  const padding = jsonText(key['padding_algorithm'])
  const hash = jsonText(key['padding_hash'])
  return {
    type: 'raw',
    key: `${algorithm}/${bits}`,
    'key-id': [algorithm, bits, padding, hash].join('.'),
    'provider-id': provider,
    'encryption-algorithm': algorithm.toLowerCase(),
    ...(padding === undefined ? {} : { 'padding-algorithm': padding.toLowerCase() }),
    ...(hash === undefined ? {} : { 'padding-hash': hashes.get(hash) ?? hash }),
  }
}

function testOf(value: unknown): unknown {
  const test = jsonObject(value)
  const keys = test?.['master_keys']
  if (!test || !Array.isArray(keys)) return value
  return {
    plaintext: jsonObject(test['plaintext'])?.['filename'],
    ciphertext: jsonObject(test['ciphertext'])?.['filename'],
    algorithm: test['algorithm'],
    // The others had a key that was thrown away.
    'master-keys': keys
      .filter((key) => jsonObject(key)?.['decryptable'] === true)
      .map((key) => masterKey(key, test['algorithm'])),
  }
}

function* keysOf(testKeys: JsonObject): Generator<[string, unknown]> {
  for (const [algorithm, byBits] of Object.entries(testKeys)) {
    for (const [bits, value] of Object.entries(jsonObject(byBits) ?? {})) {
      const { key: material, encoding, line_separator: separator } = jsonObject(value) ?? {}
      const type = algorithm === 'RSA' ? 'private' : 'symmetric'
      yield [
        `${algorithm}/${bits}`,
        { algorithm: algorithm.toLowerCase(), type, encoding, material, 'line-separator': separator },
      ]
    }
  }
}

/**
 * The form before `awses-decrypt` (python-1.3.0: `manifests/ciphertext.manifest`, with `test_cases` and
 * `test_keys`) as tests of version 1 and a keys manifest's keys. `undefined` when it is another form.
 */
export function legacyManifest(manifest: JsonObject): { tests: JsonObject; keys: JsonObject } | undefined {
  const testKeys = jsonObject(manifest['test_keys'])
  const testCases = manifest['test_cases']
  if (!testKeys || !Array.isArray(testCases)) return undefined
  const idOf = (test: unknown, index: number): string =>
    jsonText(jsonObject(jsonObject(test)?.['ciphertext'])?.['filename']) ?? String(index)
  return {
    tests: Object.fromEntries(testCases.map((test, index) => [idOf(test, index), testOf(test)])),
    keys: Object.fromEntries(keysOf(testKeys)),
  }
}
