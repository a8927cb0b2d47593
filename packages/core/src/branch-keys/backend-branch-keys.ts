import type { Backend, CallOptions } from '../backend/backend.js'
import { collect } from '../backend/collect.js'
import { maxNameBytes, reservedName } from '../backend/entry-name.js'
import { dropBody } from '../backend/give-up.js'
import { sealedBlob } from '../backend/sealed-blob.js'
import { BackendError, InputError } from '../errors.js'
import { activeType, beaconType } from './branch-key-attributes.js'
import type { BranchKeyRecord, BranchKeyRecordId, BranchKeyStorage } from './branch-key-storage.js'
import { parseRecords, serializeRecords } from './record-document.js'

/** What several creators of a slot race for: the records that are found together. */
const sidecarKind = 'branch-key-version'
const maxDocumentBytes = 65_536

/** Injective, and a name of the library's own, so that no entry of a store can meet it. */
function entryName(branchKeyId: string): string {
  const encoded = encodeURIComponent(branchKeyId).replaceAll('.', '%2E')
  const name = `${reservedName}/branch-keys/${encoded}`
  if (name.length <= maxNameBytes) return name
  throw new InputError('INVALID_ARGUMENT', 'The branch key id is too long for this storage')
}

function sidecarOf(name: string, type: string) {
  return { name, revision: 0, kind: sidecarKind, id: type.slice('branch:version:'.length) }
}

/**
 * Keeps branch keys in any backend, for `branchKeyStore`, in names below `sealring/`, which no entry of a store has. One
 * key store in each location. Each version of a branch key is a revision of its name: never overwritten, and of several
 * who rotate at the same time one wins. Throws INVALID_ARGUMENT for a backend without conditional creation; its methods
 * throw that for an id of more than some 200 characters, and what the backend throws.
 */
export function backendBranchKeys(backend: Backend): BranchKeyStorage {
  if (!backend.capabilities.conditionalCreate) {
    throw new InputError(
      'INVALID_ARGUMENT',
      `"${backend.id}" creates unconditionally: it can't keep branch keys`,
    )
  }

  const damaged = (cause: unknown) =>
    new BackendError('BLOB_DAMAGED', `"${backend.id}" holds a branch key that can't be read.`, {
      backend: backend.id,
      operation: 'read',
      cause,
    })

  const parse = (bytes: Uint8Array): BranchKeyRecord[] => {
    try {
      return parseRecords(bytes)
    } catch (cause) {
      throw damaged(cause)
    }
  }

  async function readSlot(name: string, revision: number, options: CallOptions | undefined) {
    const blob = await backend.read({ name, revision }, options)
    if (blob === undefined) return []
    if (blob.size <= maxDocumentBytes) return parse(await collect(blob.body))
    dropBody(blob)
    throw damaged(new Error(`It has ${blob.size} bytes`))
  }

  /** The highest revision, and its records. */
  async function latest(name: string, options: CallOptions | undefined) {
    const stat = await backend.latest(name, options)
    if (stat === undefined) return { revision: 0, records: [] }
    return { revision: stat.revision, records: await readSlot(name, stat.revision, options) }
  }

  async function readAll({ branchKeyId, type }: BranchKeyRecordId, options: CallOptions | undefined) {
    const name = entryName(branchKeyId)
    if (type === activeType) return (await latest(name, options)).records
    if (type === beaconType) return readSlot(name, 1, options)
    const bytes = await backend.readSidecar(sidecarOf(name, type), options)
    return bytes === undefined ? [] : parse(bytes)
  }

  /** The version first, lest anybody seals with one that nobody finds. Whether the slot is ours. */
  async function write(
    revision: number,
    version: BranchKeyRecord,
    records: readonly BranchKeyRecord[],
    options: CallOptions | undefined,
  ): Promise<boolean> {
    const name = entryName(version.attributes['branch-key-id']!)
    const sidecar = sidecarOf(name, version.attributes['type']!)
    await backend.createSidecar(sidecar, serializeRecords([version]), options)
    const blob = sealedBlob(serializeRecords(records))
    const result = await backend.create({ name, revision }, blob, options)
    // An answer that was lost on the way: the layer that asked again met what it had written itself.
    if (result.outcome === 'created' || result.digest === blob.digest) return true
    await backend.deleteSidecar(sidecar, options)
    return false
  }

  return {
    async read(id, options) {
      const records = await readAll(id, options)
      return records.find(({ attributes }) => attributes['type'] === id.type)
    },

    async create({ version, active, beacon }, options) {
      const name = entryName(version.attributes['branch-key-id']!)
      if ((await backend.stat({ name, revision: 1 }, options)) !== undefined) return 'exists'
      return (await write(1, version, [active, beacon], options)) ? 'created' : 'exists'
    },

    async rotate({ version, active, former }, options) {
      const { revision, records } = await latest(entryName(version.attributes['branch-key-id']!), options)
      const current = records.find(({ attributes }) => attributes['type'] === activeType)
      if (current === undefined || Buffer.compare(current.ciphertext, former.ciphertext) !== 0)
        return 'changed'
      return (await write(revision + 1, version, [active], options)) ? 'rotated' : 'changed'
    },
  }
}
