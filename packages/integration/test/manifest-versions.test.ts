import { buildClient } from '@sealring/core/envelope'
import { rawAesKeyring } from '@sealring/core/keyring'
import { expect } from 'chai'
import { describe, it } from 'mocha'
import { readVectors } from '#src/vectors/read-vectors.js'
import { totalOf } from '#src/vectors/report-vectors.js'
import { runManifests } from '#src/vectors/run-manifest.js'
import { vectorClient } from '#src/vectors/vector-client.js'
import { vectorsFolder } from '#src/vectors/vector-files.js'
import {
  codesOf,
  masterKey,
  refused,
  runFiles,
  runTests,
  samples,
  test,
  vectorFolder,
} from './vector-folder.js'

describe('versions of awses-decrypt manifests', () => {
  it('1: plaintext beside ciphertext, keys in lines and without an id', async () => {
    const one = {
      description: 'one',
      plaintext: 'file://plaintexts/unsigned',
      ciphertext: 'file://ciphertexts/unsigned',
      'master-keys': [masterKey],
    }
    const [result] = await runFiles(vectorFolder(1, { one }, 1))
    expect(result).to.include({ kind: 'awses-decrypt 1', writer: 'tests 1', scenarios: 1, opened: 1 })
  })

  it('2: results, and the way of reading that refuses signed messages', async () => {
    const unsignedOnly = { 'decryption-method': 'streaming-unsigned-only' }
    const signed = { ciphertext: 'file://ciphertexts/signed' }
    const result = await runTests(2, {
      opens: test({ 'decryption-method': null }),
      refused: test({ ciphertext: 'file://ciphertexts/refused', result: refused }),
      signed: test({ ...signed, result: { output: { plaintext: 'file://plaintexts/signed' } } }),
      unsignedOnly: test(unsignedOnly),
      signedForUnsignedOnly: test({ ...unsignedOnly, ...signed, result: refused }),
    })
    expect(codesOf(result)).to.deep.equal({})
    expect(result).to.include({ scenarios: 5, passed: 5, opened: 3, refused: 2, failed: 0 })
    expect(result.refusedWith).to.include({ FRAME_UNAUTHENTIC: 1 })
  })

  it("3: this project's vectors, each refused with the code they name", async function vectors() {
    this.timeout(120_000)
    const results = await runManifests(vectorsFolder, { client: vectorClient() })
    for (const { name, failures, unsupportedFor } of results) {
      // Messages of others under keys in KMS: interop-keyrings.test.ts opens them.
      const kinds = name.includes('interop-keyrings') ? ['aws-kms-ecdh', 'aws-kms-rsa'] : []
      expect({ failures, unsupported: Object.keys(unsupportedFor).toSorted() }, name).to.deep.equal({
        failures: [],
        unsupported: kinds,
      })
    }
    // In folders below it lie messages of others.
    const ours = results.filter(({ name }) => /^[^/]*\/[^/]*$/.test(name))
    const codes = readVectors().flatMap(({ code }) => code ?? [])
    expect(totalOf(ours)).to.include({ scenarios: readVectors().length, refused: codes.length })
    for (const code of new Set(codes)) {
      const count = ours.reduce((sum, { refusedWith }) => sum + (refusedWith[code] ?? 0), 0)
      expect(count, code).to.equal(codes.filter((expected) => expected === code).length)
    }
  })

  it('4: materials managers and the context to reproduce', async () => {
    const context = { key1: 'val1', key2: 'val2' }
    const seen: unknown[] = []
    const { decrypt, decryptStream, decryptUnsignedMessageStream } = vectorClient()
    const result = await runTests(
      4,
      {
        default: test({ cmm: 'Default', 'encryption-context': {} }),
        required: test({ cmm: 'RequiredEncryptionContext', 'encryption-context': context }),
      },
      {
        client: {
          decryptUnsignedMessageStream,
          decrypt: (keyring, message, options) => {
            seen.push(options?.encryptionContext)
            return decrypt(keyring, message)
          },
          decryptStream: (keyring, options) => {
            seen.push(options?.encryptionContext)
            return decryptStream(keyring)
          },
        },
      },
    )
    expect(result).to.include({ opened: 2, openedWithRequiredContext: 1 })
    expect(seen).to.deep.equal([undefined, undefined, undefined, context, context, context])
  })

  it('5: scenarios in each test, key descriptions, results that are a URI', async () => {
    const shared = {
      type: 'positive-esdk',
      result: 'file://plaintexts/unsigned',
      // As some writers have it: it still means the folder of the manifest.
      ciphertext: 'file:///ciphertexts/unsigned',
      algorithmSuiteId: '0478',
      'frame-size': 512,
      'reproduced-encryption-context': {},
      description: 'one',
    }
    const one = (decryptKeyDescription: object): object => ({
      'decryption-scenario': { ...shared, decryptKeyDescription },
    })
    const result = await runTests(5, {
      one: one(masterKey),
      several: one({ type: 'multi-keyring', generator: { type: 'aws-kms-rsa' }, childKeyrings: [masterKey] }),
      required: one({
        type: 'required-encryption-context-cmm',
        underlying: masterKey,
        requiredEncryptionContextKeys: ['a'],
      }),
      nested: {
        ...shared,
        'decryption-scenarios': {
          raw: { decryptKeyDescription: masterKey },
          other: { decryptKeyDescription: { type: 'aws-kms-ecdh' } },
          refused: {
            decryptKeyDescription: masterKey,
            ciphertext: 'file://ciphertexts/refused',
            type: 'negative-esdk',
            result: null,
            decryptErrorDescription: 'a frame was changed',
          },
        },
      },
    })
    expect(codesOf(result)).to.deep.equal({})
    expect(result).to.include({ scenarios: 6, opened: 3, refused: 1, unsupported: 2 })
    expect(result.unsupportedFor).to.deep.equal({
      'a required context key that is not reproduced': 1,
      'aws-kms-ecdh': 1,
    })
  })

  it('the form before them: test_cases and test_keys', async () => {
    const { material } = samples.unsigned.keys[0]!
    const provider = 'static-aws-xcompat'
    const keyring = rawAesKeyring({ namespace: provider, name: 'AES.256..', key: material })
    const { result: message } = await buildClient().encrypt(keyring, 'small')
    const text = material.toString('base64')
    const testCase = (provider_id: string, decryptable: boolean, ciphertext: string): object => ({
      plaintext: { filename: 'plaintext/small' },
      ciphertext: { filename: `ciphertext/${ciphertext}` },
      algorithm: '0478',
      master_keys: [{ provider_id, decryptable, encryption_algorithm: 'AES' }],
    })
    const manifest = {
      test_keys: { AES: { 256: { key: [text.slice(0, 4), text.slice(4)], encoding: 'base64' } } },
      test_cases: [
        testCase(provider, true, 'raw'),
        testCase(provider, false, 'thrown-away'),
        testCase('aws-kms', true, 'kms'),
      ],
    }
    const [result] = await runFiles(
      new Map<string, Uint8Array>([
        ['manifests/ciphertext.manifest', Buffer.from(JSON.stringify(manifest))],
        ['plaintext/small', Buffer.from('small')],
        ['ciphertext/raw', message],
      ]),
    )
    expect(codesOf(result!)).to.deep.equal({})
    expect(result).to.include({ kind: 'awses-legacy', scenarios: 3, opened: 1, unsupported: 2 })
  })

  it('any other is refused as a whole', async () => {
    for (const version of [0, 6, 1.5]) {
      const result = await runTests(version, { one: test() })
      expect(codesOf(result)).to.deep.equal({ 'the manifest': 'VECTOR_MANIFEST_INVALID' })
      expect(result.passed).to.equal(0)
    }
  })
})
