import { DescribeKeyCommand } from '@aws-sdk/client-kms'
import type { EncryptedDataKey, NodeDecryptionMaterial } from '@aws-crypto/material-management-node'
import { KeyringError } from '../errors.js'
import { callingKms } from './calling-kms.js'
import type { KmsClientFor, KmsFailure } from './kms-clients.js'
import { parseKmsKeyArn } from './kms-key-arn.js'

export interface KmsAliasOptions {
  /**
   * Milliseconds for which an alias is taken to name what it named when it was last looked up. It is looked up (DescribeKey)
   * only for a data key under a key that it is not known to have named. Default 10,000.
   */
  readonly aliasTtlMilliseconds?: number
}

/**
 * What the configured identifiers stand for. Messages name key ARNs, so the specification lets an alias encrypt and never
 * decrypt (framework/aws-kms/aws-kms-keyring.md#ondecrypt). Here an alias, or a bare key id, stands for the key that it
 * names and for those that this object has seen it name: what was sealed before it moved still opens.
 */
export interface KmsKeyTargets {
  /** ARNs of the configured keys, and of all that were seen behind the other identifiers. */
  readonly known: () => readonly string[]
  /** What KMS answered for a configured identifier. */
  readonly learn: (keyId: string | undefined, arn: string | undefined) => void
  /** Whether a data key under that ARN may be an alias': one of the same account and, unless multi-Region, Region. */
  readonly mayName: (arn: string) => boolean
  /** Looks up the aliases that were not looked up lately. Throws what KMS says. */
  readonly lookUp: (failures: KmsFailure[]) => Promise<void>
  /** Each alias with the key that it names, as far as it is known, for people. */
  readonly described: () => string
}

interface Alias {
  readonly id: string
  /** The latest last. */
  readonly arns: string[]
  lookedUp: number
  flight?: Promise<void> | undefined
}

/** Of a key ARN, an alias ARN or neither, what comes before the resource. */
function placeOf(id: string): readonly string[] | undefined {
  const parts = id.split(':')
  return parts.length === 6 && parts[0] === 'arn' ? parts.slice(1, 5) : undefined
}

/** Throws KEYRING_INVALID. */
export function kmsKeyTargets(
  keyIds: readonly string[],
  clientFor: KmsClientFor,
  { aliasTtlMilliseconds: ttl = 10_000 }: KmsAliasOptions,
): KmsKeyTargets {
  if (typeof ttl !== 'number' || !(ttl >= 0)) {
    throw new KeyringError('KEYRING_INVALID', 'aliasTtlMilliseconds must be a number from 0')
  }
  const configured = keyIds.filter((id) => parseKmsKeyArn(id) !== undefined)
  const aliases = new Map(
    keyIds
      .filter((id) => parseKmsKeyArn(id) === undefined)
      .map((id): [string, Alias] => [id, { id, arns: [], lookedUp: -Infinity }]),
  )

  function learn(keyId: string | undefined, arn: string | undefined): void {
    const alias = aliases.get(keyId ?? '')
    if (alias === undefined || arn === undefined || parseKmsKeyArn(arn) === undefined) return
    const at = alias.arns.indexOf(arn)
    if (at >= 0) alias.arns.splice(at, 1)
    alias.arns.push(arn)
    alias.lookedUp = performance.now()
  }

  async function lookUpOne(alias: Alias, failures: KmsFailure[]): Promise<void> {
    const { id } = alias
    const client = clientFor(placeOf(id)?.[2] ?? '')
    if (client === undefined || client === false) return
    try {
      const { KeyMetadata } = await client.send(new DescribeKeyCommand({ KeyId: id }))
      learn(id, KeyMetadata?.Arn)
    } catch (error) {
      failures.push({ operation: 'DescribeKey', keyId: id, error })
      throw error
    }
  }

  function mayBe({ id, arns }: Alias, arn: string): boolean {
    const key = parseKmsKeyArn(arn)
    const place = placeOf(arns.at(-1) ?? id)
    if (key === undefined || place === undefined) return key !== undefined
    const [partition, , region, account] = place
    return (
      key.partition === partition && key.account === account && (key.multiRegion || key.region === region)
    )
  }

  return {
    known: () => [...configured, ...[...aliases.values()].flatMap(({ arns }) => arns)],
    learn,
    mayName: (arn) => [...aliases.values()].some((alias) => mayBe(alias, arn)),
    async lookUp(failures) {
      const due = [...aliases.values()].filter(({ lookedUp }) => performance.now() - lookedUp >= ttl)
      await Promise.all(
        due.map((alias) => {
          alias.flight ??= lookUpOne(alias, failures).finally(() => {
            alias.flight = undefined
          })
          return alias.flight
        }),
      )
    },
    described: () =>
      [...aliases.values()].map(({ id, arns }) => `${id} names ${arns.at(-1) ?? 'no key'}`).join(', '),
  }
}

type Open = (
  arns: readonly string[],
  dataKeys: EncryptedDataKey[],
  failures: KmsFailure[],
) => Promise<NodeDecryptionMaterial>

/**
 * Opens under the keys that are known, and where none does under those that the aliases name now. Throws ALIAS_MOVED
 * where a data key is under another key of an alias' account and Region, and nothing opens: it may have been its own.
 */
export function openUnderTargets(
  targets: KmsKeyTargets,
  matches: (arn: string, keyArn: string) => boolean,
  material: NodeDecryptionMaterial,
  dataKeys: readonly EncryptedDataKey[],
  open: Open,
): Promise<NodeDecryptionMaterial> {
  const named = dataKeys.filter(
    ({ providerId, providerInfo }) => providerId === 'aws-kms' && parseKmsKeyArn(providerInfo) !== undefined,
  )
  const under = (arns: readonly string[]) =>
    named.filter(({ providerInfo }) => arns.some((arn) => matches(arn, providerInfo)))
  return callingKms('DATA_KEY_NOT_UNWRAPPED', async (failures) => {
    const known = targets.known()
    const mine = under(known)
    let first: (() => never) | undefined
    if (mine.length > 0) {
      try {
        return await open(known, mine, failures)
      } catch (error) {
        first = () => {
          throw error
        }
      }
    }
    const others = named.filter((key) => !mine.includes(key) && targets.mayName(key.providerInfo))
    if (others.length === 0) return first?.() ?? material
    await targets.lookUp(failures)
    const found = under(targets.known()).filter((key) => !mine.includes(key))
    if (found.length > 0) return open(targets.known(), found, failures)
    first?.()
    const [other] = others.filter(({ providerInfo }) => targets.mayName(providerInfo))
    if (other === undefined) return material
    throw new KeyringError(
      'ALIAS_MOVED',
      `${targets.described()}; the message has a data key under ${other.providerInfo}. If the alias named that key ` +
        'when the message was sealed, give the ARN of the key.',
    )
  })
}
