import { DescribeContinuousBackupsCommand } from '@aws-sdk/client-dynamodb'
import type { PointInTimeRecoveryDescription } from '@aws-sdk/client-dynamodb'
import { BackendError, checkSlot } from '@sealring/core'
import type { Backend, Retained } from '@sealring/core'
import { begin } from './location.js'
import type { Caller, DynamodbLocation } from './location.js'
import { send } from './send.js'

/** How long what was told of the table's backups is believed, in milliseconds. */
const believed = 60_000

/** What point-in-time recovery keeps unless it is told otherwise (Developer Guide, "Point-in-time recovery"). */
const defaultDays = 35

const day = 24 * 60 * 60 * 1000

/** `unknown`: it may not be asked. */
type Recovery = PointInTimeRecoveryDescription | 'none' | 'unknown'

/**
 * `purge` of a Backend. An item has no earlier versions, and the chunks of a replaced blob are removed by `replace` or,
 * after a crash, by `sweepUploads`. What remains is the table's point-in-time recovery, which can't forget one item.
 */
export function purge(location: DynamodbLocation): Pick<Backend, 'purge'> {
  let told: { readonly recovery: Recovery; readonly at: number } | undefined
  return {
    async purge(slot, call) {
      const caller = begin('purge', call)
      checkSlot(slot)
      if (told === undefined || performance.now() - told.at > believed)
        told = { recovery: await describe(location, caller), at: performance.now() }
      return { retained: retainedBy(told.recovery, location.table) }
    },
  }
}

async function describe(location: DynamodbLocation, caller: Caller): Promise<Recovery> {
  const command = new DescribeContinuousBackupsCommand({ TableName: location.table })
  try {
    const { ContinuousBackupsDescription } = await send(location, command, caller)
    return ContinuousBackupsDescription?.PointInTimeRecoveryDescription ?? 'none'
  } catch (error) {
    if (!(error instanceof BackendError)) throw error
    if (error.code === 'ACCESS_DENIED') return 'unknown'
    // A service that can't be asked for backups has none.
    if (error.cause instanceof Error && error.cause.name === 'UnknownOperationException') return 'none'
    throw error
  }
}

function retainedBy(recovery: Recovery, table: string): readonly Retained[] {
  if (recovery === 'unknown')
    return [
      {
        by: 'unknown',
        message: `Whether the table "${table}" can be restored to an earlier time can be seen with dynamodb:DescribeContinuousBackups only.`,
      },
    ]
  if (recovery === 'none' || recovery.PointInTimeRecoveryStatus !== 'ENABLED') return []
  const days = recovery.RecoveryPeriodInDays ?? defaultDays
  return [
    {
      by: 'point-in-time-recovery',
      // What was replaced just now can be had until the window has moved past now.
      until: new Date(Date.now() + days * day),
      message: `Point-in-time recovery can restore the table "${table}" to any second of the last ${days} days.`,
    },
  ]
}
