import type { Appointment } from '@sealring/core'
import { CliError } from '../cli-error.js'
import type { AppointCommandOptions } from '../commands/appoint.js'
import { configPath, loadConfig } from '../config/load-config.js'
import { storeFromConfig } from '../config/store-from-config.js'
import { confirm } from '../confirm.js'
import { printable } from '../printable.js'
import type { Session } from '../session.js'
import { failureWarnings, warning } from '../warnings.js'
import { writeJson, writeLines, writeRows } from '../write.js'
import { reportRows } from './repair.js'

export async function appoint(
  location: string,
  options: AppointCommandOptions,
  session: Session,
): Promise<void> {
  const loaded = await loadConfig(configPath(options.config, session))
  const { config } = loaded
  const ids = config.locations.map(({ id }) => id)
  if (!ids.includes(location))
    throw new CliError('INVALID_ARGUMENT', `The configuration has no location "${printable(location)}".`, {
      hint: `its locations are ${ids.join(', ')}`,
    })
  const store = await storeFromConfig({ ...loaded, config: { ...config, arbiter: location } }, session)
  if (options.yes !== true)
    await confirm(session, {
      question: `${location} will be the arbiter. Have all writers stopped? Type the location to confirm:`,
      word: location,
      refusal: 'That is not the location. Nothing was changed.',
    })
  const { signal } = session
  const done = await store.appointArbiter({ arbiter: location, signal, overrule: options.overrule === true })
  await writeLines(session.stderr, failureWarnings(done.repair.failures))
  if ((config.arbiter ?? ids[0]) !== location)
    await writeLines(session.stderr, [
      warning(`set "arbiter": "${location}" in the configuration of every client before they write again`),
    ])
  if (options.json) return writeJson(session.stdout, done)
  await writeRows(session.stdout, reportRows(done.repair))
  await writeLines(session.stdout, [summary(done)])
}

function summary({ arbiter, rewritten }: Appointment): string {
  const manifests =
    rewritten.length === 0 ? 'all manifests named it' : `manifests written: ${rewritten.join(', ')}`
  return `arbiter: ${arbiter} (${manifests})`
}
