import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import { shardOf } from '@sealring/core'
import type { SidecarKey, Slot, SlotStat } from '@sealring/core'
import type { Chunks } from './chunks.js'

/**
 * Keys and items of the table. The record of this layout is docs/decisions/0002-layout-of-keys-and-items.md;
 * nothing here changes without a new record.
 *
 * | partition `pk`     | sort key `sk`            | item                                              |
 * | ------------------ | ------------------------ | ------------------------------------------------- |
 * | `n#<name>`         | revision, twelve digits  | head: `r d z v`, and the bytes `b`, or `u k`      |
 * | `s#<name>`         | `<revision>#<kind>#<id>` | sidecar: `r v b`                                  |
 * | `i#<00 … 15>`      | name                     | entry of the names index: keys alone              |
 * | `c#<upload>`       | chunk, six digits        | chunk: `b`                                        |
 * | `m#<00 … 15>`      | `<expiry>#<upload>`      | marker of an upload without head: `c`; `x` if it is being swept |
 *
 * In a namespace every `pk` starts with `<namespace>/`.
 */
export type Item = Record<string, AttributeValue>

/** Primary key of an item. */
export type Key = { readonly pk: { readonly S: string }; readonly sk: { readonly S: string } }

/**
 * Local secondary index of everything that has a revision: sorted by `r`, without the bytes. What a query
 * reads of it costs the same whatever the blobs weigh, and it can be read consistently.
 */
export const revisionIndex = {
  name: 'by-revision',
  sortKey: 'r',
  /** Attributes projected beside the keys. */
  projected: ['d', 'z', 'v'],
} as const

/** How many partitions the index of names is spread over. */
export const namePartitions = 16

/** How many partitions the markers of uploads are spread over. */
export const markerPartitions = 16

/**
 * An item holds 400 KB, its names, its other attributes and its entry in the local index included (Service
 * quotas of DynamoDB, "Item size for tables with local secondary indexes"): 10 KB are left to those.
 */
export const maxItemBytes = 390 * 1024

export interface Layout {
  /** Partition of the heads of a name. */
  heads(name: string): string
  head(slot: Slot): Key
  /** Partition of the sidecars of all revisions of a name. */
  sidecars(name: string): string
  sidecar(key: SidecarKey): Key
  /** One of the partitions of the index of names, from 0 to `namePartitions - 1`. */
  nameIndex(partition: number): string
  chunk(upload: string, index: number): Key
  /** One of the partitions of markers, from 0 to `markerPartitions - 1`. */
  markers(partition: number): string
  /** `expiry` in seconds since 1970. */
  marker(upload: string, expiry: number): Key
}

/** The keys of one store: with a namespace, several stores share a table. Injective, namespaces included. */
export function layoutOf(namespace: string | undefined): Layout {
  const store = namespace === undefined ? '' : `${namespace}/`
  const heads = (name: string) => `${store}n#${name}`
  const sidecars = (name: string) => `${store}s#${name}`
  const markers = (partition: number) => `${store}m#${String(partition).padStart(2, '0')}`
  return {
    heads,
    head: ({ name, revision }) => keyOf(heads(name), digitsOf(revision)),
    sidecars,
    sidecar: ({ name, revision, kind, id }) => keyOf(sidecars(name), `${digitsOf(revision)}#${kind}#${id}`),
    nameIndex: (partition) => `${store}i#${String(partition).padStart(2, '0')}`,
    chunk: (upload, index) => keyOf(`${store}c#${upload}`, String(index).padStart(6, '0')),
    markers,
    marker: (upload, expiry) =>
      keyOf(markers(shardOf(upload, markerPartitions)), `${digitsOf(expiry)}#${upload}`),
  }
}

export function keyOf(pk: string, sk: string): Key {
  return { pk: { S: pk }, sk: { S: sk } }
}

/** Position of a revision's item in the local index: what a page starts after. */
export function indexKeyOf(key: Key, revision: number): Item {
  return { ...key, r: { N: String(revision) } }
}

/** Fixed width, so that the order of the keys is the order of the numbers. */
export function digitsOf(number: number): string {
  return String(number).padStart(12, '0')
}

/** A head, with the bytes themselves when they fit into it. */
export function headItem(
  key: Key,
  revision: number,
  {
    digest,
    versionToken,
    ...blob
  }: { digest: string; versionToken: string } & ({ bytes: Uint8Array } | { chunks: Chunks }),
): Item {
  const inside = 'bytes' in blob
  return {
    ...indexKeyOf(key, revision),
    d: { B: Buffer.from(digest, 'hex') },
    z: { N: String(inside ? blob.bytes.byteLength : blob.chunks.size) },
    v: { S: versionToken },
    ...(inside
      ? { b: { B: blob.bytes } }
      : { u: { S: blob.chunks.upload }, k: { N: String(blob.chunks.chunkBytes) } }),
  }
}

/** What a head says of its slot; `undefined` when it is no head that this library wrote. */
export function headStat(name: string, item: Item): SlotStat | undefined {
  const revision = Number(item['r']?.N)
  const size = Number(item['z']?.N)
  const digest = item['d']?.B
  const versionToken = item['v']?.S
  if (item['sk']?.S !== digitsOf(revision) || !Number.isSafeInteger(size)) return undefined
  if (digest?.byteLength !== 32 || versionToken === undefined) return undefined
  return { name, revision, digest: Buffer.from(digest).toString('hex'), size, attested: false, versionToken }
}

export function sidecarItem(key: Key, revision: number, bytes: Uint8Array, versionToken: string): Item {
  return { ...indexKeyOf(key, revision), v: { S: versionToken }, b: { B: bytes } }
}

/** The sidecar that a sort key names; `undefined` when it names none. */
export function sidecarKeyOf(name: string, sk: string | undefined): SidecarKey | undefined {
  const [revision, kind, id, ...rest] = (sk ?? '').split('#')
  if (!revision || !kind || !id || rest.length > 0) return undefined
  return { name, revision: Number(revision), kind, id }
}
