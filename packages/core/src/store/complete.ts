import { checkName, checkRevision } from '../backend/entry-name.js'
import { StoreError, type StoreErrorCode } from '../errors.js'
import { ask } from './ask.js'
import { findBytes, replicate } from './copies.js'
import { destroyedError, undestroyed } from './destroyed-error.js'
import { failureLog } from './failure-log.js'
import { judgeContradiction } from './judge-contradiction.js'
import type { StoreParts } from './parts.js'
import { damagedCopy } from './read-copy.js'
import { checkReceipt, incomplete, receiptOf, type Receipt } from './receipt.js'
import type { AbortOptions } from './store.js'

/** See Store.complete. */
export async function complete(
  parts: StoreParts,
  receipt: Receipt,
  { signal }: AbortOptions = {},
): Promise<Receipt> {
  checkReceipt(receipt)
  checkName(receipt.name)
  checkRevision(receipt.revision)
  checkOrigin(parts, receipt)
  const closed = await parts.manifests.openForWriting(signal)
  const { arbiter } = parts
  const { name, revision, digest, requestId } = receipt
  const slot = { name, revision }
  const known = parts.floors.destructionOf(name, revision)
  const stat = await ask(arbiter, 'stat', signal, () => arbiter.stat(slot, { signal }))
  if (!stat) throw gone(parts, receipt)
  if (stat.digest !== digest) {
    const contradiction = await judgeContradiction(parts, slot, digest, signal)
    if (contradiction === 'destroyed')
      throw destroyedError(slot, { tombstone: stat.digest, destroyed: digest })
    throw contradiction === 'damaged' ? damagedCopy(arbiter, slot) : taken(receipt, stat.digest)
  }
  if (known?.destroyed === digest) throw undestroyed(parts, slot, digest)
  const failures = failureLog()
  const source = await findBytes(parts, slot, digest, failures, signal)
  if (!source)
    throw new StoreError(
      'UNREADABLE',
      `No location has intact bytes of ${JSON.stringify(name)} revision ${revision} to copy from.`,
      { cause: failures.cause(), details: { name, revision, failures: failures.list } },
    )
  parts.floors.raise(name, { revision, digest })
  const { blob } = source
  const { copies, failures: missed } = await replicate(parts, slot, blob, closed, signal)
  const done = receiptOf(
    parts,
    slot,
    blob,
    requestId,
    true,
    [{ location: arbiter.id, outcome: 'stored' }, ...copies],
    receipt.missingKeys,
  )
  if (done.copies.every(({ outcome }) => outcome === 'stored')) return done
  throw incomplete(done, 'not every location confirmed its copy', missed.cause())
}

function checkOrigin(parts: StoreParts, receipt: Receipt): void {
  const rows: readonly [StoreErrorCode, string, string][] = [
    ['STORE_MISMATCH', receipt.store, parts.id],
    ['ARBITER_MISMATCH', receipt.arbiter, parts.arbiter.id],
  ]
  for (const [code, found, expected] of rows)
    if (found !== expected)
      throw new StoreError(code, `The receipt is of "${found}", this store was opened with "${expected}".`, {
        details: { found, expected },
      })
}

/** The arbiter does not hold the revision. */
function gone(parts: StoreParts, receipt: Receipt): StoreError {
  const { name, revision, size, digest, requestId } = receipt
  if (receipt.committed === true)
    return new StoreError(
      'ROLLBACK',
      `The arbiter confirmed ${JSON.stringify(name)} revision ${revision} and no longer has it: it was rolled ` +
        'back or restored. Run verify and repair.',
      { details: { name, revision, digest } },
    )
  const nothing = receiptOf(parts, { name, revision }, { digest, size }, requestId, false, [])
  return new StoreError(
    'PUT_INCOMPLETE',
    `${JSON.stringify(name)} revision ${revision} was not written: put it again with the same requestId.`,
    { details: nothing },
  )
}

/** The arbiter holds another blob at the revision. */
function taken(receipt: Receipt, found: string): StoreError {
  const { name, revision, digest } = receipt
  const details = { name, revision, digest, found }
  return receipt.committed === true
    ? new StoreError(
        'TAMPERED',
        `The arbiter confirmed ${JSON.stringify(name)} revision ${revision} and now has another blob there.`,
        { details },
      )
    : new StoreError(
        'CONFLICT',
        `Another writer made ${JSON.stringify(name)} revision ${revision}: put again with the same requestId.`,
        { details },
      )
}
