import { KMS, KMSClient } from '@aws-sdk/client-kms'
import type { KMSClientConfig } from '@aws-sdk/client-kms'
import type { Kms, KmsServer } from '@sealring/kms-mock'
import { after } from 'mocha'
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

const inProcess = (kms: Kms): Connection =>
  connection(
    (region, accountId) => kms.clientConfig({ region, accountId }),
    async () => undefined,
  )

/** Listens when the first request is made. */
const overHttp = (kms: Kms): Connection => {
  let listening: Promise<KmsServer> | undefined
  const endpoint = async (): Promise<{ url: URL }> => {
    listening ??= kms.listen()
    return { url: new URL((await listening).url) }
  }
  return connection(
    (region, accountId) => ({
      region,
      endpoint,
      credentials: { accessKeyId: accountId, secretAccessKey: 'any' },
    }),
    async () => (await listening)?.close(),
  )
}

const transportOf = <const T extends string>(transport: T, open: (kms: Kms) => Connection) => ({
  transport,
  connect: async (kms: Kms): Promise<Connection> => open(kms),
  /** Connects for the tests of the `describe` that this is called in. */
  connected: (kms: Kms): Connection => {
    const opened = open(kms)
    after(() => opened.close())
    return opened
  },
})

/** The transports; every case that goes through a client runs on each of them. */
export const transports = [transportOf('in-process', inProcess), transportOf('HTTP', overHttp)] as const
