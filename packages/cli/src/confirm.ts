import { CliError } from './cli-error.js'
import { readLine } from './read-line.js'
import type { Session } from './session.js'
import { write } from './write.js'

/**
 * Ask on standard error for a word, and read one line from standard input. A habitual "y" is not enough for what can't be
 * undone. Errors: NOT_CONFIRMED, with `refusal` as its message, when something else is typed.
 */
export async function confirm(
  session: Session,
  { question, word, refusal }: { question: string; word: string; refusal: string },
): Promise<void> {
  await write(session.stderr, `${question} `)
  const typed = await readLine(session)
  if (session.stdin.isTTY !== true) await write(session.stderr, '\n')
  if (typed.normalize('NFC') !== word.normalize('NFC')) throw new CliError('NOT_CONFIRMED', refusal)
}
