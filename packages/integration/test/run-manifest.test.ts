import { symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Duplex } from 'node:stream'
import { InputError } from '@sealring/core'
import { expect } from 'chai'
import { zipSync } from 'fflate'
import { describe, it } from 'mocha'
import type { VectorClient } from '#src/vectors/read-message.js'
import { runManifests } from '#src/vectors/run-manifest.js'
import { vectorClient } from '#src/vectors/vector-client.js'
import {
  codesOf,
  keysManifest,
  masterKey,
  opens,
  refused,
  runFiles,
  runTests,
  samples,
  test,
  vectorFolder,
  writeFolder,
} from './vector-folder.js'

const client = vectorClient()
const kms = { type: 'aws-kms', key: 'us-west-2-decryptable' }

describe('run-manifest', () => {
  describe('fails', () => {
    it('what came to another end than the manifest expects', async () => {
      const result = await runTests(2, {
        otherPlaintext: test({ result: { output: { plaintext: 'file://keys.json' } } }),
        opens: test({ result: refused }),
        refused: test({ ciphertext: 'file://ciphertexts/refused' }),
        noDataKey: test({ 'master-keys': [{ ...masterKey, 'provider-id': 'other' }] }),
      })
      expect(result.passed).to.equal(0)
      expect(codesOf(result)).to.deep.equal({
        otherPlaintext: 'PLAINTEXT_DIFFERS',
        opens: 'MESSAGE_OPENED',
        refused: 'FRAME_UNAUTHENTIC',
        noDataKey: 'NO_DATA_KEY',
      })
    })

    it('what is missing or lies outside of the folder', async () => {
      const outside = writeFolder(new Map([['message', samples.unsigned.message]]))
      const folder = writeFolder(
        vectorFolder(2, {
          missing: test({ ciphertext: 'file://ciphertexts/none' }),
          folder: test({ ciphertext: 'file://ciphertexts' }),
          missingPlaintext: test({ result: { output: { plaintext: 'file://none' } } }),
          above: test({ ciphertext: 'file://ciphertexts/../../message' }),
          insideAgain: test({ ciphertext: 'file://ciphertexts/../ciphertexts/unsigned' }),
          backslash: test({ ciphertext: 'file://..\\message' }),
          absolute: test({ ciphertext: `file://${outside.path}/message` }),
          link: test({ ciphertext: 'file://ciphertexts/link' }),
          scheme: test({ ciphertext: 'https://ciphertexts/unsigned' }),
          noKey: test({ 'master-keys': [{ ...masterKey, key: 'none' }] }),
        }),
      )
      try {
        symlinkSync(join(outside.path, 'message'), join(folder.path, 'ciphertexts/link'))
        const [result] = await runManifests(folder.path, { client })
        expect(result!.passed).to.equal(0)
        expect(codesOf(result!)).to.deep.equal({
          missing: 'VECTOR_FILE_MISSING',
          folder: 'VECTOR_FILE_MISSING',
          missingPlaintext: 'VECTOR_FILE_MISSING',
          above: 'VECTOR_PATH_REFUSED',
          insideAgain: 'VECTOR_PATH_REFUSED',
          backslash: 'VECTOR_PATH_REFUSED',
          absolute: 'VECTOR_FILE_MISSING',
          link: 'VECTOR_PATH_REFUSED',
          scheme: 'VECTOR_PATH_REFUSED',
          noKey: 'VECTOR_KEY_INVALID',
        })
      } finally {
        folder.remove()
        outside.remove()
      }
    })

    it('key material that is not what it says', async () => {
      const files = vectorFolder(3, { one: test() })
      const manifest = JSON.stringify(keysManifest(3))
      const result = async (from: string, to: string): Promise<unknown> => {
        files.set('keys.json', Buffer.from(manifest.replace(from, to)))
        return codesOf((await runFiles(files))[0]!)
      }
      expect(await result('"bits":256', '"bits":128')).to.deep.equal({ one: 'VECTOR_KEY_INVALID' })
      expect(await result('"base64"', '"hex"')).to.deep.equal({ one: 'VECTOR_KEY_INVALID' })
      expect(await result('"material":', '"materials":')).to.deep.equal({ one: 'VECTOR_KEY_INVALID' })
      expect(await result('"keys"', '"other"')).to.deep.equal({ 'the manifest': 'VECTOR_MANIFEST_INVALID' })
    })

    // Each client is wrong in one way of reading; the runner has to see it.
    const wrong: [string, Partial<VectorClient>, string, string][] = [
      [
        'a refusal that is no error of the engine',
        { decrypt: () => Promise.reject(new TypeError('undefined is not a function')) },
        'REFUSED_WITHOUT_CODE',
        'REFUSED_WITHOUT_CODE',
      ],
      [
        'a refusal by the arguments',
        { decrypt: () => Promise.reject(new InputError('INVALID_ARGUMENT', 'No')) },
        'INVALID_ARGUMENT',
        'INVALID_ARGUMENT',
      ],
      [
        'a stream that comes to other bytes than the whole message',
        {
          decryptStream: () =>
            Duplex.from(async function* other(parts: AsyncIterable<Buffer>) {
              for await (const part of parts) yield part
            }),
        },
        'PLAINTEXT_DIFFERS',
        'MESSAGE_OPENED',
      ],
      [
        'a stream that is wrong byte by byte only',
        {
          decryptStream: (keyring) => {
            const stream = client.decryptStream(keyring)
            return Duplex.from(async function* picky(parts: AsyncIterable<Buffer>) {
              const all: Buffer[] = []
              for await (const part of parts) all.push(part)
              if (all.some((part) => part.length > 1)) for (const part of all) stream.write(part)
              stream.end()
              yield* stream
            })
          },
        },
        'MESSAGE_TRUNCATED',
        '',
      ],
      [
        'a stream that never ends',
        { decryptStream: () => new Duplex({ read: () => undefined, write: () => undefined }) },
        'READING_TIMED_OUT',
        'READING_TIMED_OUT',
      ],
      [
        'a promise that stays',
        { decrypt: () => new Promise(() => undefined) },
        'READING_TIMED_OUT',
        'READING_TIMED_OUT',
      ],
    ]
    for (const [name, part, whenOpening, whenRefusing] of wrong)
      it(name, async () => {
        const result = await runTests(
          2,
          { opening: test(), refusing: test({ ciphertext: 'file://ciphertexts/refused', result: refused }) },
          {
            client: { ...client, ...part },
            ...(whenOpening === 'READING_TIMED_OUT' ? { timeout: 500 } : {}),
          },
        )
        const expected = { opening: whenOpening, ...(whenRefusing ? { refusing: whenRefusing } : {}) }
        expect(codesOf(result)).to.deep.equal(expected)
      })
  })

  describe('counts as unsupported, by reason', () => {
    it('keys that no keyring here is for', async () => {
      const types = ['aws-kms', 'aws-kms-mrk-aware', 'aws-kms-mrk-aware-discovery', 'aws-kms-hierarchy']
      const others = ['aws-kms-rsa', 'aws-kms-ecdh', 'caching-cmm', 'new']
      const all = [...types, ...others]
      const result = await runTests(
        4,
        Object.fromEntries(all.map((type) => [type, test({ 'master-keys': [{ type }] })])),
      )
      expect(result).to.include({ passed: 0, failed: 0, unsupported: all.length })
      expect(result.unsupportedFor).to.deep.equal(Object.fromEntries(all.map((type) => [type, 1])))
    })

    it('raw ECDH that opens nothing, or on a curve that it does not know', async () => {
      const [curve, ephemeral] = [{ 'ecc-curve': 'ecc-1' }, { 'ecc-curve': 'ecc-256', schema: 'ephemeral' }]
      const result = await runTests(
        4,
        Object.fromEntries(
          [curve, ephemeral].map((part, n) => [
            `${n}`,
            test({ 'master-keys': [{ type: 'raw-ecdh', ...part }] }),
          ]),
        ),
      )
      expect(result.unsupportedFor).to.deep.equal({
        'raw-ecdh: the curve "ecc-1"': 1,
        'raw-ecdh: the schema "ephemeral"': 1,
      })
    })

    it('unless another key of the scenario opens the message', async () => {
      const foreign = { ...masterKey, 'provider-id': 'other' }
      const result = await runTests(2, {
        opens: test({ 'master-keys': [kms, foreign, masterKey] }),
        onlyKms: test({ 'master-keys': [kms, foreign] }),
        // The raw key is the message's, and still it does not open: no KMS key would help.
        broken: test({ 'master-keys': [kms, masterKey], ciphertext: 'file://ciphertexts/refused' }),
        // Refused for want of the KMS key, perhaps.
        refusal: test({ 'master-keys': [kms, foreign], result: refused }),
      })
      expect(codesOf(result)).to.deep.equal({ broken: 'FRAME_UNAUTHENTIC' })
      expect(result).to.include({ opened: 1, refused: 0, unsupported: 2 })
      expect(result.unsupportedFor).to.deep.equal({ 'aws-kms': 2 })
    })

    it('tests that are not understood', async () => {
      const strange = {
        'a test that is no object': 1,
        'no ciphertext': test({ ciphertext: undefined }),
        'no clear expected result': test({ result: { output: {} } }),
        'two expected results': test({ result: { ...opens, ...refused } }),
        'decryption method "other"': test({ 'decryption-method': 'other' }),
        'materials manager "Caching"': test({ cmm: 'Caching' }),
        'a test of type "other"': test({ type: 'other' }),
        'an encryption context that is no map of strings': test({ 'encryption-context': { a: 1 } }),
        'no keys, or keys of an unknown shape': test({ 'master-keys': [] }),
        'an unknown member "max-data-keys"': test({ 'max-data-keys': 1 }),
        'no scenario in it': { 'decryption-scenarios': [] },
        'raw "des"': test({ 'master-keys': [{ ...masterKey, 'encryption-algorithm': 'des' }] }),
      }
      const result = await runTests(4, strange)
      expect(result).to.include({ passed: 0, failed: 0 })
      expect(Object.keys(result.unsupportedFor)).to.have.members(Object.keys(strange))
    })
  })

  describe('finds manifests', () => {
    it('in a zip, in nested folders, with whatever separator', async () => {
      const files = [...vectorFolder(2, { one: test() })]
      for (const separator of ['/', '\\']) {
        const entries = files.map(([name, bytes]) => [
          ['python-9', 'deep', ...name.split('/')].join(separator),
          bytes,
        ])
        const folder = writeFolder(new Map([['vectors.zip', zipSync(Object.fromEntries(entries))]]))
        try {
          const [result, ...others] = await runManifests(join(folder.path, 'vectors.zip'), { client })
          expect(others).to.have.lengthOf(0)
          expect(result).to.include({ name: 'vectors.zip/python-9/deep/manifest.json', opened: 1 })
        } finally {
          folder.remove()
        }
      }
    })

    it('never outside of a zip, whatever its entries are called', async () => {
      const tests = { one: test({ ciphertext: 'file://../ciphertexts/unsigned' }), two: test() }
      const entries = [...vectorFolder(2, tests)].map(([name, bytes]) => [`../${name}`, bytes])
      const folder = writeFolder(new Map([['vectors.zip', zipSync(Object.fromEntries(entries))]]))
      try {
        const [result] = await runManifests(join(folder.path, 'vectors.zip'), { client })
        expect(codesOf(result!)).to.deep.equal({ one: 'VECTOR_PATH_REFUSED' })
      } finally {
        folder.remove()
      }
    })

    it('of any name, several in one folder, or the one that is given', async () => {
      const files = new Map<string, Buffer>()
      const names = { a: 'decrypt_message.json', b: 'decrypt-manifest.json' }
      for (const [folder, name] of Object.entries(names))
        for (const [path, bytes] of vectorFolder(2, { one: test() }))
          files.set(`${folder}/${path.replace('manifest.json', name)}`, bytes)
      const folder = writeFolder(files)
      try {
        const results = await runManifests(folder.path, { client })
        expect(results.map(({ opened }) => opened)).to.deep.equal([1, 1])
        const one = await runManifests(join(folder.path, 'b/decrypt-manifest.json'), { client })
        expect(one.map(({ name, opened }) => [name, opened])).to.deep.equal([['b/decrypt-manifest.json', 1]])
      } finally {
        folder.remove()
      }
    })

    it('or says why there is none', async () => {
      const folder = writeFolder(new Map([['broken.zip', Buffer.from('PK\x03\x04')]]))
      try {
        const codes = async (path: string): Promise<unknown> =>
          codesOf((await runManifests(join(folder.path, path), { client }))[0]!)
        expect(await codes('none')).to.deep.equal({ 'the manifest': 'VECTOR_SOURCE_INVALID' })
        expect(await codes('broken.zip')).to.deep.equal({ 'the manifest': 'VECTOR_SOURCE_INVALID' })
        expect(await codes('.')).to.deep.equal({ 'the manifest': 'VECTOR_MANIFEST_INVALID' })
        writeFileSync(join(folder.path, 'manifest.json'), '{')
        expect(await codes('.')).to.deep.equal({ 'the manifest': 'VECTOR_MANIFEST_INVALID' })
      } finally {
        folder.remove()
      }
    })

    it('and refuses keys outside of its folder', async () => {
      const files = vectorFolder(2, { one: test() })
      const manifest = files
        .get('manifest.json')!
        .toString()
        .replace('file://keys.json', 'file://../keys.json')
      const [result] = await runFiles(files.set('manifest.json', Buffer.from(manifest)))
      expect(codesOf(result!)).to.deep.equal({ 'the manifest': 'VECTOR_PATH_REFUSED' })
    })
  })
})
