import type { CreateKeyCommandInput, KMS, KeyMetadata } from '@aws-sdk/client-kms'
import { createClock, createKms } from '@sealring/kms-mock'
import type { Kms } from '@sealring/kms-mock'
import { expect } from 'chai'
import type { Connection, transports } from '../support/transports.js'

const Plaintext = Buffer.from('plaintext')
export const [eastRegion, westRegion, northRegion] = ['us-east-1', 'us-west-2', 'eu-north-1'] as const

/** A KMS whose clock stands still and whose passing states last five seconds, with clients in three Regions. */
export interface ThreeRegions {
  readonly mock: Kms
  readonly connection: Connection
  readonly east: KMS
  readonly west: KMS
  readonly north: KMS
  /** Makes a primary in the east; gives its id. */
  readonly create: (input?: CreateKeyCommandInput) => Promise<string>
  readonly describeKey: (kms: KMS, KeyId: string) => Promise<KeyMetadata>
  readonly stateOf: (kms: KMS, KeyId: string) => Promise<unknown>
  /** Lets passing states pass. */
  readonly settle: () => void
  /** Makes replicas, and lets them settle. */
  readonly replicate: (KeyId: string, ...regions: string[]) => Promise<void>
  readonly encrypt: (kms: KMS, KeyId: string) => Promise<Uint8Array>
  /** It opens there, and is what {@link encrypt} encrypted. */
  readonly opens: (kms: KMS, CiphertextBlob: Uint8Array) => Promise<void>
}

/** Makes one for the tests of the `describe` that this is called in. */
export const threeRegions = ({ connected }: (typeof transports)[number]): ThreeRegions => {
  const mock = createKms({ clock: createClock({ frozen: true }), transitionMs: 5000 })
  const connection = connected(mock)
  const east = connection.kms(eastRegion)
  const west = connection.kms(westRegion)
  const north = connection.kms(northRegion)

  const create = async (input: CreateKeyCommandInput = {}): Promise<string> =>
    (await east.createKey({ MultiRegion: true, ...input })).KeyMetadata!.KeyId!
  const describeKey = async (kms: KMS, KeyId: string): Promise<KeyMetadata> =>
    (await kms.describeKey({ KeyId })).KeyMetadata!
  const stateOf = async (kms: KMS, KeyId: string): Promise<unknown> =>
    (await describeKey(kms, KeyId)).KeyState
  const settle = (): void => mock.clock.advance({ seconds: 5 })
  const replicate = async (KeyId: string, ...regions: string[]): Promise<void> => {
    for (const ReplicaRegion of regions) await east.replicateKey({ KeyId, ReplicaRegion })
    settle()
  }
  const encrypt = async (kms: KMS, KeyId: string): Promise<Uint8Array> =>
    (await kms.encrypt({ KeyId, Plaintext })).CiphertextBlob!
  const opens = async (kms: KMS, CiphertextBlob: Uint8Array): Promise<void> => {
    const opened = await kms.decrypt({ CiphertextBlob })
    expect(Buffer.from(opened.Plaintext!)).to.deep.equal(Plaintext)
  }
  return {
    mock,
    connection,
    east,
    west,
    north,
    create,
    describeKey,
    stateOf,
    settle,
    replicate,
    encrypt,
    opens,
  }
}
