import { KMS } from '@aws-sdk/client-kms'
import type { Kms } from '@sealring/kms-mock'
import { quotas } from '#src/operations/quotas.js'
import { newKey } from '../support/new-key.js'
import type { Connection } from '../support/transports.js'

/** The region that is full of keys, and one that isn't. */
export const fullRegion = 'us-east-1'
export const otherRegion = 'eu-west-1'

/** Keys of {@link otherRegion}. */
export interface QuotaKeys {
  /** Has as many grants as a key may have. */
  granted: string
  /** The id of the one that is named `first`. */
  firstGrant: string
  multiRegion: string
}
export interface QuotaSetup extends QuotaKeys {
  /** Of the full region, and of the other one. */
  full: KMS
  other: KMS
}
type Provoke = (setup: QuotaSetup) => Promise<unknown>

export const grant = {
  GranteePrincipal: 'arn:aws:iam::111122223333:user/grantee',
  Operations: ['Decrypt' as const],
}

/** Declared errors that take a KMS filled to its quotas: provoked by quotas.test.ts. */
export const quotaErrors: Record<string, Record<string, Provoke>> = {
  CreateKey: { LimitExceededException: ({ full }) => full.createKey({}) },
  ReplicateKey: {
    LimitExceededException: ({ other, multiRegion: KeyId }) =>
      other.replicateKey({ KeyId, ReplicaRegion: fullRegion }),
  },
  CreateGrant: {
    LimitExceededException: ({ other, granted: KeyId }) => other.createGrant({ KeyId, ...grant }),
  },
}

/** Makes as many keys as a region may have, and as many grants as a key may have. */
export const fillQuotas = async (mock: Kms): Promise<QuotaKeys> => {
  const there = { region: otherRegion }
  for (let n = 0; n < quotas.keysPerRegion; n += 1) await mock.handle('CreateKey', {}, { region: fullRegion })
  const granted = await newKey(mock, there)
  const create = async (input: object): Promise<string> =>
    String((await mock.handle('CreateGrant', { KeyId: granted, ...grant, ...input }, there))['GrantId'])
  const firstGrant = await create({ Name: 'first' })
  for (let n = 1; n < quotas.grantsPerKey; n += 1) await create({})
  return { granted, firstGrant, multiRegion: await newKey(mock, there, { MultiRegion: true }) }
}

/** The SDK takes LimitExceededException for throttling: it would wait, and try again. */
export const quotaClients = (connection: Connection): Pick<QuotaSetup, 'full' | 'other'> => ({
  full: new KMS({ ...connection.config(fullRegion), maxAttempts: 1 }),
  other: new KMS({ ...connection.config(otherRegion), maxAttempts: 1 }),
})
