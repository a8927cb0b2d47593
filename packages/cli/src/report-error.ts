import type { LocationFailure } from '@sealring/core'
import { CliError } from './cli-error.js'
import { exitCodes, outcomeOf } from './exit-codes.js'
import { hintFor } from './hints.js'
import type { Session } from './session.js'
import { failureWarnings } from './warnings.js'
import { writeJson, writeLines } from './write.js'

interface Described {
  code: string
  message: string
  hint: string
  /** Names of the errors behind it, outermost first: never their messages, which are not ours. */
  causes: string[]
  exit: number
  details?: unknown
  document: object
}

/**
 * Print a failure: `sealring: CODE: message` and `hint: …` on stderr, and with `--json` a document with an
 * `error` on stdout. Returns the exit code.
 */
export async function reportError(error: unknown, session: Session, json: boolean): Promise<number> {
  const { exit, document, ...described } = describe(error)
  if (!json) await writeLines(session.stderr, failureWarnings(failuresOf(described.details)))
  await writeLines(session.stderr, [
    `sealring: ${described.code}: ${described.message}`,
    `hint: ${described.hint}`,
  ])
  if (described.code === 'INTERNAL' && session.env['SEALRING_DEBUG'])
    await writeLines(session.stderr, stackFrames(error))
  if (json) await writeJson(session.stdout, { ...document, error: described })
  return exit
}

function describe(error: unknown): Described {
  const causes = causesOf(error)
  const code = codeOf(error)
  const outcome = code === undefined ? undefined : outcomeOf(code)
  if (!(error instanceof Error) || code === undefined || outcome === undefined)
    return {
      code: 'INTERNAL',
      message: `Something unexpected happened (${causes[0] ?? typeof error}).`,
      hint: hintFor('INTERNAL'),
      causes,
      exit: exitCodes.internal.exit,
      document: {},
    }
  const own = error instanceof CliError ? error : undefined
  return {
    code,
    message: error.message,
    hint: own?.hint ?? hintFor(code, causes),
    causes: causes.slice(1),
    exit: exitCodes[outcome].exit,
    ...('details' in error ? { details: error.details } : {}),
    document: own?.document ?? {},
  }
}

/** What single locations said, where the details of a failure tell. */
function failuresOf(details: unknown): readonly LocationFailure[] {
  if (typeof details !== 'object' || details === null || !('failures' in details)) return []
  const { failures } = details
  return Array.isArray(failures) ? failures : []
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}

/** The names (or system error codes) of an error, its causes and the members of aggregates; each once. */
function causesOf(error: unknown): string[] {
  const names = new Set<string>()
  const pending: unknown[] = [error]
  for (const seen = new Set<unknown>(); pending.length > 0;) {
    const next = pending.shift()
    if (!(next instanceof Error) || seen.has(next)) continue
    seen.add(next)
    names.add(next.name === 'Error' ? (codeOf(next) ?? next.name) : next.name)
    pending.push(next.cause, ...(next instanceof AggregateError ? next.errors : []))
  }
  return [...names]
}

/** Where it happened, without the message, which is not ours. */
function stackFrames(error: unknown): string[] {
  const stack = error instanceof Error ? (error.stack ?? '') : ''
  return stack.split('\n').filter((line) => /^\s+at /.test(line))
}
