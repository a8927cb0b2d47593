import { checkName, InputError, maxNameBytes, maxRevision } from '@sealring/core'
import { awkwardNames } from '@sealring/core/conformance'
import { expect } from 'chai'
import * as fc from 'fast-check'
import { describe, it } from 'mocha'
import { decodeName, encodeName, maxPrefixBytes, s3Layout } from '#src/layout.js'

/** "Object key names" of the S3 user guide: the length of a key, and the characters safe in every tool. */
const maxKeyBytes = 1024
const safe = /^[A-Za-z0-9!_.-]+$/

const isName = (name: string) => {
  try {
    checkName(name)
    return true
  } catch (error) {
    if (error instanceof InputError) return false
    throw error
  }
}

const nasty = fc.constantFrom(...'aA0!%/.-_ é😀~'.match(/./gu)!, '!2F', '%2F', '..')
const names = fc
  .oneof(
    fc.constantFrom(...awkwardNames),
    fc.array(nasty, { minLength: 1, maxLength: 8 }).map((parts) => parts.join('').normalize('NFC')),
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }).map((text) => text.normalize('NFC')),
  )
  .filter(isName)
const revisions = fc.oneof(
  fc.integer({ min: 1, max: 20 }),
  fc.integer({ min: 1, max: maxRevision }),
  fc.constant(maxRevision),
)
const slots = fc.record({ name: names, revision: revisions })

describe('layout', () => {
  const layout = s3Layout('team/app')

  it('is as docs/decisions/0002 says', () => {
    const slot = { name: 'billing/db password', revision: 3 }
    expect(layout.entryKey(slot)).equal('team/app/entries/billing!2Fdb!20password/999999999996')
    const fork = layout.sidecarKey({ ...slot, kind: 'fork', id: 'ab.c' })
    expect(fork).equal('team/app/sidecars/billing!2Fdb!20password/999999999996/fork/ab.c')
    const manifest = { name: 'sealring', revision: 0, kind: 'manifest', id: 'v1' }
    expect(s3Layout('').sidecarKey(manifest)).equal('sidecars/sealring/999999999999/manifest/v1')
    expect(encodeName('.é')).equal('!2E!C3!A9')
  })

  it('encodes names as one safe segment, and back', () => {
    fc.assert(
      fc.property(names, (name) => {
        const segment = encodeName(name)
        expect(segment).match(safe)
        expect(segment).not.match(/^\./)
        expect(decodeName(segment)).equal(name)
      }),
      { numRuns: 2000 },
    )
  })

  it('never gives two slots one key, nor one slot a key below that of another name', () => {
    fc.assert(
      fc.property(slots, slots, (a, b) => {
        fc.pre(a.name !== b.name || a.revision !== b.revision)
        expect(layout.entryKey(a)).not.equal(layout.entryKey(b))
        if (a.name !== b.name)
          expect(layout.entryKey(a).startsWith(layout.entriesPrefix(b.name))).equal(false)
        expect(layout.sidecarsPrefix(a)).not.equal(layout.sidecarsPrefix(b))
      }),
      { numRuns: 2000 },
    )
  })

  it('keeps entries and sidecars, and locations with different prefixes, apart', () => {
    fc.assert(
      fc.property(slots, slots, (a, b) => {
        expect(layout.sidecarsPrefix(a).startsWith('team/app/sidecars/')).equal(true)
        expect(layout.entryKey(b).startsWith('team/app/entries/')).equal(true)
        expect(s3Layout('team/ap').entryKey(a)).not.equal(layout.entryKey(b))
      }),
    )
  })

  it('orders the keys of a name by descending revision, byte by byte', () => {
    fc.assert(
      fc.property(names, revisions, revisions, (name, a, b) => {
        fc.pre(a < b)
        const [older, newer] = [a, b].map((revision) => Buffer.from(layout.entryKey({ name, revision })))
        expect(Buffer.compare(newer!, older!)).equal(-1)
      }),
    )
  })

  it('reads its own keys, and nothing else', () => {
    fc.assert(
      fc.property(slots, ({ name, revision }) => {
        const key = layout.entryKey({ name, revision })
        expect(layout.revisionOf(name, key)).equal(revision)
        for (const other of [`${key}0`, key.slice(0, -1), `${key}/`, key.replace(/\d$/, 'x')])
          expect(layout.revisionOf(name, other)).equal(undefined)
        const sidecar = { name, revision, kind: 'key-slot', id: '0.a_b' }
        expect(layout.sidecarOf(sidecar, layout.sidecarKey(sidecar))).eql(sidecar)
        for (const rest of ['', 'fork', 'fork/', '/x', 'Fork/x', 'fork/x/y'])
          expect(layout.sidecarOf(sidecar, layout.sidecarsPrefix(sidecar) + rest)).equal(undefined)
      }),
    )
    expect(layout.revisionOf('a', `${layout.entriesPrefix('a')}999999999999`)).equal(undefined)
    for (const segment of ['a!2f', 'a!', 'a!4', 'a!41', '.a', 'a%2Fb', 'é', '!FF', '!00', '', 'a!2F', 'a b'])
      expect(decodeName(segment), segment).equal(undefined)
  })

  it('lists from a segment on, without those before it', () => {
    fc.assert(
      fc.property(slots, slots, (a, b) => {
        fc.pre(a.name !== b.name)
        const after = layout.afterSegment(encodeName(a.name))
        expect(layout.entryKey(a) < after).equal(true)
        // Ordered as S3 orders them, by the whole key.
        expect(layout.entryKey(b) < after).equal(layout.entryKey(b) < layout.entryKey(a))
      }),
    )
  })

  it('finds all names that start with some characters', () => {
    fc.assert(
      fc.property(names, fc.nat(40), (name, length) => {
        const start = name.slice(0, length)
        expect(layout.entryKey({ name, revision: 1 }).startsWith(layout.namesPrefix(start)), start).equal(
          true,
        )
      }),
    )
  })

  it('stays below the longest key of S3', () => {
    const longest = '%'.repeat(maxNameBytes)
    const deepest = s3Layout('p'.repeat(maxPrefixBytes - 1))
    const slot = { name: longest, revision: maxRevision }
    const key = deepest.sidecarKey({ ...slot, kind: 'k'.repeat(32), id: 'i'.repeat(128) })
    expect(Buffer.byteLength(key)).equal(1013).below(maxKeyBytes)
    expect(Buffer.byteLength(deepest.entryKey(slot))).below(Buffer.byteLength(key))
  })

  it('refuses prefixes that would be too long or mean something else', () => {
    for (const prefix of ['p'.repeat(maxPrefixBytes), '/', '/a', 'a//b', './a', 'a/..', 'a b', 'é', 'a\n'])
      expect(() => s3Layout(prefix), prefix)
        .throw(InputError)
        .property('code', 'INVALID_ARGUMENT')
    expect(s3Layout('a/b').entriesPrefix('x')).equal(s3Layout('a/b/').entriesPrefix('x'))
  })
})
