import { inputs } from '#src/model/inputs.generated.js'
import type { OperationName } from '#src/model/input.js'
import { operations } from '#src/operations/operations.js'
import { structureSample } from '../support/shape-values.js'
import { examples } from './examples.js'
import type { Ground } from './ground.js'
import { sitesOf, toWire, isObject } from './json.js'
import type { JsonObject } from './json.js'

/** A request that succeeds, or is at least valid. */
export interface Entry {
  readonly operation: OperationName
  readonly input: JsonObject
  /** Made from the model: it names nothing that exists. */
  readonly isFallback: boolean
}

/** What mutations are made of. */
export interface Corpus {
  /** One row for each operation that there is, in the order of their names. */
  readonly operations: readonly { readonly name: OperationName; readonly entries: readonly Entry[] }[]
  /** Strings and blobs of all examples, to be put where others belong. */
  readonly strings: readonly string[]
  readonly blobs: readonly string[]
}

const wireOf = (input: object): JsonObject => {
  const wire = toWire(input)
  if (!isObject(wire)) throw new TypeError('an input is a structure')
  return wire
}

const blobsIn = (input: object): string[] =>
  Object.values(input)
    .filter((value) => value instanceof Uint8Array)
    .map((value) => Buffer.from(value).toString('base64'))

/** Makes a request for every operation that there is. */
export const createCorpus = async (ground: Ground): Promise<Corpus> => {
  const strings = new Set<string>()
  const blobs = new Set<string>()
  const rows: { name: OperationName; entries: Entry[] }[] = []
  for (const name of [...operations.values()].map((operation) => operation.name).toSorted()) {
    const entries: Entry[] = []
    for (const example of examples[name] ?? []) {
      const input = await example(ground)
      const wire = wireOf(input)
      const own = blobsIn(input)
      for (const blob of own) blobs.add(blob)
      for (const { value } of sitesOf(wire)) {
        if (typeof value === 'string' && !own.includes(value)) strings.add(value)
      }
      entries.push({ operation: name, input: wire, isFallback: false })
    }
    if (entries.length === 0) {
      entries.push({ operation: name, input: wireOf(structureSample(inputs[name])), isFallback: true })
    }
    rows.push({ name, entries })
  }
  return { operations: rows, strings: [...strings], blobs: [...blobs] }
}
