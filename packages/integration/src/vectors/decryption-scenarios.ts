import { jsonObject, jsonText, jsonTexts, type JsonObject } from './json-shape.js'
import { readersKeys, type KeyDescription } from './key-description.js'

/** One message to open, whatever version of the manifest describes it. */
export interface DecryptionScenario {
  readonly id: string
  /** URI of the message. */
  readonly ciphertext: string
  /** URI of what comes out, or why the message must be refused. */
  readonly expected: { readonly plaintext: string } | { readonly error: string }
  /** What the reader is given, in order. */
  readonly keys: readonly KeyDescription[]
  /** The context that the reader reproduces. */
  readonly encryptionContext: Readonly<Record<string, string>>
  /** What the reader's materials manager demands to find in the reproduced context. */
  readonly requiredContextKeys: readonly string[]
  /** Only the way of reading that refuses signed messages. */
  readonly unsignedOnly: boolean
}

/** A test that this runner can't run, and why. */
export interface UnsupportedScenario {
  readonly id: string
  readonly unsupported: string
}

export type Scenario = DecryptionScenario | UnsupportedScenario

/**
 * Every member that a test may have. Those that change what is tested are read below; with any other member the test
 * is not understood, and an unknown demand must not pass as met.
 */
const knownMembers = new Set(
  [
    'ciphertext plaintext result type errorDescription decryptErrorDescription decryption-method',
    'master-keys decryptKeyDescription keyDescription cmm encryption-context reproduced-encryption-context',
    // Of the writer: the message tells it, or no reader needs it.
    'description algorithm algorithmSuiteId frame-size encryptKeyDescription',
  ].flatMap((members) => members.split(' ')),
)

/** `type` of a version 3 or 5 test → whether the message must open. */
const types = new Map<unknown, boolean>([
  ['positive-esdk', true],
  ['negative-esdk', false],
  ['negative-decrypt-esdk', false],
])

/** `decryption-method` → whether signed messages are refused. */
const methods = new Map<unknown, boolean>([
  [undefined, false],
  ['streaming-unsigned-only', true],
])

class Unsupported extends Error {}

function expectation(test: JsonObject): DecryptionScenario['expected'] {
  const result = jsonObject(test['result'])
  const plaintext = result
    ? jsonText(jsonObject(result['output'])?.['plaintext'])
    : // Versions 3 and 5 of the Dafny family: a URI; version 1: beside the ciphertext.
      jsonText(test['result'] ?? test['plaintext'])
  const failure = jsonObject(result?.['error'])
  const error = failure
    ? (jsonText(failure['error-description']) ?? 'refused')
    : jsonText(test['decryptErrorDescription'] ?? test['errorDescription'])
  const opens = test['type'] === undefined ? undefined : types.get(test['type'])
  if (test['type'] !== undefined && opens === undefined) {
    throw new Unsupported(`a test of type ${JSON.stringify(test['type'])}`)
  }
  if (result?.['output'] !== undefined && failure) throw new Unsupported('two expected results')
  if (plaintext !== undefined && error === undefined && opens !== false) return { plaintext }
  if (plaintext === undefined && error !== undefined && opens !== true) return { error }
  throw new Unsupported('no clear expected result')
}

function contextOf(test: JsonObject): DecryptionScenario['encryptionContext'] {
  const value = test['reproduced-encryption-context'] ?? test['encryption-context']
  const context = value === undefined ? {} : jsonTexts(value)
  if (!context) throw new Unsupported('an encryption context that is no map of strings')
  return context
}

/** `cmm` → the keys that it demands. Version 4 names none: all of the test's context is meant. */
const managers = new Map<unknown, (context: Readonly<Record<string, string>>) => string[]>([
  [undefined, () => []],
  ['Default', () => []],
  ['RequiredEncryptionContext', Object.keys],
])

function scenario(id: string, test: JsonObject): DecryptionScenario {
  const unknown = Object.keys(test).filter((member) => !knownMembers.has(member))
  if (unknown.length > 0) throw new Unsupported(`an unknown member ${JSON.stringify(unknown[0])}`)
  const ciphertext = jsonText(test['ciphertext'])
  if (ciphertext === undefined) throw new Unsupported('no ciphertext')
  const unsignedOnly = methods.get(test['decryption-method'])
  if (unsignedOnly === undefined) {
    throw new Unsupported(`decryption method ${JSON.stringify(test['decryption-method'])}`)
  }
  const demanded = managers.get(test['cmm'])
  if (!demanded) throw new Unsupported(`materials manager ${JSON.stringify(test['cmm'])}`)
  const readers = readersKeys(test['master-keys'] ?? test['decryptKeyDescription'] ?? test['keyDescription'])
  if (!readers) throw new Unsupported('no keys, or keys of an unknown shape')
  const encryptionContext = contextOf(test)
  const requiredContextKeys = [...readers.requiredContextKeys, ...demanded(encryptionContext)]
  // Such a manager refuses before any key is asked (framework/required-encryption-context-cmm.md#decrypt-materials);
  // readers here are keyrings, and don't have one.
  if (requiredContextKeys.some((key) => !Object.hasOwn(encryptionContext, key))) {
    throw new Unsupported('a required context key that is not reproduced')
  }
  const expected = expectation(test)
  return {
    id,
    ciphertext,
    expected,
    keys: readers.keys,
    encryptionContext,
    requiredContextKeys,
    unsignedOnly,
  }
}

function* scenarios(id: string, value: unknown): Generator<Scenario> {
  const test = jsonObject(value)
  if (!test) {
    yield { id, unsupported: 'a test that is no object' }
    return
  }
  // What stands around nested scenarios holds for each of them.
  const { 'decryption-scenario': one, 'decryption-scenarios': several, ...shared } = test
  const nested: [string, unknown][] = one === undefined ? [] : [['', one]]
  if (typeof several === 'object' && several !== null) {
    for (const [name, member] of Object.entries(several)) nested.push([`/${name}`, member])
  }
  if (one !== undefined || several !== undefined) {
    if (nested.length === 0) yield { id, unsupported: 'no scenario in it' }
    for (const [suffix, member] of nested) {
      yield* scenarios(id + suffix, jsonObject(member) ? Object.assign({ ...shared }, member) : member)
    }
    return
  }
  try {
    yield scenario(id, test)
  } catch (error) {
    if (!(error instanceof Unsupported)) throw error
    yield { id, unsupported: error.message }
  }
}

/**
 * The tests of an `awses-decrypt` manifest, in its order (framework/test-vectors/decryption-manifest.md and the
 * feature documents before it): version 1 with `plaintext`, 2 and 3 with `result`, 4 with `cmm` and
 * `encryption-context`, 5 (and 3, of the same writers) with `decryption-scenario` and key descriptions.
 */
export function decryptionScenarios(tests: JsonObject): Scenario[] {
  return Object.entries(tests).flatMap(([id, test]) => [...scenarios(id, test)])
}
