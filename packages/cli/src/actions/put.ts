import { StoreError } from '@sealring/core'
import type { PutOptions, Receipt, Store } from '@sealring/core'
import { CliError } from '../cli-error.js'
import { openStore } from '../open-store.js'
import type { ExpectedRevision } from '../option-values.js'
import { quoted } from '../quoted.js'
import { readInput } from '../read-input.js'
import type { Session } from '../session.js'
import { warning } from '../warnings.js'
import { writeJson, writeLines } from '../write.js'
import type { PutCommandOptions } from '../commands/put.js'

export async function put(
  name: string,
  file: string | undefined,
  options: PutCommandOptions,
  session: Session,
): Promise<void> {
  const store = await openStore(options, session)
  const plaintext = await readInput(file, session)
  let receipt: Receipt
  try {
    receipt = await store.put(name, plaintext, await putOptions(store, name, options, session))
  } catch (error) {
    throw explained(error, name)
  } finally {
    plaintext.fill(0)
  }
  if (options.json) return writeJson(session.stdout, receipt)
  const missing = receipt.copies.filter(({ outcome }) => outcome !== 'stored')
  await writeLines(session.stderr, [
    ...missing.map((copy) => warning(notStored(copy))),
    ...(receipt.missingKeys ?? []).map(({ keyring, code, reason }) =>
      warning(`sealed without ${keyring} (${code ?? reason}): only the other keys open it`),
    ),
  ])
  await writeLines(session.stdout, [
    `${name} revision ${receipt.revision} sha256 ${receipt.digest} stored in ${stored(receipt)}`,
  ])
}

async function putOptions(
  store: Store,
  name: string,
  { context, copies, ifRevision, requestId }: PutCommandOptions,
  { signal }: Session,
): Promise<PutOptions> {
  return {
    signal,
    ...(context && { context }),
    ...(copies !== undefined && { copies }),
    ...(requestId !== undefined && { requestId }),
    ...(ifRevision && { ifRevision: await expectation(store, name, ifRevision, signal) }),
  }
}

/** Revisions never change, so the digest may be looked up when only the revision was given. */
async function expectation(
  store: Store,
  name: string,
  { revision, digest }: ExpectedRevision,
  signal: AbortSignal,
): Promise<NonNullable<PutOptions['ifRevision']>> {
  if (revision === 0) return 0
  if (digest !== undefined) return { revision, digest }
  const { revisions } = await store.history(name, { signal })
  const known = revisions.find((candidate) => candidate.revision === revision)
  if (known) return { revision, digest: known.digest }
  throw new CliError('CONFLICT', `Revision ${revision} is not there, so it can't be the latest.`)
}

function explained(error: unknown, name: string): unknown {
  const receipt = receiptOf(error)
  if (!receipt) return error
  const held = stored(receipt)
  const lacking = receipt.copies.filter(({ outcome }) => outcome !== 'stored').map(notStored)
  return new CliError(
    'PUT_INCOMPLETE',
    `Revision ${receipt.revision} is ${held ? `stored in ${held}` : 'not known to be stored anywhere'}; ${lacking.join('; ')}.`,
    { cause: error, document: { receipt }, hint: howToFinish(receipt, name) },
  )
}

function receiptOf(error: unknown): Receipt | undefined {
  return error instanceof StoreError && error.code === 'PUT_INCOMPLETE' ? error.details : undefined
}

function howToFinish({ committed, requestId }: Receipt, name: string): string {
  return committed === true
    ? `nothing is lost: when the locations answer, finish it with \`sealring repair ${quoted(name)}\``
    : `it is not certain that it was stored: put the same bytes again with --request-id ${quoted(requestId)}, which makes no second revision`
}

function stored({ copies }: Receipt): string {
  return copies.flatMap(({ outcome, location }) => (outcome === 'stored' ? [location] : [])).join(', ')
}

function notStored({ location, outcome, code, message }: Receipt['copies'][number]): string {
  const why = code === undefined ? '' : ` (${code}${message === undefined ? '' : `: ${message}`})`
  return outcome === 'unknown' ? `${location} may hold it${why}` : `${location} does not hold it${why}`
}
