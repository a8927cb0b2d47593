import { inspect } from '@sealring/core/envelope'
import type { MessageInfo } from '@sealring/core/envelope'
import type { InspectOptions } from '../commands/inspect.js'
import { readInput } from '../read-input.js'
import type { StoredCopy } from './read-stored-copy.js'
import type { Session } from '../session.js'
import { failureWarnings } from '../warnings.js'
import { writeJson, writeLines } from '../write.js'

/** Print what a message says about itself. Errors: those of reading, and of `inspect` of the envelope. */
export async function inspectMessage(
  file: string | undefined,
  options: InspectOptions,
  session: Session,
): Promise<void> {
  const copy = options.name === undefined ? undefined : await storedCopy(options.name, options, session)
  const info = inspect(copy?.bytes ?? (await readInput(file, session)))
  const { bytes: _bytes, ...stored } = copy ?? {}
  if (options.json) return writeJson(session.stdout, { ...(copy && { stored }), ...info })
  await writeLines(session.stderr, failureWarnings(copy?.failures ?? []))
  await writeLines(session.stdout, [...(copy ? copyLines(copy) : []), ...infoLines(info)])
}

async function storedCopy(name: string, options: InspectOptions, session: Session): Promise<StoredCopy> {
  const { readStoredCopy } = await import('./read-stored-copy.js')
  return readStoredCopy(name, options, session)
}

function copyLines({ name, revision, location, digest }: StoredCopy): string[] {
  return [row('entry', `${name} revision ${revision}`), row('copy of', location), row('sha256', digest)]
}

function infoLines(info: MessageInfo): string[] {
  const { suite, encryptionContext, encryptedDataKeys } = info
  const traits = [suite.committing ? 'committing' : 'not committing', suite.signed ? 'signed' : 'not signed']
  return [
    row('format', `AWS Encryption SDK message ${info.formatVersion}`),
    row('suite', `0x${suite.id.toString(16).padStart(4, '0')} ${suite.name} (${traits.join(', ')})`),
    row('message id', info.messageId),
    ...Object.entries(encryptionContext).map(([key, value]) => row('context', `${key} = ${value}`)),
    ...encryptedDataKeys.map((key) =>
      row('data key', `${key.providerId} ${key.providerInfo} (${key.length} bytes)`),
    ),
    row('body', `${info.contentType}, ${info.frames} frames of ${info.frameLength} bytes`),
    row('plaintext', `${info.plaintextLength} bytes`),
    row('message', `${info.totalLength} bytes`),
    row('note', 'nothing of this is authenticated before the message is opened'),
  ]
}

function row(label: string, value: string): string {
  return `${label.padEnd(11)} ${value}`
}
