import { KmsKeyringNode } from '@aws-crypto/client-node'
import { CreateKeyCommand, KMS, KMSClient } from '@aws-sdk/client-kms'
import type { KeyringNode } from '@sealring/core/keyring'
import { kmsKeyring } from '@sealring/core/kms-keyring'
import { createKms, type Kms } from '@sealring/kms-mock'

export const threeRegions = ['eu-west-1', 'us-east-1', 'ap-southeast-2'] as const
type Region = (typeof threeRegions)[number]

export interface ThreeRegions {
  readonly kms: Kms
  readonly url: string
  /** ARNs, in the order of `threeRegions`. */
  readonly arns: readonly string[]
  /** Our strict keyring of the n-th region. */
  readonly keyring: (n: number) => KeyringNode
  /** client-node's. */
  readonly oracleKeyring: (n: number) => KeyringNode
  readonly stop: () => Promise<void>
}

/** A KMS with a key in each of three regions, over HTTP; each call is sent once. */
export async function threeRegionsOverHttp(): Promise<ThreeRegions> {
  const kms = createKms()
  const server = await kms.listen()
  const { credentials } = kms.clientConfig()
  const config = { endpoint: server.url, maxAttempts: 1, ...(credentials && { credentials }) }
  const create = async (region: Region): Promise<string> => {
    const { KeyMetadata } = await new KMSClient({ ...config, region }).send(new CreateKeyCommand({}))
    if (KeyMetadata?.Arn === undefined) throw new Error('CreateKey gave no ARN')
    return KeyMetadata.Arn
  }
  const arns: string[] = []
  for (const region of threeRegions) arns.push(await create(region))
  return {
    kms,
    url: server.url,
    arns,
    keyring: (n) => kmsKeyring({ generatorKeyId: arns[n]!, clientConfig: config }),
    oracleKeyring: (n) =>
      new KmsKeyringNode({
        generatorKeyId: arns[n]!,
        clientProvider: (region) => new KMS({ ...config, region }),
      }),
    stop: () => server.close(),
  }
}
