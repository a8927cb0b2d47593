import { resolve } from 'node:path'
import type { Entry } from '@sealring/core'
import { openStore } from '../open-store.js'
import type { Session } from '../session.js'
import { failureWarnings } from '../warnings.js'
import { checkOutput, writeWholeFile } from '../write-whole-file.js'
import { write, writeJson, writeLines } from '../write.js'
import type { GetCommandOptions } from '../commands/get.js'

export async function get(name: string, options: GetCommandOptions, session: Session): Promise<void> {
  const { revision, freshness, context, force } = options
  const out = options.out === undefined ? undefined : resolve(session.cwd, options.out)
  if (out !== undefined) await checkOutput(out, { force: force === true })
  const store = await openStore(options, session)
  const entry = await store.get(name, {
    signal: session.signal,
    ...(revision !== undefined && { revision }),
    ...(freshness && { freshness }),
    ...(context && { context }),
  })
  try {
    await writeLines(session.stderr, failureWarnings(entry.failures))
    if (out !== undefined) await writeWholeFile(out, entry.plaintext, { force: force === true })
    if (options.json) await writeJson(session.stdout, document(entry, options.withPlaintext === true))
    else if (out === undefined) await write(session.stdout, entry.plaintext)
  } finally {
    entry.plaintext.fill(0)
  }
}

function document(entry: Entry, withPlaintext: boolean): object {
  const { name, revision, digest, plaintext, context, servedBy, failures } = entry
  return {
    name,
    revision,
    digest,
    size: plaintext.byteLength,
    context,
    servedBy,
    failures,
    ...(withPlaintext && { plaintext: Buffer.from(plaintext).toString('base64') }),
  }
}
