import type { Writable } from 'node:stream'
import { CliError } from './cli-error.js'
import { printable } from './printable.js'
import { systemCode } from './system-code.js'

/**
 * Write everything, honouring back-pressure. Errors: BROKEN_PIPE when the reader went away, OUTPUT_UNWRITABLE.
 */
export function write(stream: Writable, data: string | Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(data, (cause) => {
      if (!cause) resolve()
      else if (systemCode(cause) === 'EPIPE' || systemCode(cause) === 'ERR_STREAM_DESTROYED')
        reject(new CliError('BROKEN_PIPE', 'The reader of the output went away.', { cause }))
      else
        reject(
          new CliError('OUTPUT_UNWRITABLE', `The output can't be written (${systemCode(cause)}).`, { cause }),
        )
    })
  })
}

/** Write one JSON document: everything that a command prints on stdout with `--json`. */
export function writeJson(stream: Writable, document: object): Promise<void> {
  return write(stream, `${JSON.stringify(document, undefined, 2)}\n`)
}

/** Write lines for people; whatever could steer a terminal is shown escaped. */
export async function writeLines(stream: Writable, lines: readonly string[]): Promise<void> {
  if (lines.length > 0) await write(stream, lines.map((line) => `${printable(line)}\n`).join(''))
}

/** Write rows of cells, separated by tabs. */
export async function writeRows(
  stream: Writable,
  rows: readonly (readonly (string | number)[])[],
): Promise<void> {
  if (rows.length === 0) return
  await write(
    stream,
    rows.map((cells) => `${cells.map((cell) => printable(String(cell))).join('\t')}\n`).join(''),
  )
}
