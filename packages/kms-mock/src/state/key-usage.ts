import { createHash } from 'node:crypto'
import { keyArn } from './arn.js'
import type { KmsKey } from './key.js'
import { allKeys, sameKey } from './state.js'
import type { KmsState } from './state.js'

/** The operations that GetKeyLastUsage tells of, in the model's order. */
export const trackedOperations = [
  'Decrypt',
  'DeriveSharedSecret',
  'Encrypt',
  'GenerateDataKey',
  'GenerateDataKeyPair',
  'GenerateDataKeyPairWithoutPlaintext',
  'GenerateDataKeyWithoutPlaintext',
  'GenerateMac',
  'ReEncrypt',
  'Sign',
  'Verify',
  'VerifyMac',
  'Encapsulate',
  'Decapsulate',
] as const
/** One of {@link trackedOperations}. */
export type TrackedOperation = (typeof trackedOperations)[number]

const tracked: ReadonlySet<string> = new Set(trackedOperations)

/** Whether GetKeyLastUsage tells of an operation. */
export const isTracked = (operation: string): operation is TrackedOperation => tracked.has(operation)

/** What is kept of the last successful cryptographic operation on a key. */
export interface KeyUsageNote {
  readonly operation: TrackedOperation
  /** Milliseconds since the epoch, by the KMS's clock. */
  readonly at: number
  /** How many usages there were: tells those of the same millisecond apart. */
  readonly count: number
}

/**
 * Notes a usage, without a word to the disk: it lives with the state object, and is persisted with the next change of
 * the state, as AWS too promises no more than that it becomes known in the end. One small object each; the ids that
 * GetKeyLastUsage gives are made when it is asked.
 */
export const noteUsage = (key: KmsKey, operation: TrackedOperation, at: number): void => {
  key.lastUsage = { operation, at, count: (key.lastUsage?.count ?? 0) + 1 }
}

/** An id of a usage, always the same one: a UUID. */
export const usageId = (key: KmsKey, { operation, at, count }: KeyUsageNote, kind: string): string =>
  createHash('sha256')
    .update(`sealring kms-mock ${kind} ${keyArn(key)} ${operation} ${at} ${count}`)
    .digest('hex')
    .replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, '$1-$2-4$3-8$4-$5')

/** Takes the usages noted at one state object over to another that replaces it. */
export const carryUsages = (from: KmsState, to: KmsState): void => {
  for (const used of allKeys(from)) {
    const { lastUsage } = used
    if (lastUsage === undefined) continue
    const key = sameKey(to, used)
    if (key !== undefined && (key.lastUsage?.at ?? -Infinity) <= lastUsage.at) key.lastUsage = lastUsage
  }
}
