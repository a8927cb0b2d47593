import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { KeyringNode } from '@aws-crypto/client-node'
import type {
  EncryptedDataKey,
  NodeDecryptionMaterial,
  NodeEncryptionMaterial,
} from '@aws-crypto/material-management-node'
import { keyringFrom, type KeyringFromOptions, type UnwrapRequest } from '@sealring/core/keyring'
import { aesFunctions } from '../keyring/aes-functions.js'

type Functions = ReturnType<typeof aesFunctions>

/** A keyring with one fault, and a case of the suite that must notice it. */
export interface BrokenKeyring {
  readonly fault: string
  readonly caughtBy: string
  readonly make: (key: Uint8Array) => KeyringNode
}

/** `keyringFrom`, some of whose functions are replaced. */
const from =
  (breakIt: (whole: Functions, key: Uint8Array) => Partial<KeyringFromOptions>) => (key: Uint8Array) => {
    const whole = aesFunctions(key)
    return keyringFrom({ ...whole, ...breakIt(whole, key) })
  }

interface Around {
  readonly encrypt?: (inner: KeyringNode, material: NodeEncryptionMaterial) => Promise<unknown>
  readonly decrypt?: (
    inner: KeyringNode,
    material: NodeDecryptionMaterial,
    dataKeys: EncryptedDataKey[],
  ) => Promise<unknown>
}

class AroundKeyring extends KeyringNode {
  readonly #inner: KeyringNode
  readonly #around: Around

  constructor(inner: KeyringNode, around: Around) {
    super()
    this.#inner = inner
    this.#around = around
  }

  async _onEncrypt(material: NodeEncryptionMaterial): Promise<NodeEncryptionMaterial> {
    const { encrypt } = this.#around
    await (encrypt?.(this.#inner, material) ?? this.#inner.onEncrypt(material))
    return material
  }

  async _onDecrypt(material: NodeDecryptionMaterial, dataKeys: EncryptedDataKey[]) {
    const { decrypt } = this.#around
    await (decrypt?.(this.#inner, material, dataKeys) ?? this.#inner.onDecrypt(material, dataKeys))
    return material
  }
}

/** A whole keyring inside one that does something besides. */
const around = (fault: Around) => (key: Uint8Array) =>
  new AroundKeyring(keyringFrom(aesFunctions(key)), fault)

const nothing = new Uint8Array()
const insertionOrder = (context: object) => Buffer.from(JSON.stringify(context))

class KeyringWithKeyInSight extends AroundKeyring {
  readonly wrappingKey: Buffer

  constructor(inner: KeyringNode, key: Uint8Array) {
    super(inner, {})
    this.wrappingKey = Buffer.from(key)
  }
}

export const brokenKeyrings: readonly BrokenKeyring[] = [
  {
    fault: 'wraps another data key than the one that is there',
    caughtBy: 'encrypt: a data key that is there is wrapped, not replaced',
    make: from((whole) => ({
      wrap: (request) => whole.wrap({ ...request, dataKey: randomBytes(request.dataKey.byteLength) }),
    })),
  },
  {
    fault: 'adds nothing where a data key is there',
    caughtBy: 'multi: as a child, it wraps the data key of the generator',
    make: around({
      encrypt: async (inner, material) =>
        material.hasUnencryptedDataKey ? material : inner.onEncrypt(material),
    }),
  },
  {
    fault: 'makes one data key and uses it for good',
    caughtBy: 'encrypt: each call makes another data key',
    make: (key) => {
      const dataKeys = new Map([16, 24, 32].map((length) => [length, randomBytes(length)]))
      return around({
        encrypt: async (inner, material) => {
          if (!material.hasUnencryptedDataKey) {
            const dataKey = Uint8Array.from(dataKeys.get(material.suite.keyLengthBytes)!)
            material.setUnencryptedDataKey(dataKey, { keyNamespace: 'a', keyName: 'b', flags: 1 })
          }
          return inner.onEncrypt(material)
        },
      })(key)
    },
  },
  {
    fault: 'knows data keys of 32 bytes only',
    caughtBy: 'encrypt: the data key has the length of each algorithm suite',
    make: from((whole) => ({
      wrap: (request) => {
        if (request.dataKey.byteLength !== 32) throw new Error('32 bytes')
        return whole.wrap(request)
      },
    })),
  },
  {
    fault: 'writes another provider id than it declares',
    caughtBy: 'encrypt: a data key is made where there is none, and wrapped',
    make: from(() => ({ providerId: 'undeclared' })),
  },
  {
    fault: 'writes the data key beside the encrypted one',
    caughtBy: 'encrypt: no encrypted data key holds the plaintext one',
    make: from((whole) => ({
      wrap: (request) => {
        const { ciphertext, providerInfo } = whole.wrap(request)
        return { providerInfo, ciphertext: Buffer.concat([ciphertext, request.dataKey]) }
      },
      unwrap: (request) => {
        const ciphertext = request.ciphertext.subarray(0, -request.keyLength)
        return whole.unwrap({ ...request, ciphertext })
      },
    })),
  },
  {
    fault: 'keeps the context of a call where the next call finds it',
    caughtBy: 'encrypt: concurrent calls do not mix',
    make: from((whole) => {
      let serializedContext: Uint8Array = nothing
      return {
        wrap: async (request) => {
          ;({ serializedContext } = request)
          const dataKey = Uint8Array.from(request.dataKey)
          await new Promise(setImmediate)
          return whole.wrap({ ...request, dataKey, serializedContext })
        },
      }
    }),
  },
  {
    fault: 'throws for data keys of other providers',
    caughtBy: 'decrypt: where nothing fits, the materials come back as they were',
    make: around({
      decrypt: async (inner, material, dataKeys) => {
        if (!dataKeys.some(({ providerId }) => providerId === 'test-author')) throw new Error('not mine')
        return inner.onDecrypt(material, dataKeys)
      },
    }),
  },
  {
    fault: 'looks at the first data key only',
    caughtBy: 'decrypt: the data keys of other providers are passed by',
    make: around({
      decrypt: (inner, material, dataKeys) => inner.onDecrypt(material, dataKeys.slice(0, 1)),
    }),
  },
  {
    fault: 'gives up at the first data key of its own',
    caughtBy: 'decrypt: broken data keys of its own do not stop a good one after them',
    make: around({
      decrypt: (inner, material, dataKeys) =>
        inner.onDecrypt(
          material,
          dataKeys.filter(({ providerId }) => providerId === 'test-author').slice(0, 1),
        ),
    }),
  },
  {
    fault: 'does not authenticate',
    caughtBy: 'decrypt: a damaged data key does not open',
    make: from((_, key) => ({
      wrap: ({ dataKey }) => {
        const iv = randomBytes(16)
        const cipher = createCipheriv('aes-256-ctr', key, iv)
        return { providerInfo: 'key-1', ciphertext: Buffer.concat([iv, cipher.update(dataKey)]) }
      },
      unwrap: ({ ciphertext }) =>
        createDecipheriv('aes-256-ctr', key, ciphertext.subarray(0, 16)).update(ciphertext.subarray(16)),
    })),
  },
  {
    fault: 'ignores the encryption context',
    caughtBy: 'decrypt: under another encryption context a data key does not open',
    make: from((whole) => ({
      wrap: (request) => whole.wrap({ ...request, serializedContext: nothing }),
      unwrap: (request) => whole.unwrap({ ...request, serializedContext: nothing }),
    })),
  },
  {
    fault: 'takes the pairs in the order in which they come',
    caughtBy: 'decrypt: the order of the pairs means nothing',
    make: from((whole) => ({
      wrap: (request) =>
        whole.wrap({ ...request, serializedContext: insertionOrder(request.encryptionContext) }),
      unwrap: (request) =>
        whole.unwrap({ ...request, serializedContext: insertionOrder(request.encryptionContext) }),
    })),
  },
  {
    fault: 'cuts data keys to the length that is asked for',
    caughtBy: 'decrypt: a data key of another length than the suite’s is refused',
    make: from((whole) => ({
      unwrap: (request) => whole.unwrap(request)?.subarray(0, request.keyLength) ?? null,
    })),
  },
  {
    fault: 'gives its only copy of a data key away',
    caughtBy: 'decrypt: the same data key opens again and again',
    make: from((whole) => {
      const cache = new Map<string, Uint8Array | null>()
      const cached = (request: UnwrapRequest) => {
        const id = Buffer.from(request.ciphertext).toString('hex')
        const dataKey = cache.get(id) ?? whole.unwrap(request)
        cache.set(id, dataKey)
        return dataKey
      }
      return { unwrap: cached }
    }),
  },
  {
    fault: 'sorts the list of its caller',
    caughtBy: 'decrypt: the list of data keys is only read',
    make: around({
      decrypt: (inner, material, dataKeys) => {
        dataKeys.reverse()
        return inner.onDecrypt(material, dataKeys)
      },
    }),
  },
  {
    fault: 'zeroes the materials that it could not fill',
    caughtBy: 'multi: where it fails, the next one still opens',
    make: around({
      decrypt: async (inner, material, dataKeys) => {
        try {
          return await inner.onDecrypt(material, dataKeys)
        } catch (error) {
          material.zeroUnencryptedDataKey()
          throw error
        }
      },
    }),
  },
  {
    fault: 'keeps its key where inspection finds it',
    caughtBy: 'secrets: no inspection of the keyring shows a key',
    make: (key) => new KeyringWithKeyInSight(keyringFrom(aesFunctions(key)), key),
  },
  {
    fault: 'names its key in errors',
    caughtBy: 'secrets: no error shows a key',
    make: from((whole, key) => ({
      unwrap: (request) => {
        try {
          return whole.unwrap(request)
        } catch (cause) {
          throw new Error(`It does not open with ${Buffer.from(key).toString('hex')}`, { cause })
        }
      },
    })),
  },
  {
    fault: 'opens whatever it is given',
    caughtBy: 'fixture: a stranger has other keys',
    make: from(() => ({ unwrap: ({ keyLength }) => new Uint8Array(keyLength) })),
  },
  {
    fault: 'forgets its keys',
    caughtBy: 'fixture: a reopened keyring has the same keys',
    make: () => keyringFrom(aesFunctions(randomBytes(32))),
  },
]
