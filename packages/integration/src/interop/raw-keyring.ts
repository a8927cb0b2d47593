import { MultiKeyringNode, RawRsaKeyringNode } from '@aws-crypto/client-node'
import { rawAesKeyring } from '@sealring/core/keyring'

/** An entry of keys.json, as AWS's test vectors have it. */
export interface KeyEntry {
  readonly 'key-id': string
  readonly algorithm: 'aes' | 'rsa'
  readonly type: 'symmetric' | 'public' | 'private'
  readonly material: string
}

function childKeyring(entry: KeyEntry, namespace: string) {
  const { material, type } = entry
  if (entry.algorithm === 'aes')
    return rawAesKeyring({ namespace, name: entry['key-id'], key: Buffer.from(material, 'base64') })
  return new RawRsaKeyringNode({
    keyNamespace: namespace,
    keyName: entry['key-id'],
    rsaKey: type === 'public' ? { publicKey: material } : { privateKey: material },
    oaepHash: 'sha256',
  })
}

/** One keyring over these keys; the first makes the data key. */
export function rawKeyring([first, ...others]: readonly KeyEntry[], namespace: string): MultiKeyringNode {
  return new MultiKeyringNode({
    generator: childKeyring(first!, namespace),
    children: others.map((entry) => childKeyring(entry, namespace)),
  })
}
