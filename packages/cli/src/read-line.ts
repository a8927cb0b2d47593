import { CliError } from './cli-error.js'
import type { Session } from './session.js'
import { systemCode } from './system-code.js'

/** More than any name that is asked for. */
const maxBytes = 4096

/** One line of standard input, a terminal's too, without its end; what comes after it is left. Errors: INPUT_UNREADABLE, INTERRUPTED. */
export async function readLine({ stdin, signal }: Session): Promise<string> {
  const abort = () => stdin.destroy(new Error('aborted'))
  signal.addEventListener('abort', abort, { once: true })
  try {
    let bytes = Buffer.alloc(0)
    for await (const piece of stdin) {
      bytes = Buffer.concat([bytes, piece])
      if (bytes.includes('\n') || bytes.byteLength > maxBytes) break
    }
    return bytes.toString().split(/\r?\n/, 1)[0]!
  } catch (cause) {
    if (signal.aborted) throw new CliError('INTERRUPTED', 'Interrupted while reading.', { cause })
    throw new CliError('INPUT_UNREADABLE', `Standard input can't be read (${systemCode(cause)}).`, { cause })
  } finally {
    signal.removeEventListener('abort', abort)
  }
}
