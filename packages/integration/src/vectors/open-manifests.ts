import { posix } from 'node:path'
import { decryptionScenarios, type Scenario } from './decryption-scenarios.js'
import { jsonObject, jsonText, type JsonObject } from './json-shape.js'
import { legacyManifest } from './legacy-manifest.js'
import { manifestKeys, rememberKeyrings, type KeyringFor } from './manifest-keys.js'
import { VectorError } from './vector-error.js'
import { vectorPath } from './vector-path.js'
import type { VectorSource } from './vector-source.js'

export interface VectorManifest {
  /** `awses-decrypt 4` */
  readonly kind: string
  /** Who wrote the messages, as the manifest says. */
  readonly writer: string
  readonly scenarios: readonly Scenario[]
  readonly keyringFor: KeyringFor
  /** The file that a URI of this manifest names. Throws VECTOR_PATH_REFUSED, VECTOR_FILE_MISSING. */
  read(uri: string): Buffer
}

const versions = new Set<unknown>([1, 2, 3, 4, 5])

const invalid = (text: string, cause?: unknown): VectorError =>
  new VectorError('VECTOR_MANIFEST_INVALID', text, { cause })

function parse(source: VectorSource, path: string): JsonObject {
  let value: unknown
  try {
    value = JSON.parse(source.read(path).toString('utf8'))
  } catch (cause) {
    throw cause instanceof VectorError ? cause : invalid(`${path} is no JSON`, cause)
  }
  return jsonObject(value) ?? {}
}

/** `undefined` where the file is something else than a manifest of messages to open. */
function open(source: VectorSource, path: string): VectorManifest | undefined {
  const content = parse(source, path)
  const { name = '', version: clientVersion = '' } = jsonObject(content['client']) ?? {}
  const writer = `${jsonText(name) ?? ''} ${jsonText(clientVersion) ?? ''}`.trim() || 'nobody named'
  const below = (folder: string) => (uri: string) => source.read(posix.join(folder, vectorPath(uri)))
  const legacy = legacyManifest(content)
  if (legacy) {
    return {
      kind: 'awses-legacy',
      writer,
      scenarios: decryptionScenarios(legacy.tests),
      keyringFor: rememberKeyrings(manifestKeys(legacy.keys)),
      // It lies in `manifests/`, beside what it names.
      read: below(posix.dirname(posix.dirname(path))),
    }
  }
  const { type, version } = jsonObject(content['manifest']) ?? {}
  if (type !== 'awses-decrypt') return undefined
  if (!versions.has(version)) throw invalid(`${path} is of version ${JSON.stringify(version)}, not 1 to 5`)
  const tests = jsonObject(content['tests'])
  const keysUri = jsonText(content['keys'])
  if (!tests || keysUri === undefined) throw invalid(`${path} has no tests, or names no keys`)
  const folder = posix.dirname(path)
  const keysContent = parse(source, posix.join(folder, vectorPath(keysUri)))
  const keys = jsonObject(keysContent['keys'])
  if (jsonObject(keysContent['manifest'])?.['type'] !== 'keys' || !keys) {
    throw invalid(`${keysUri}, which ${path} names, is no keys manifest`)
  }
  return {
    kind: `awses-decrypt ${String(version)}`,
    writer,
    scenarios: decryptionScenarios(tests),
    keyringFor: rememberKeyrings(manifestKeys(keys)),
    read: below(folder),
  }
}

/** A manifest found, or why it can't be run. */
export type FoundManifest = { readonly path: string } & (
  { readonly manifest: VectorManifest } | { readonly error: VectorError }
)

/**
 * Every manifest of messages to open, in whatever folder of the source it lies and whatever its name is
 * (`manifest.json`, `decrypt_message.json`, `decrypt-manifest.json`, `manifests/ciphertext.manifest`).
 */
export function openManifests(source: VectorSource): FoundManifest[] {
  const found: FoundManifest[] = []
  for (const path of source.paths.toSorted()) {
    if (!/\.json$|(^|\/)ciphertext\.manifest$/.test(path)) continue
    try {
      const manifest = open(source, path)
      if (manifest) found.push({ path, manifest })
    } catch (error) {
      if (!(error instanceof VectorError)) throw error
      found.push({ path, error })
    }
  }
  if (found.length > 0) return found
  return [{ path: '', error: invalid(`${source.name} holds no awses-decrypt manifest`) }]
}
