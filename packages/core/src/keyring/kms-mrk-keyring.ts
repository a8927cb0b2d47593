import { inspect } from 'node:util'
import {
  AwsKmsMrkAwareSymmetricDiscoveryKeyringNode,
  AwsKmsMrkAwareSymmetricKeyringNode,
} from '@aws-crypto/kms-keyring-node'
import { KeyringNode } from '@aws-crypto/material-management-node'
import type {
  EncryptedDataKey,
  NodeDecryptionMaterial,
  NodeEncryptionMaterial,
} from '@aws-crypto/material-management-node'
import type { KMSClient } from '@aws-sdk/client-kms'
import { KeyringError } from '../errors.js'
import { callingKms } from './calling-kms.js'
import { kmsClients, kmsInterface } from './kms-clients.js'
import type { KmsClientOptions, KmsFailure } from './kms-clients.js'
import { awsDiscoveryFilter, type KmsDiscoveryFilter } from './kms-discovery-filter.js'
import { kmsKeyTargets, openUnderTargets, type KmsAliasOptions } from './kms-key-targets.js'
import { namesSameKmsKey, parseKmsKeyArn } from './kms-key-arn.js'

export interface KmsMrkKeyringOptions extends KmsClientOptions, KmsAliasOptions {
  /** One key: the ARN of a multi-Region key in the Region that is to be asked, or of any other key, or an alias for it. */
  readonly keyId: string
  readonly grantTokens?: readonly string[]
}

export interface KmsMrkDiscoveryKeyringOptions extends KmsClientOptions {
  /** The Region that is asked, for its keys and for its replicas of multi-Region keys. */
  readonly region: string
  /** Default: keys of every account. */
  readonly discovery?: KmsDiscoveryFilter
  readonly grantTokens?: readonly string[]
}

type MakeKeyring = (failures: KmsFailure[]) => KeyringNode | Promise<KeyringNode>

type Open = (
  material: NodeDecryptionMaterial,
  dataKeys: readonly EncryptedDataKey[],
) => Promise<NodeDecryptionMaterial>

/** One of AWS's keyrings, made anew for each call, so that its failures are that call's. */
class KmsMrkKeyring extends KeyringNode {
  readonly #make: MakeKeyring
  readonly #open: Open
  readonly #shown: object

  constructor(make: MakeKeyring, open: Open, shown: object) {
    super()
    this.#make = make
    this.#open = open
    this.#shown = shown
  }

  _onEncrypt(material: NodeEncryptionMaterial): Promise<NodeEncryptionMaterial> {
    return callingKms('DATA_KEY_NOT_WRAPPED', async (failures) =>
      (await this.#make(failures)).onEncrypt(material),
    )
  }

  _onDecrypt(
    material: NodeDecryptionMaterial,
    dataKeys: EncryptedDataKey[],
  ): Promise<NodeDecryptionMaterial> {
    return this.#open(material, dataKeys)
  }

  toJSON(): object {
    return this.#shown
  }

  [inspect.custom](): string {
    return `KmsMrkKeyring ${JSON.stringify(this.#shown)}`
  }
}

/** A key id or alias without a Region has ''. */
function regionOf(keyId: string): string {
  return keyId.startsWith('arn:') ? (keyId.split(':')[3] ?? '') : ''
}

function clientIn(region: string, options: KmsClientOptions): KMSClient {
  const client = kmsClients(options)(region)
  if (client === undefined || client === false) {
    throw new KeyringError('KEYRING_INVALID', 'There is no client for the Region of this keyring')
  }
  return client
}

/** Throws KEYRING_INVALID for what AWS's class refuses. */
function checked<Keyring>(make: () => Keyring): Keyring {
  try {
    return make()
  } catch (cause) {
    throw new KeyringError('KEYRING_INVALID', 'These options make no KMS keyring: see the cause', { cause })
  }
}

const tokens = (grantTokens: readonly string[] | undefined) =>
  grantTokens === undefined ? {} : { grantTokens: [...grantTokens] }

/**
 * A keyring for one KMS key that also opens what any replica of it sealed (framework/aws-kms/aws-kms-mrk-aware-symmetric-keyring.md):
 * always in its own Region, so that another may be down. Of a key that is no multi-Region key it is `kmsKeyring`.
 * Several keys: in a multi-keyring or `anyOf`. Errors as those of `kmsKeyring`.
 */
export function kmsMrkKeyring(options: KmsMrkKeyringOptions): KeyringNode {
  const { keyId, grantTokens } = options
  if (typeof keyId !== 'string') throw new KeyringError('KEYRING_INVALID', 'keyId must be a text')
  const client = clientIn(regionOf(keyId), options)
  const targets = kmsKeyTargets([keyId], () => client, options)
  const of = (id: string, failures: KmsFailure[]) =>
    new AwsKmsMrkAwareSymmetricKeyringNode({
      keyId: id,
      client: kmsInterface(client, failures, targets.learn),
      ...tokens(grantTokens),
    })
  const make = (failures: KmsFailure[]) => of(keyId, failures)
  checked(() => make([]))
  const open: Open = (material, dataKeys) =>
    openUnderTargets(targets, namesSameKmsKey, material, dataKeys, async (arns, mine, failures) => {
      const errors: unknown[] = []
      // More than one where an alias has moved: the latest is the likeliest.
      for (const arn of arns.toReversed()) {
        const keys = mine.filter(({ providerInfo }) => namesSameKmsKey(arn, providerInfo))
        if (keys.length === 0) continue
        try {
          return await of(arn, failures).onDecrypt(material, keys)
        } catch (error) {
          errors.push(error)
        }
      }
      throw errors[0]
    })
  return new KmsMrkKeyring(make, open, { keyring: 'aws-kms-mrk', keyId })
}

/**
 * A keyring that opens under whatever key the message names, if `region` has it or a replica of it
 * (framework/aws-kms/aws-kms-mrk-aware-symmetric-region-discovery-keyring.md). It can't seal. Errors as those of `kmsKeyring`;
 * KEYRING_INVALID, when it is used, for a client of another Region.
 */
export function kmsMrkDiscoveryKeyring(options: KmsMrkDiscoveryKeyringOptions): KeyringNode {
  const { region, discovery, grantTokens } = options
  if (typeof region !== 'string' || region === '') {
    throw new KeyringError('KEYRING_INVALID', 'region must be the name of a Region')
  }
  const filter = discovery === undefined ? undefined : awsDiscoveryFilter(discovery)
  const client = clientIn(region, options)
  const fresh = (failures: KmsFailure[]) =>
    new AwsKmsMrkAwareSymmetricDiscoveryKeyringNode({
      // AWS's class reads the Region there.
      client: Object.assign(kmsInterface(client, failures), { config: { region } }),
      ...(filter === undefined ? {} : { discoveryFilter: filter }),
      ...tokens(grantTokens),
    })
  const make = async (failures: KmsFailure[]) => {
    const configured = await client.config.region()
    if (configured !== region) {
      throw new KeyringError('KEYRING_INVALID', `The client is for ${configured}, the keyring for ${region}`)
    }
    return fresh(failures)
  }
  checked(() => fresh([]))
  const isMine = (keyArn: string) => {
    const arn = parseKmsKeyArn(keyArn)
    if (arn === undefined || !(arn.multiRegion || arn.region === region)) return false
    const { accountIDs, partition } = filter ?? { accountIDs: [arn.account], partition: arn.partition }
    return partition === arn.partition && accountIDs.includes(arn.account)
  }
  /**
   * AWS's keyrings throw for a list without a data key of theirs, and where any names no proper ARN: among several
   * keyrings nobody could tell that from a refusal, and one bad entry would stop a good one. Both are passed by here.
   */
  const open: Open = async (material, dataKeys) => {
    const mine = dataKeys.filter(
      ({ providerId, providerInfo }) => providerId === 'aws-kms' && isMine(providerInfo),
    )
    if (mine.length === 0) return material
    return callingKms('DATA_KEY_NOT_UNWRAPPED', async (failures) =>
      (await make(failures)).onDecrypt(material, mine),
    )
  }
  return new KmsMrkKeyring(make, open, { keyring: 'aws-kms-mrk-discovery', region, discovery })
}
