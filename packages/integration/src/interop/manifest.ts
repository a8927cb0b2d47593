import { readFileSync } from 'node:fs'

/** An `awses-decrypt` manifest of AWS's test vectors, as far as the interop programs write it. */
export interface Manifest {
  readonly manifest: { readonly type: 'awses-decrypt'; readonly version: 3 | 4 }
  /** Who wrote the messages. */
  readonly client: { readonly name: string; readonly version: string }
  readonly keys: string
  readonly tests: Readonly<Record<string, ManifestTest>>
}

export interface ManifestTest {
  readonly description: string
  readonly ciphertext: string
  readonly 'master-keys': readonly MasterKey[]
  readonly cmm: 'Default' | 'RequiredEncryptionContext'
  readonly 'encryption-context': Readonly<Record<string, string>>
  readonly result: { readonly output?: { readonly plaintext: string } }
}

export interface MasterKey {
  readonly type: 'raw'
  readonly key: string
  readonly 'provider-id': string
  readonly 'encryption-algorithm': 'aes' | 'rsa'
  readonly 'padding-algorithm'?: 'oaep-mgf1'
  readonly 'padding-hash'?: 'sha256'
}

export function readManifest(path: string): Manifest {
  // The schemas, which `vectors:lint` holds the kept files to, vouch for the types.
  return JSON.parse(readFileSync(path, 'utf8'))
}
