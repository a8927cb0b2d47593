import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { manifestFiles, vectorsFolder } from './vector-files.js'

export interface Vector {
  id: string
  message: Buffer
  /** What the message opens to; absent where it must be refused. */
  plaintext?: Buffer
  /** With which code Sealring refuses it. */
  code?: string
  /** What the reader is given. */
  keys: { namespace: string; name: string; material: Buffer }[]
  /** What the reader reproduces of the encryption context; absent where the vector isn't about that. */
  reproducedContext?: Readonly<Record<string, string>>
}

interface Manifest {
  tests: Record<
    string,
    {
      ciphertext: string
      'master-keys': { key: string; 'provider-id': string }[]
      'encryption-context'?: Record<string, string>
      result: { output?: { plaintext: string } }
    }
  >
}
interface Keys {
  keys: Record<string, { 'key-id': string; material: string }>
}

/** The checked-in vectors, as any reader of the manifests sees them. */
export function readVectors(folder: string = vectorsFolder): Vector[] {
  // The schemas, which `vectors:lint` holds the files to, vouch for the types.
  const json = (path: string) => JSON.parse(readFileSync(join(folder, path), 'utf8'))
  const file = (uri: string): Buffer => readFileSync(join(folder, uri.slice('file://'.length)))
  const { keys }: Keys = json('keys.json')
  const codes: Record<string, string> = json('error-codes.json')
  const manifests: Manifest[] = Object.keys(manifestFiles).map(json)
  return manifests
    .flatMap(({ tests }) => Object.entries(tests))
    .map(([id, test]) => ({
      id,
      message: file(test.ciphertext),
      ...(test.result.output ? { plaintext: file(test.result.output.plaintext) } : { code: codes[id]! }),
      keys: test['master-keys'].map(({ key, 'provider-id': namespace }) => ({
        namespace,
        name: keys[key]!['key-id'],
        material: Buffer.from(keys[key]!.material, 'base64'),
      })),
      ...(test['encryption-context'] && { reproducedContext: test['encryption-context'] }),
    }))
}
