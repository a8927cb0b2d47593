import { CreateKeyCommand, KMSClient } from '@aws-sdk/client-kms'
import { backendBranchKeys, memoryBackend, memoryLocation, type BranchKeyStorage } from '@sealring/core'
import type { BranchKeySource } from '@sealring/core/keyring'
import { branchKeyStore, type BranchKeyStore, type BranchKeyStoreOptions } from '@sealring/core/kms-keyring'
import { createKms, type Kms } from '@sealring/kms-mock'

export interface BranchKeyFixture {
  readonly kms: Kms
  readonly client: KMSClient
  readonly clientConfig: ConstructorParameters<typeof KMSClient>[0] & object
  readonly keyArn: string
  readonly otherArn: string
  readonly storage: BranchKeyStorage
  /** A key store of the first KMS key, on `storage`. */
  readonly store: (options?: Partial<BranchKeyStoreOptions>) => BranchKeyStore
  readonly stop: () => Promise<void>
}

export const logicalName = 'test keys'

/** A KMS over HTTP with two keys, and branch keys in memory. Each call is sent once. */
export async function branchKeyFixture(): Promise<BranchKeyFixture> {
  const kms = createKms({ region: 'eu-west-1' })
  const server = await kms.listen()
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' }
  const clientConfig = { endpoint: server.url, region: 'eu-west-1', credentials, maxAttempts: 1 }
  const client = new KMSClient(clientConfig)
  const createKey = async () => {
    const { KeyMetadata } = await client.send(new CreateKeyCommand({}))
    return KeyMetadata!.Arn!
  }
  const [keyArn, otherArn] = [await createKey(), await createKey()]
  const storage = newStorage()
  return {
    kms,
    client,
    clientConfig,
    keyArn,
    otherArn,
    storage,
    store: (options = {}) => branchKeyStore({ logicalName, storage, keyArn, client, ...options }),
    stop: async () => {
      client.destroy()
      await server.close()
    },
  }
}

export function newStorage(): BranchKeyStorage {
  return backendBranchKeys(memoryBackend({ id: 'keys', location: memoryLocation() }))
}

/** Passes on to a key store, and keeps the keys that it gave, which are its callers' to zero. */
export function watched(store: BranchKeySource): BranchKeySource & { readonly keys: Uint8Array[] } {
  const keys: Uint8Array[] = []
  return {
    keys,
    logicalName: store.logicalName,
    async getActive(branchKeyId, options) {
      const branchKey = await store.getActive(branchKeyId, options)
      keys.push(branchKey.key)
      return branchKey
    },
    async getVersion(branchKeyId, version, options) {
      const branchKey = await store.getVersion(branchKeyId, version, options)
      keys.push(branchKey.key)
      return branchKey
    },
  }
}
