import { isBranchKeyVersion } from '../keyring/branch-key.js'
import { KeyringError } from '../errors.js'
import type { EncryptionContext } from '../materials/encryption-context.js'
import type { BranchKeyRecord, BranchKeyRecordId } from './branch-key-storage.js'

export type Attributes = Readonly<Record<string, string>>

export const activeType = 'branch:ACTIVE'
export const beaconType = 'beacon:ACTIVE'
const versionPrefix = 'branch:version:'
const customPrefix = 'aws-crypto-ec:'
const hierarchyVersion = '1'

export function versionType(version: string): string {
  return versionPrefix + version
}

/** Text for a message: an id may be anything. */
export function shown(text: string): string {
  return text.replaceAll(/\p{C}/gu, '?').slice(0, 128)
}

/** framework/branch-key-store.md#branch-key-and-beacon-key-creation: in microseconds, of which the clock knows no more than thousands. */
function timestamp(now: number): string {
  return new Date(now).toISOString().replace('Z', '000Z')
}

/** #decrypt_only-encryption-context, without the logical name, which no record stores. */
export function newVersionAttributes(
  branchKeyId: string,
  version: string,
  kmsArn: string,
  encryptionContext: EncryptionContext,
  now: number,
): Attributes {
  const custom = Object.entries(encryptionContext).map(([key, value]) => [customPrefix + key, value])
  return {
    'branch-key-id': branchKeyId,
    type: versionType(version),
    'create-time': timestamp(now),
    'kms-arn': kmsArn,
    'hierarchy-version': hierarchyVersion,
    ...Object.fromEntries(custom),
  }
}

/** Those of the version that follows an active one: whatever else stands there stays, as #versionkey wants it. */
export function nextVersionAttributes(active: Attributes, version: string, now: number): Attributes {
  const { version: _, ...rest } = active
  return { ...rest, type: versionType(version), 'create-time': timestamp(now) }
}

/** #active-encryption-context */
export function activeAttributes(version: Attributes): Attributes {
  return { ...version, type: activeType, version: version['type']! }
}

/** #beacon-key-encryption-context */
export function beaconAttributes(version: Attributes): Attributes {
  return { ...version, type: beaconType }
}

/** What KMS authenticates: #encryption-context. */
export function kmsContext(attributes: Attributes, logicalName: string): Record<string, string> {
  return { ...attributes, tablename: logicalName }
}

/** #custom-encryption-context-from-authenticated-encryption-context */
export function customContext(attributes: Attributes): EncryptionContext {
  return Object.fromEntries(
    Object.entries(attributes)
      .filter(([key]) => key.startsWith(customPrefix))
      .map(([key, value]) => [key.slice(customPrefix.length), value]),
  )
}

/** The UUID of an active record or of a version's. */
export function versionIn({ type, version }: Attributes): string {
  return (type === activeType ? version! : type!).slice(versionPrefix.length)
}

const required = ['branch-key-id', 'type', 'create-time', 'kms-arn', 'hierarchy-version']

/** Everything that is wrong with a record, in the order it is looked for. */
function* flaws({ attributes, ciphertext }: BranchKeyRecord, asked: BranchKeyRecordId): Generator<string> {
  for (const name of required) if (!attributes[name]) yield `has no ${name}`
  if (Object.values(attributes).some((value) => typeof value !== 'string'))
    yield 'has a value that is no text'
  if (!(ciphertext instanceof Uint8Array) || ciphertext.byteLength === 0) yield 'has no ciphertext'
  // The one is no part of the context, the other is added to it: neither would be authenticated.
  if ('enc' in attributes || 'tablename' in attributes) yield 'has an attribute that it must not have'
  if (attributes['branch-key-id'] !== asked.branchKeyId) yield 'is of another branch key'
  if (attributes['type'] !== asked.type) yield 'is of another type'
  if (attributes['hierarchy-version'] !== hierarchyVersion) {
    yield `has the hierarchy version ${shown(attributes['hierarchy-version']!)}, and only ${hierarchyVersion} is known`
  }
  if ('version' in attributes !== (asked.type === activeType))
    yield 'has a version where none belongs, or none'
  if (asked.type === beaconType) return
  const version = asked.type === activeType ? attributes['version']! : asked.type
  if (!version.startsWith(versionPrefix) || !isBranchKeyVersion(version.slice(versionPrefix.length))) {
    yield 'has a version that is no UUID'
  }
}

/** Throws BRANCH_KEY_INVALID for a record that isn't what was asked for, or not of the form of #record-format. */
export function checkRecord(record: BranchKeyRecord, asked: BranchKeyRecordId): void {
  for (const flaw of flaws(record, asked)) {
    throw new KeyringError(
      'BRANCH_KEY_INVALID',
      `The record "${shown(asked.type)}" of the branch key "${shown(asked.branchKeyId)}" ${flaw}`,
    )
  }
}
