import { checkName } from '@sealring/core'
import { awkwardNames } from '@sealring/core/conformance'
import {
  decodeName,
  encodeName,
  revisionFile,
  revisionOf,
  sidecarFile,
  sidecarOf,
} from '#src/backend/file-layout.js'
import { expect } from 'chai'
import * as fc from 'fast-check'
import { describe, it } from 'mocha'

function isName(text: string): boolean {
  try {
    checkName(text)
    return true
  } catch {
    return false
  }
}

const character = fc.oneof(
  fc.constantFrom(...Array.from('aAbB./%@+~-_ CONconnul1éÉßİıſ\u212a')),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
)
const name = fc
  .array(character, { minLength: 1, maxLength: 255 })
  .map((characters) => characters.join('').normalize('NFC'))
  .filter(isName)
/** Names that differ little: by case, by an escape, by one character. */
const pair = fc.oneof(
  fc.tuple(name, name),
  name.map((text) => [text, text.toUpperCase()]),
  name.map((text) => [text, text.toLowerCase()]),
  name.map((text) => [text, encodeName(text).join('/')]),
  name.map((text) => [text, text.normalize('NFKC')]),
  fc.tuple(name, name).map(([a, b]) => [a, `${a}/${b}`]),
)
const foldings: readonly ((path: string) => string)[] = [
  (path) => path,
  (path) => path.toLowerCase(),
  (path) => path.toUpperCase(),
  (path) => path.normalize('NFD'),
  (path) => path.normalize('NFKC').toLowerCase(),
  (path) => path.replaceAll(/[. ]+(?=\/|$)/g, ''),
]

describe('the layout of files', () => {
  it('decodes what it encodes', () => {
    fc.assert(
      fc.property(name, (text) => decodeName(encodeName(text)) === text),
      { numRuns: 1000 },
    )
  })

  it('never gives two names one path, whatever the file system folds', () => {
    fc.assert(
      fc.property(pair, ([a = '', b = '']) => {
        fc.pre(a !== b && isName(a) && isName(b))
        for (const fold of foldings)
          expect(fold(encodeName(a).join('/'))).to.not.equal(fold(encodeName(b).join('/')))
      }),
      { numRuns: 3000 },
    )
  })

  it('gives awkward names paths of their own', () => {
    for (const fold of foldings) {
      const paths = awkwardNames.map((text) => fold(encodeName(text).join('/')))
      expect(new Set(paths).size).to.equal(awkwardNames.length)
    }
  })

  it('uses only short pieces of safe characters, no device and no dot at the edge of a name', () => {
    fc.assert(
      fc.property(name, (text) => {
        for (const piece of encodeName(text)) {
          expect(piece).to.match(/^[a-z0-9._%+-]{1,122}$/)
          expect(piece).to.not.match(/^\.|\.$/)
          expect(piece).to.not.match(/^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/)
        }
      }),
      { numRuns: 1000 },
    )
    expect(encodeName('con/NUL.txt/a.')).to.deep.equal(['%63on', '%4e%55%4c.txt', 'a%2e'])
    expect(encodeName('x'.repeat(250)).map((piece) => piece.length)).to.deep.equal([121, 122, 11])
  })

  it('does not take foreign folders for names', () => {
    for (const path of [
      'A',
      'a b',
      '%41%',
      '%61',
      '%4A',
      'con',
      'lost+found',
      '@',
      'a+',
      '+a',
      '..',
      '%2e%2e',
      '%ff',
    ])
      expect(decodeName([path]), path).to.equal(undefined)
    expect(decodeName(['a+', 'b'])).to.equal(undefined)
    expect(decodeName(['a+', '+b'])).to.equal(undefined)
  })

  it('names revisions and sidecars so that each can be told from its file', () => {
    expect(revisionFile(42, 0)).to.equal('000000000042')
    expect(revisionFile(42, 3)).to.equal('000000000042.3')
    expect(revisionOf('000000000042')).to.equal(42)
    for (const file of ['000000000000', '000000000042.3', '42', '000000000042.sidecars', '0000000000420'])
      expect(revisionOf(file), file).to.equal(undefined)
    const key = { kind: 'key-slot', id: 'a.b-c_d.' }
    expect(sidecarOf(sidecarFile(key))).to.deep.equal(key)
    expect(sidecarOf('.DS_Store')).to.equal(undefined)
  })
})
