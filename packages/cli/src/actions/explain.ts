import { explainKeyring, type KeyringAttempt } from '@sealring/core/keyring'
import { CliError } from '../cli-error.js'
import type { InspectOptions } from '../commands/inspect.js'
import { configPath, loadConfig } from '../config/load-config.js'
import { keyringFromConfig } from '../config/keyring-from-config.js'
import { readInput } from '../read-input.js'
import type { Session } from '../session.js'
import { failureWarnings } from '../warnings.js'
import { writeJson, writeLines, writeRows } from '../write.js'
import { readStoredCopy, type StoredCopy } from './read-stored-copy.js'

/** Print what each keyring makes of each data key. Errors: those of reading, of the configuration, DATA_KEY_NOT_UNWRAPPED. */
export async function explain(
  file: string | undefined,
  options: InspectOptions,
  session: Session,
): Promise<void> {
  const copy: StoredCopy | undefined =
    options.name === undefined ? undefined : await readStoredCopy(options.name, options, session)
  const message = copy?.bytes ?? (await readInput(file, session))
  const keyring = await keyringFromConfig(await loadConfig(configPath(options.config, session)), session)
  const attempts = await explainKeyring(message, keyring)
  const { bytes: _bytes, ...stored } = copy ?? {}
  const document = { ...(copy && { stored }), attempts }
  if (!options.json) {
    await writeLines(session.stderr, failureWarnings(copy?.failures ?? []))
    await writeRows(session.stdout, attempts.map(row))
  }
  if (!attempts.some(({ code }) => code === 'OPENS')) {
    throw new CliError('DATA_KEY_NOT_UNWRAPPED', 'No data key of the message opens with these keys.', {
      document,
    })
  }
  if (options.json) await writeJson(session.stdout, document)
}

function row({ dataKey, code, keyring, providerInfo, reason, detail }: KeyringAttempt): (string | number)[] {
  return [dataKey, code, providerInfo, keyring, ...(reason === undefined ? [] : [detail ?? reason])]
}
