import { cpSync, mkdtempSync, rmSync, writeFileSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'mocha'
import { expect } from 'chai'
import {
  buildClient as buildOracle,
  CommitmentPolicy,
  MultiKeyringNode,
  RawAesKeyringNode,
  RawAesWrappingSuiteIdentifier as WrappingSuite,
} from '@aws-crypto/client-node'
import { buildClient } from '@sealring/core/envelope'
import { rawAesKeyring } from '@sealring/core/keyring'
import { vectorCases } from '#src/vectors/cases.js'
import { lintVectors } from '#src/vectors/lint.js'
import type { Context } from '#src/vectors/message-plan.js'
import { suiteLabels } from '#src/vectors/message-suites.js'
import { readVectors, type Vector } from '#src/vectors/read-vectors.js'
import { manifestFiles, vectorFiles, vectorsFolder } from '#src/vectors/vector-files.js'

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

const ids = (labels: readonly string[], names: readonly string[]): string[] =>
  labels.flatMap((label) => names.map((name) => `${label}-bad-${name}`))

/** Messages that client-node opens although the specification has them refused. */
const openedByOracle = [
  ...ids(
    ['0178', '0478'],
    [
      'context-unsorted',
      'context-present-but-empty',
      'final-frame-twice',
      'trailing-byte',
      'unframed-trailing-byte',
      'footer-unsigned',
    ],
  ),
  ...ids(['0178', '0378', '0478', '0578'], ['unframed-frame-length']),
  ...ids(['0478', '0578'], ['frame-iv-own']),
]

/** No vector has a longer frame or unframed body. */
const maxBodySize = 8192

describe('test-vectors', () => {
  const vectors = readVectors()
  const cases = new Map(vectorCases.map((each) => [each.id, each]))
  // The suites of format 1 commit to nothing: no stricter policy opens them.
  const client = buildClient({ commitmentPolicy: 'REQUIRE_ENCRYPT_ALLOW_DECRYPT' })
  const oracle = buildOracle(CommitmentPolicy.REQUIRE_ENCRYPT_ALLOW_DECRYPT)

  /** Of a case without reproduced pairs, what a reader must find in the header beside the public key. */
  const expectContext = (id: string, { 'aws-crypto-public-key': publicKey, ...found }: Context): void => {
    expect(found, id).to.deep.equal(cases.get(id)!.plan.context)
    expect(publicKey !== undefined, id).to.equal(cases.get(id)!.plan.suite.signature !== undefined)
  }

  it('are what the generator writes, and follow their schemas', () => {
    expect(lintVectors()).to.deep.equal([])
    expect(vectors.map(({ id }) => id)).to.have.members([...cases.keys()])
    expect(cases.size).to.equal(vectorCases.length)
  })

  it('hold good and bad messages of every suite, framed and unframed', () => {
    for (const label of suiteLabels)
      for (const name of ['frames', 'unframed', 'bad-header-tag', 'bad-frame-tag', 'bad-unframed-tag'])
        expect(cases.has(`${label}-${name}`), `${label}-${name}`).to.equal(true)
  })

  for (const vector of vectors)
    it(`${vector.id}: ${vector.code ?? 'opens'}`, async () => {
      const { id, message, plaintext, code, reproducedContext } = vector
      const reproduced = reproducedContext && { encryptionContext: reproducedContext }
      const opening = client.decrypt(ourKeyring(vector), message, { maxBodySize, ...reproduced })
      if (!plaintext) {
        expect(await rejection(opening)).to.have.property('code', code)
        return
      }
      const opened = await opening
      expect(opened.plaintext.equals(plaintext)).to.equal(true)
      if (!reproduced) expectContext(id, opened.messageHeader.encryptionContext)
    })

  // It has no argument for what a reader reproduces.
  describe('by client-node', () => {
    const readable = vectors.filter(({ reproducedContext }) => !reproducedContext)

    for (const vector of readable)
      it(`${vector.id}: ${vector.code ? 'refused' : 'opens'}`, async () => {
        const { id, message, plaintext } = vector
        const opening = oracle.decrypt(oracleKeyring(vector), message)
        if (!plaintext) {
          expect((await rejection(opening)) === undefined).to.equal(openedByOracle.includes(id))
          return
        }
        const opened = await opening
        expect(opened.plaintext.equals(plaintext)).to.equal(true)
        expectContext(id, opened.messageHeader.encryptionContext)
      })

    it('opens no others that it should refuse', () => {
      expect(readable.filter(({ code }) => code).map(({ id }) => id)).to.include.members(openedByOracle)
    })
  })

  describe('lint', () => {
    const expected = vectorFiles()
    let folder: string
    before(() => {
      folder = `${mkdtempSync(join(tmpdir(), 'sealring-vectors-'))}/`
    })
    after(() => rmSync(folder, { recursive: true }))

    const faultsOf = (spoil: () => void): string[] => {
      rmSync(folder, { recursive: true })
      cpSync(vectorsFolder, folder, { recursive: true })
      spoil()
      return lintVectors(folder, expected)
    }

    it('names a stray file, a missing one and a changed one', () => {
      expect(faultsOf(() => undefined)).to.deep.equal([])
      expect(faultsOf(() => writeFileSync(`${folder}ciphertexts/stray`, ''))).to.deep.equal([
        'ciphertexts/stray: belongs to no vector',
      ])
      expect(faultsOf(() => rmSync(`${folder}plaintexts/frame`))).to.deep.equal(['plaintexts/frame: missing'])
      expect(faultsOf(() => writeFileSync(`${folder}ciphertexts/0478-frame`, 'x'))).to.deep.equal([
        'ciphertexts/0478-frame: not what the generator writes',
      ])
    })

    it('holds the manifests to their schemas', () => {
      const faults = faultsOf(() => {
        for (const file of Object.keys(manifestFiles)) {
          const manifest: { manifest: { version: number }; tests: Record<string, object> } = JSON.parse(
            readFileSync(folder + file, 'utf8'),
          )
          manifest.manifest.version = 9
          for (const test of Object.values(manifest.tests)) Object.assign(test, { type: 'positive' })
          writeFileSync(folder + file, JSON.stringify(manifest))
        }
      })
      for (const [file, id] of [
        ['manifest.json', '0014-empty'],
        ['manifest-required-context.json', '0478-required'],
      ])
        expect(faults).to.include.members([
          `${file}/manifest/version: must be equal to constant`,
          `${file}/tests/${id}: must NOT have additional properties`,
        ])
    })
  })
})
