import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'mocha'
import { expect } from 'chai'
import { lintInterop } from '#src/vectors/lint-interop.js'
import { vectorsFolder } from '#src/vectors/vector-files.js'

describe('lint of the messages of other SDKs', () => {
  let folder: string
  before(() => {
    folder = `${mkdtempSync(join(tmpdir(), 'sealring-interop-'))}/`
    for (const path of ['keys.json', 'interop/README.md', 'interop/manifest.schema.json', 'interop/go'])
      cpSync(vectorsFolder + path, folder + path, { recursive: true })
  })
  after(() => rmSync(folder, { recursive: true }))

  /** Faults with one file spoilt; it is restored. */
  const faultsOf = (path: string, spoil: (file: string) => void): string[] => {
    const file = folder + path
    const content = existsSync(file) ? readFileSync(file) : undefined
    spoil(file)
    const faults = lintInterop(folder)
    if (content) writeFileSync(file, content)
    else rmSync(file)
    return faults
  }
  const add = (file: string): void => writeFileSync(file, '')
  const edit =
    (from: string | RegExp, to: string) =>
    (file: string): void => {
      const text = readFileSync(file, 'utf8')
      const edited = text.replace(from, to)
      expect(edited).not.to.equal(text)
      writeFileSync(file, edited)
    }

  it('finds nothing in those that are kept', () => {
    expect(lintInterop()).to.deep.equal([])
    expect(lintInterop(folder)).to.deep.equal([])
  })

  it('names a stray file, a missing one, and what belongs to no language', () => {
    expect(faultsOf('interop/go/ciphertexts/stray', add)).to.deep.equal([
      'interop/go/ciphertexts/stray: belongs to no vector',
    ])
    expect(faultsOf('interop/go/ciphertexts/0478-frame', rmSync)).to.deep.equal([
      'interop/go/ciphertexts/0478-frame: missing',
    ])
    expect(faultsOf('interop/stray', add)).to.deep.equal(['interop/stray: belongs to no language'])
    expect(faultsOf('interop/go/keys.json', rmSync)).to.deep.equal([
      'interop/go: has no manifest.json and keys.json',
    ])
  })

  it('holds the manifests to their schema, their writer to the README', () => {
    expect(faultsOf('interop/go/manifest.json', edit('"version": 4', '"version": 5'))).to.deep.equal([
      'interop/go/manifest.json/manifest/version: must be equal to constant',
    ])
    const otherVersion = edit(/"version": "[^"]+"/, '"version": "9.9.9"')
    expect(faultsOf('interop/go/manifest.json', otherVersion)).to.deep.equal([
      'interop/README.md: does not say that aws-encryption-sdk-go 9.9.9 wrote go/',
    ])
  })

  it('lets one name be one key only', () => {
    expect(faultsOf('interop/go/keys.json', edit('"bits": 128', '"bits": 129'))).to.deep.equal([
      'interop/go/keys.json: not the keys of the programs',
    ])
    expect(faultsOf('keys.json', edit('"bits": 128', '"bits": 129'))).to.deep.equal([
      'packages/integration/interop/keys.json: aes-128 is not that of keys.json',
    ])
  })
})
