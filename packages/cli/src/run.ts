import { CommanderError } from 'commander'
import { createProgram } from './program.js'
import type { Session } from './session.js'

/** Run one command line (without node and script). Returns the exit code; everything is written by then. */
export async function run(argv: readonly string[], session: Session): Promise<number> {
  const program = createProgram(session)
  try {
    await program.parseAsync([...argv], { from: 'user' })
    return 0
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0
    const { failureOf } = await import('./failure-of.js')
    const { reportError } = await import('./report-error.js')
    return reportError(failureOf(error, program, session), session, asksForJson(argv))
  }
}

/** Not from the parsed options: the parser may have stopped before this one. */
function asksForJson(argv: readonly string[]): boolean {
  return argv.slice(0, argv.includes('--') ? argv.indexOf('--') : argv.length).includes('--json')
}
