import { checkName, StoreError } from '@sealring/core'
import type { DestroyedCopy, DestroyedRevision, DestroyReceipt } from '@sealring/core'
import { CliError } from '../cli-error.js'
import { confirm } from '../confirm.js'
import type { DestroyCommandOptions } from '../commands/destroy.js'
import { openStore } from '../open-store.js'
import { printable } from '../printable.js'
import { quoted } from '../quoted.js'
import type { Session } from '../session.js'
import { warning } from '../warnings.js'
import { writeJson, writeLines } from '../write.js'

export async function destroy(name: string, options: DestroyCommandOptions, session: Session): Promise<void> {
  const { revision, requestId } = options
  checkName(name)
  const store = await openStore(options, session)
  if (options.yes !== true) {
    const what = revision === undefined ? 'All revisions' : `Revision ${revision}`
    await confirm(session, {
      question: `${what} of ${printable(name)} will be destroyed everywhere, for ever. Type the name to confirm:`,
      word: name,
      refusal: 'That is not the name of the entry. Nothing was destroyed.',
    })
  }
  let receipt: DestroyReceipt
  try {
    receipt = await store.destroy(name, {
      signal: session.signal,
      ...(requestId !== undefined && { requestId }),
      ...(revision === undefined ? { all: true } : { revision }),
    })
  } catch (error) {
    const partial = receiptOf(error)
    if (!partial) throw error
    await writeLines(session.stderr, keptWarnings(partial))
    if (!options.json) await writeLines(session.stdout, destroyedLines(partial))
    throw incomplete(error, partial)
  }
  await writeLines(session.stderr, keptWarnings(receipt))
  if (options.json) return writeJson(session.stdout, receipt)
  await writeLines(session.stdout, destroyedLines(receipt))
}

function receiptOf(error: unknown): DestroyReceipt | undefined {
  return error instanceof StoreError && error.code === 'DESTROY_INCOMPLETE' ? error.details : undefined
}

function incomplete(cause: unknown, receipt: DestroyReceipt): CliError {
  const open = receipt.revisions.filter(
    ({ committed, copies }) => committed !== true || copies.some(({ outcome }) => outcome !== 'destroyed'),
  )
  const left = open.flatMap(({ revision, copies }) =>
    copies
      .filter(({ outcome }) => outcome !== 'destroyed')
      .map((copy) => `revision ${revision}: ${whatIsLeft(copy)}`),
  )
  // Not `--all`: that would take what was put since then.
  const commands = open.map(
    ({ revision }) => `\`sealring destroy ${quoted(receipt.name)} --revision ${revision}\``,
  )
  return new CliError('DESTROY_INCOMPLETE', `Not destroyed everywhere: ${left.join('; ')}.`, {
    cause,
    document: { receipt },
    hint: `when the locations answer, do the rest with ${commands.join(', ')}`,
  })
}

const remains: Readonly<Record<DestroyedCopy['outcome'], string>> = {
  destroyed: 'holds nothing of it',
  unpurged: 'holds the tombstone, but may keep earlier bytes',
  failed: 'may still hold it',
  unknown: 'may still hold it, or the tombstone',
}

function whatIsLeft({ location, outcome, code, message }: DestroyedCopy): string {
  const why = code === undefined ? '' : ` (${code}${message === undefined ? '' : `: ${message}`})`
  return `${location} ${remains[outcome]}${why}`
}

function destroyedLines({ name, revisions }: DestroyReceipt): string[] {
  return revisions.flatMap((each) => {
    const where = each.copies.flatMap(({ location, outcome }) => (outcome === 'destroyed' ? [location] : []))
    return where.length === 0
      ? []
      : [`${name} revision ${each.revision}${digestOf(each)} destroyed in ${where.join(', ')}`]
  })
}

function digestOf({ destroyed }: DestroyedRevision): string {
  return destroyed === undefined ? '' : ` sha256 ${destroyed}`
}

/** What outlives it, and why. */
function keptWarnings({ revisions }: DestroyReceipt): string[] {
  return revisions.flatMap(({ revision, copies }) =>
    copies.flatMap(({ location, retained, forks }) => [
      ...retained.map(({ by, until, message }) =>
        warning(
          `${location}: revision ${revision}: kept by ${by}${until === undefined ? '' : ` until ${until.toISOString()}`}: ${message}`,
        ),
      ),
      ...forks.map((digest) =>
        warning(`${location}: revision ${revision}: another blob is kept beside it, sha256 ${digest}`),
      ),
    ]),
  )
}
