import { randomBytes } from 'node:crypto'
import type { CreateKeyCommandInput, KMS, KeyMetadata } from '@aws-sdk/client-kms'
import { createClock, createKms } from '@sealring/kms-mock'
import type { Kms } from '@sealring/kms-mock'
import { clusterOf, proxyOf } from '../support/outside.js'
import type { transports } from '../support/transports.js'

/** A KMS of its own, and unmodified clients that reach it. */
export interface Scene {
  readonly kms: KMS
  /** The client of another region. */
  readonly away: KMS
  /** For its clock, which only this moves. */
  readonly mock: Kms
}

/** Calls one operation, and fails unless a further call shows what it did. */
export type Effect = (scene: Scene) => Promise<void>
export type Effects = Readonly<Record<string, Effect>>

/** Where {@link Scene.away} is. */
export const awayRegion = 'eu-west-1'
/** Clusters, of one trust anchor, and proxies that a custom key store may be made of. */
export const clusters = [clusterOf('a'), clusterOf('b', { trustAnchorCertificate: 'certificate a' })] as const
export const proxy = proxyOf('one')

export const openScene = async (
  connect: (typeof transports)[number]['connect'],
): Promise<Scene & { close: () => Promise<void> }> => {
  const mock = createKms({
    clock: createClock({ start: Date.UTC(2026, 0, 1), frozen: true }),
    cloudHsmClusters: clusters,
    xksProxies: [proxy],
  })
  const connection = await connect(mock)
  return {
    mock,
    kms: connection.kms(),
    away: connection.kms(awayRegion),
    close: () => connection.close(),
  }
}

/** Other bytes each time, so that nobody's answer but this KMS's fits. */
export const freshBytes = (): Buffer => randomBytes(32)

export const newKey = async (
  { kms }: Scene,
  input: CreateKeyCommandInput = {},
): Promise<KeyMetadata & { KeyId: string; Arn: string }> => {
  const { KeyMetadata: key } = await kms.createKey(input)
  return { ...key!, KeyId: key!.KeyId!, Arn: key!.Arn! }
}

export const metadataOf = async (kms: KMS, KeyId: string): Promise<KeyMetadata> =>
  (await kms.describeKey({ KeyId })).KeyMetadata!
