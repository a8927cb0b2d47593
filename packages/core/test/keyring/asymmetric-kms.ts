import {
  CreateKeyCommand,
  GetPublicKeyCommand,
  KMSClient,
  type CreateKeyCommandInput,
} from '@aws-sdk/client-kms'
import { createKms } from '@sealring/kms-mock'

/** A KMS over HTTP, asked through the unmodified client. */
export async function asymmetricKms() {
  const kms = createKms()
  const server = await kms.listen()
  const { credentials } = kms.clientConfig()
  const clientConfig = { endpoint: server.url, maxAttempts: 1, ...(credentials && { credentials }) }
  const clients = new Map<string, KMSClient>()
  const clientIn = (region: string): KMSClient => {
    const client = clients.get(region) ?? new KMSClient({ ...clientConfig, region })
    clients.set(region, client)
    return client
  }
  return {
    kms,
    clientConfig,
    clientIn,
    /** Its ARN and its public key, DER. */
    async createKey(input: CreateKeyCommandInput, region = 'eu-west-1') {
      const { KeyMetadata } = await clientIn(region).send(new CreateKeyCommand(input))
      const keyId = KeyMetadata!.Arn!
      const { PublicKey } = await clientIn(region).send(new GetPublicKeyCommand({ KeyId: keyId }))
      return { keyId, publicKey: Buffer.from(PublicKey!) }
    },
    async stop(): Promise<void> {
      for (const client of clients.values()) client.destroy()
      await server.close()
    },
  }
}

export type AsymmetricKms = Awaited<ReturnType<typeof asymmetricKms>>
export type AsymmetricKey = Awaited<ReturnType<AsymmetricKms['createKey']>>
