import { cpSync, mkdtempSync, rmSync, writeFileSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'mocha'
import { expect } from 'chai'
import {
  buildClient as buildOracle,
  MultiKeyringNode,
  RawAesKeyringNode,
  RawAesWrappingSuiteIdentifier as Suite,
} from '@aws-crypto/client-node'
import { buildClient } from '@sealring/core/envelope'
import { lintVectors } from '#src/vectors/lint.js'
import { readVectors, type Vector } from '#src/vectors/read-vectors.js'
import { vectorsFolder } from '#src/vectors/vector-files.js'

const wrappingSuites = {
  16: Suite.AES128_GCM_IV12_TAG16_NO_PADDING,
  24: Suite.AES192_GCM_IV12_TAG16_NO_PADDING,
  32: Suite.AES256_GCM_IV12_TAG16_NO_PADDING,
} as const

const keyringOf = ({ keys }: Vector): MultiKeyringNode =>
  new MultiKeyringNode({
    children: keys.map(
      ({ namespace, name, material }) =>
        new RawAesKeyringNode({
          keyNamespace: namespace,
          keyName: name,
          // The AWS keyring refuses a slice of a pooled buffer.
          unencryptedMasterKey: new Uint8Array(material),
          wrappingSuite: wrappingSuites[material.length as 16 | 24 | 32],
          utf8Sorting: true,
        }),
    ),
  })

const rejection = async (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  )

/** Messages that client-node opens although the specification has them refused. */
const openedByOracle = new Set(['0478-bad-trailing-byte'])

describe('test-vectors', () => {
  const vectors = readVectors()
  const client = buildClient()
  const oracle = buildOracle()

  it('are what the generator writes, and follow their schemas', () => {
    expect(lintVectors()).to.deep.equal([])
    expect(vectors.filter(({ plaintext }) => plaintext)).to.have.lengthOf(30)
    expect(vectors.filter(({ code }) => code)).to.have.lengthOf(39)
  })

  for (const vector of vectors)
    it(`${vector.id}: ${vector.code ?? 'opens'}`, async () => {
      const keyring = keyringOf(vector)
      if (vector.plaintext) {
        const ours = await client.decrypt(keyring, vector.message)
        const theirs = await oracle.decrypt(keyring, vector.message)
        expect(ours.plaintext.equals(vector.plaintext)).to.equal(true)
        expect(theirs.plaintext.equals(vector.plaintext)).to.equal(true)
        expect(ours.messageHeader.encryptionContext).to.deep.equal(theirs.messageHeader.encryptionContext)
      } else {
        expect(await rejection(client.decrypt(keyring, vector.message))).to.have.property('code', vector.code)
        const theirs = await rejection(oracle.decrypt(keyring, vector.message))
        expect(theirs === undefined).to.equal(openedByOracle.has(vector.id))
      }
    })

  describe('lint', () => {
    let folder: string
    before(() => {
      folder = `${mkdtempSync(join(tmpdir(), 'sealring-vectors-'))}/`
    })
    after(() => rmSync(folder, { recursive: true }))

    const faultsOf = (spoil: () => void): string[] => {
      rmSync(folder, { recursive: true })
      cpSync(vectorsFolder, folder, { recursive: true })
      spoil()
      return lintVectors(folder)
    }

    it('names a stray file, a missing one and a changed one', () => {
      expect(faultsOf(() => undefined)).to.deep.equal([])
      expect(faultsOf(() => writeFileSync(`${folder}ciphertexts/stray`, ''))).to.deep.equal([
        'ciphertexts/stray: belongs to no vector',
      ])
      expect(faultsOf(() => rmSync(`${folder}plaintexts/0478-frame`))).to.deep.equal([
        'plaintexts/0478-frame: missing',
      ])
      expect(faultsOf(() => writeFileSync(`${folder}ciphertexts/0478-frame`, 'x'))).to.deep.equal([
        'ciphertexts/0478-frame: not what the generator writes',
      ])
    })

    it('holds the manifests to their schemas', () => {
      const faults = faultsOf(() => {
        const path = `${folder}manifest.json`
        const manifest = JSON.parse(readFileSync(path, 'utf8')) as { manifest: { version: number } }
        manifest.manifest.version = 9
        writeFileSync(path, JSON.stringify(manifest))
      })
      expect(faults).to.include('manifest.json/manifest/version: must be equal to constant')
    })
  })
})
