import { KMS, KMSClient } from '@aws-sdk/client-kms'
import type { KMSClientConfig } from '@aws-sdk/client-kms'
import type { Kms } from '@sealring/kms-mock'
import { checkedAnswers } from './checked-answers.js'

/** One way for an unmodified client to reach a KMS. */
export interface Connection {
  /** The configuration for a client of this region and account. */
  config(region?: string, accountId?: string): KMSClientConfig
  client(region?: string, accountId?: string): KMSClient
  /** The aggregated class, which KmsKeyringNode demands. */
  kms(region?: string, accountId?: string): KMS
  close(): Promise<void>
}

const connection = (
  config: (region: string, accountId: string) => KMSClientConfig,
  close: () => Promise<void>,
): Connection => {
  const opened: { destroy(): void }[] = []
  const keep = <T extends { destroy(): void }>(client: T): T => {
    opened.push(client)
    return client
  }
  // The client is the unmodified one; what it gets is held against the model on the way.
  const configOf = (region = 'us-east-1', accountId = '111122223333'): KMSClientConfig => ({
    ...config(region, accountId),
    extensions: [checkedAnswers],
  })
  return {
    config: configOf,
    client: (region, accountId) => keep(new KMSClient(configOf(region, accountId))),
    kms: (region, accountId) => keep(new KMS(configOf(region, accountId))),
    close: async () => {
      for (const client of opened) client.destroy()
      await close()
    },
  }
}

/** The transports; every case that goes through a client runs on each of them. */
export const transports = [
  {
    transport: 'in-process',
    connect: async (kms: Kms): Promise<Connection> =>
      connection(
        (region, accountId) => kms.clientConfig({ region, accountId }),
        async () => undefined,
      ),
  },
  {
    transport: 'HTTP',
    connect: async (kms: Kms): Promise<Connection> => {
      const server = await kms.listen()
      return connection(
        (region, accountId) => ({
          region,
          endpoint: server.url,
          credentials: { accessKeyId: accountId, secretAccessKey: 'any' },
        }),
        () => server.close(),
      )
    },
  },
] as const
