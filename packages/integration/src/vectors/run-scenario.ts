import { KeyringNode, MultiKeyringNode } from '@aws-crypto/material-management-node'
import { errorCodes, SealringError } from '@sealring/core'
import type { DecryptionScenario, Scenario } from './decryption-scenarios.js'
import type { VectorManifest } from './open-manifests.js'
import { readings, readMessage, type Reading, type ReadingLimits, type VectorClient } from './read-message.js'
import { VectorError } from './vector-error.js'

export type Verdict =
  /** In every reading, to the expected plaintext. */
  | { readonly outcome: 'opened' }
  /** In every reading, as it should be. `codes`: of the readings, each once, that of the whole message first. */
  | { readonly outcome: 'refused'; readonly codes: readonly string[] }
  | { readonly outcome: 'failed'; readonly code: string; readonly message: string }
  | { readonly outcome: 'unsupported'; readonly reason: string }

const layers: Readonly<Record<string, string>> = errorCodes

/** The code with which the envelope or the keyring refused, if that is what happened. */
function refusalCode(error: unknown): string | undefined {
  if (!(error instanceof SealringError)) return undefined
  return layers[error.code] === 'envelope' || layers[error.code] === 'keyring' ? error.code : undefined
}

function failure(error: unknown, reading?: Reading): Verdict {
  const coded = error instanceof SealringError || error instanceof VectorError
  // The first line: some errors put the stacks of others into their message.
  const [text = ''] = (coded ? error.message : String(error)).split('\n')
  return {
    outcome: 'failed',
    code: coded ? error.code : 'REFUSED_WITHOUT_CODE',
    message: reading ? `read ${reading.name}: ${text}` : text,
  }
}

interface Readers {
  readonly keyrings: KeyringNode[]
  /** The kinds of keys that can't be had. */
  readonly missing: string
}

function readersOf(manifest: VectorManifest, { keys }: DecryptionScenario): Readers {
  const made = keys.map((key) => manifest.keyringFor(key))
  const missing = made.flatMap((keyring) => (keyring instanceof KeyringNode ? [] : [keyring.unsupported]))
  return {
    keyrings: made.filter((keyring) => keyring instanceof KeyringNode),
    missing: [...new Set(missing)].toSorted().join(' and '),
  }
}

type Read = (reading: Reading) => Promise<Buffer | undefined>

async function mustOpen(read: Read, plaintext: Buffer, missing: string): Promise<Verdict> {
  for (const reading of readings) {
    try {
      const opened = await read(reading)
      if (!opened || opened.equals(plaintext)) continue
      const text = `${opened.length} bytes instead of the expected ${plaintext.length}`
      return failure(new VectorError('PLAINTEXT_DIFFERS', text), reading)
    } catch (error) {
      // It may be for the missing keys alone.
      if (missing !== '' && refusalCode(error) === 'NO_DATA_KEY')
        return { outcome: 'unsupported', reason: missing }
      return failure(error, reading)
    }
  }
  return { outcome: 'opened' }
}

async function mustBeRefused(read: Read, why: string): Promise<Verdict> {
  const codes = new Set<string>()
  for (const reading of readings) {
    try {
      if ((await read(reading)) === undefined) continue
    } catch (error) {
      const code = refusalCode(error)
      if (code === undefined) return failure(error, reading)
      codes.add(code)
      continue
    }
    return failure(new VectorError('MESSAGE_OPENED', `it must not open: ${why}`), reading)
  }
  return { outcome: 'refused', codes: [...codes] }
}

/** Runs one scenario in every reading. Never throws: whatever goes wrong fails it. */
export async function runScenario(
  client: VectorClient,
  manifest: VectorManifest,
  scenario: Scenario,
  limits: ReadingLimits,
): Promise<Verdict> {
  if ('unsupported' in scenario) return { outcome: 'unsupported', reason: scenario.unsupported }
  try {
    const { expected, ciphertext } = scenario
    const { keyrings, missing } = readersOf(manifest, scenario)
    // With a key less than the scenario means, a refusal would prove nothing.
    if (keyrings.length === 0 || (missing !== '' && 'error' in expected)) {
      return { outcome: 'unsupported', reason: missing }
    }
    const message = manifest.read(ciphertext)
    // The first that opens wins.
    const keyring = new MultiKeyringNode({ children: keyrings })
    const read: Read = (reading) => readMessage(client, keyring, scenario, message, reading, limits)
    if ('error' in expected) return await mustBeRefused(read, expected.error)
    return await mustOpen(read, manifest.read(expected.plaintext), missing)
  } catch (error) {
    return failure(error)
  }
}
