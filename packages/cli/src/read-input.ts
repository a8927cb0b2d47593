import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { CliError } from './cli-error.js'
import type { Session } from './session.js'
import { systemCode } from './system-code.js'

/**
 * The whole of a file, or of standard input for `-` or no name. A terminal is read only when `-` asks for it.
 * No message repeats the name: whoever types a secret where a file name belongs must not find it in a log.
 * Errors: USAGE, INPUT_UNREADABLE, INTERRUPTED.
 */
export async function readInput(file: string | undefined, session: Session): Promise<Uint8Array> {
  if (file === undefined && session.stdin.isTTY === true)
    throw new CliError('USAGE', 'There is nothing to read: standard input is a terminal.', {
      hint: 'name a file, pipe the bytes in (printf %s "$VALUE" | sealring …), or give - to type them',
    })
  try {
    if (file !== undefined && file !== '-')
      return await readFile(resolve(session.cwd, file), { signal: session.signal })
    return await readAll(session)
  } catch (cause) {
    if (session.signal.aborted) throw new CliError('INTERRUPTED', 'Interrupted while reading.', { cause })
    throw new CliError('INPUT_UNREADABLE', `The input can't be read (${systemCode(cause)}).`, {
      cause,
      ...(systemCode(cause) === 'ENOENT' ? { hint: notAFile } : {}),
    })
  }
}

const notAFile =
  'there is no such file; a value is never given as an argument: printf %s "$VALUE" | sealring put NAME'

async function readAll({ stdin, signal }: Session): Promise<Uint8Array> {
  const abort = () => stdin.destroy(new Error('aborted'))
  signal.addEventListener('abort', abort, { once: true })
  try {
    const pieces: Uint8Array[] = []
    for await (const piece of stdin) pieces.push(piece)
    const whole = Buffer.concat(pieces)
    for (const piece of pieces) piece.fill(0)
    return whole
  } finally {
    signal.removeEventListener('abort', abort)
  }
}
