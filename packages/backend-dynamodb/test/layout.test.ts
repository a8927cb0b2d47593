import { expect } from 'chai'
import { awkwardNames } from '@sealring/core/conformance'
import { maxRevision, sealedBlob, shardOf } from '@sealring/core'
import * as fc from 'fast-check'
import { describe, it } from 'mocha'
import {
  headItem,
  headStat,
  layoutOf,
  maxItemBytes,
  namePartitions,
  sidecarItem,
  sidecarKeyOf,
} from '#src/layout.js'
import type { Item, Key, Layout } from '#src/layout.js'

const namespace = fc.option(fc.stringMatching(/^[a-z0-9][a-z0-9._-]{0,62}$/), { nil: undefined })
const name = fc.oneof(
  fc.constantFrom(...awkwardNames, 'n#', 'a/n#b', 's#a', '#', 'i#00'),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 60 }),
)
const revision = fc.integer({ min: 0, max: maxRevision })
const kind = fc.stringMatching(/^[a-z][a-z0-9-]{0,31}$/)
const id = fc.stringMatching(/^[a-z0-9][a-z0-9._-]{0,127}$/)

const text = ({ pk, sk }: Key) => JSON.stringify([pk.S, sk.S])

/** What DynamoDB counts of an item (Developer Guide, "DynamoDB item sizes and formats"). */
function sizeOf(item: Item): number {
  return Object.entries(item).reduce((sum, [attribute, { S, N, B }]) => {
    const number = N === undefined ? 0 : Math.ceil(N.length / 2) + 1
    return sum + Buffer.byteLength(attribute) + Buffer.byteLength(S ?? '') + number + (B?.byteLength ?? 0)
  }, 0)
}

describe('layout', () => {
  it('is what 0002 says', () => {
    const plain = layoutOf(undefined)
    expect(plain.head({ name: 'a/b', revision: 12 })).eql({ pk: { S: 'n#a/b' }, sk: { S: '000000000012' } })
    expect(plain.sidecar({ name: 'sealring', revision: 0, kind: 'manifest', id: 'm' })).eql({
      pk: { S: 's#sealring' },
      sk: { S: '000000000000#manifest#m' },
    })
    expect(layoutOf('team').nameIndex(7)).equal('team/i#07')
    // Where a name is indexed is kept in users' tables: the function of core must never change.
    expect(['a', 'billing/db-password', '日本語/鍵'].map((each) => shardOf(each, namePartitions))).eql([
      11, 6, 14,
    ])
  })

  it('gives every slot, sidecar and index entry of every namespace a key of its own', () => {
    const kinds: Record<string, (layout: Layout, n: string, r: number, k: string, i: string) => Key> = {
      head: (layout, n, r) => layout.head({ name: n, revision: r }),
      sidecar: (layout, n, r, k, i) => layout.sidecar({ name: n, revision: r, kind: k, id: i }),
      entry: (layout, n) => ({ pk: { S: layout.nameIndex(shardOf(n, namePartitions)) }, sk: { S: n } }),
    }
    const place = fc.record({
      what: fc.constantFrom('head', 'sidecar', 'entry'),
      namespace,
      name,
      revision,
      kind,
      id,
    })
    const identity = (p: {
      what: string
      namespace: string | undefined
      name: string
      revision: number
      kind: string
      id: string
    }) =>
      JSON.stringify([
        p.what,
        p.namespace ?? null,
        p.name,
        ...(p.what === 'entry' ? [] : [p.revision]),
        ...(p.what === 'sidecar' ? [p.kind, p.id] : []),
      ])
    fc.assert(
      fc.property(fc.array(place, { minLength: 2, maxLength: 30 }), (places) => {
        const keys = places.map((p) =>
          text(kinds[p.what]!(layoutOf(p.namespace), p.name, p.revision, p.kind, p.id)),
        )
        expect(new Set(keys).size).equal(new Set(places.map(identity)).size)
      }),
      { numRuns: 300 },
    )
  })

  it('sorts revisions as numbers', () => {
    const layout = layoutOf('x')
    fc.assert(
      fc.property(revision, revision, (a, b) => {
        const keyOf = (r: number) => Buffer.from(layout.head({ name: 'n', revision: r }).sk.S)
        expect(Math.sign(Buffer.compare(keyOf(a), keyOf(b)))).equal(Math.sign(a - b))
      }),
    )
  })

  it('reads back the sidecar of a key', () => {
    fc.assert(
      fc.property(name, revision, kind, id, (...[n, r, k, i]) => {
        const key = { name: n, revision: r, kind: k, id: i }
        expect(sidecarKeyOf(n, layoutOf(undefined).sidecar(key).sk.S)).eql(key)
      }),
    )
    for (const sk of [undefined, '', '1', '1#a', '1#a#b#c']) expect(sidecarKeyOf('n', sk)).equal(undefined)
  })

  it('reads back the stat of a head, and refuses what is none', () => {
    const bytes = Buffer.from('abc')
    const { digest } = sealedBlob(bytes)
    const item = headItem(layoutOf(undefined).head({ name: 'n', revision: 3 }), 3, {
      digest,
      bytes,
      versionToken: 't',
    })
    expect(headStat('n', item)).eql({
      name: 'n',
      revision: 3,
      digest,
      size: 3,
      attested: false,
      versionToken: 't',
    })
    for (const attribute of ['r', 'd', 'z', 'v'])
      expect(headStat('n', { ...item, [attribute]: { S: '' } }), attribute).to.satisfy(
        (stat: unknown) => stat === undefined || attribute === 'v',
      )
  })

  it('leaves room for the largest blob in an item and its entry in the local index', () => {
    const layout = layoutOf('x'.repeat(63))
    const longest = { name: 'é'.repeat(127), revision: maxRevision }
    const bytes = Buffer.alloc(maxItemBytes)
    const blob = { digest: 'ff'.repeat(32), bytes, versionToken: 'v'.repeat(36) }
    const sidecar = { ...longest, kind: 'k'.repeat(32), id: 'i'.repeat(128) }
    for (const item of [
      headItem(layout.head(longest), maxRevision, blob),
      sidecarItem(layout.sidecar(sidecar), maxRevision, bytes, 'v'.repeat(36)),
    ]) {
      const { b, ...indexed } = item
      expect(b?.B?.byteLength).equal(maxItemBytes)
      expect(sizeOf(item) + sizeOf(indexed)).below(400 * 1024 - 8000)
    }
  })
})
