import { cpSync, mkdtempSync, rmSync, writeFileSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'mocha'
import { expect } from 'chai'
import {
  buildClient as buildOracle,
  MultiKeyringNode,
  RawAesKeyringNode,
  RawAesWrappingSuiteIdentifier as WrappingSuite,
} from '@aws-crypto/client-node'
import { buildClient } from '@sealring/core/envelope'
import { rawAesKeyring } from '@sealring/core/keyring'
import { lintVectors } from '#src/vectors/lint.js'
import { readVectors, type Vector } from '#src/vectors/read-vectors.js'
import { vectorsFolder } from '#src/vectors/vector-files.js'

const ourKeyring = ({ keys }: Vector): MultiKeyringNode =>
  new MultiKeyringNode({
    children: keys.map(({ namespace, name, material }) => rawAesKeyring({ namespace, name, key: material })),
  })

const wrappingSuites = new Map([
  [16, WrappingSuite.AES128_GCM_IV12_TAG16_NO_PADDING],
  [24, WrappingSuite.AES192_GCM_IV12_TAG16_NO_PADDING],
  [32, WrappingSuite.AES256_GCM_IV12_TAG16_NO_PADDING],
])

const oracleKeyring = ({ keys }: Vector): MultiKeyringNode =>
  new MultiKeyringNode({
    children: keys.map(
      ({ namespace, name, material }) =>
        new RawAesKeyringNode({
          keyNamespace: namespace,
          keyName: name,
          // The AWS keyring refuses a slice of a pooled buffer.
          unencryptedMasterKey: new Uint8Array(material),
          wrappingSuite: wrappingSuites.get(material.length)!,
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
      const [ours, theirs] = [ourKeyring(vector), oracleKeyring(vector)]
      if (vector.plaintext) {
        const opened = await client.decrypt(ours, vector.message)
        const reference = await oracle.decrypt(theirs, vector.message)
        expect(opened.plaintext.equals(vector.plaintext)).to.equal(true)
        expect(reference.plaintext.equals(vector.plaintext)).to.equal(true)
        expect(opened.messageHeader.encryptionContext).to.deep.equal(
          reference.messageHeader.encryptionContext,
        )
      } else {
        expect(await rejection(client.decrypt(ours, vector.message))).to.have.property('code', vector.code)
        const refusal = await rejection(oracle.decrypt(theirs, vector.message))
        expect(refusal === undefined).to.equal(openedByOracle.has(vector.id))
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
        const manifest: { manifest: { version: number } } = JSON.parse(readFileSync(path, 'utf8'))
        manifest.manifest.version = 9
        writeFileSync(path, JSON.stringify(manifest))
      })
      expect(faults).to.include('manifest.json/manifest/version: must be equal to constant')
    })
  })
})
