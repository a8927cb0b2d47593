import { constants, generateKeyPairSync, publicEncrypt } from 'node:crypto'
import {
  buildClient as buildOracle,
  EncryptedDataKey,
  MultiKeyringNode,
  NodeAlgorithmSuite,
  NodeDecryptionMaterial,
  RawRsaKeyringNode,
} from '@aws-crypto/client-node'
import { buildClient } from '@sealring/core/envelope'
import { expect } from 'chai'
import { describe, it } from 'mocha'
import { rawRsaKeyring, type RsaPadding } from '#src/vectors/raw-rsa-keyring.js'
import { codesOf, runFiles, vectorFolder } from './vector-folder.js'

const { publicKey, privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
})

const hashes = ['sha1', 'sha256', 'sha384', 'sha512'] as const
const paddings: RsaPadding[] = ['pkcs1', ...hashes.map((oaepHash) => ({ oaepHash }))]
const nameOf = (padding: RsaPadding): string => (padding === 'pkcs1' ? padding : `oaep-${padding.oaepHash}`)
const namespace = 'tests'
const name = 'rsa-2048'

/** AWS's keyring wraps with every padding on every Node. */
const wrapping = (padding: RsaPadding): RawRsaKeyringNode =>
  new RawRsaKeyringNode({
    keyNamespace: namespace,
    keyName: name,
    rsaKey: { publicKey },
    ...(padding === 'pkcs1'
      ? { padding: constants.RSA_PKCS1_PADDING }
      : { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: padding.oaepHash }),
  })

async function sealed(...under: RsaPadding[]): Promise<Buffer> {
  const [generator, ...children] = under.map(wrapping)
  const keyring = new MultiKeyringNode({ generator: generator!, children })
  return (await buildOracle().encrypt(keyring, 'small')).result
}

const rejection = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  )

describe('raw RSA keys of manifests', () => {
  const { decrypt } = buildClient()
  const unwrapping = (padding: RsaPadding) => rawRsaKeyring({ namespace, name, privateKey, padding })

  for (const padding of paddings)
    it(`${nameOf(padding)} opens its own padding and no other`, async () => {
      const { plaintext } = await decrypt(unwrapping(padding), await sealed(padding))
      expect(plaintext.toString()).to.equal('small')
      const message = await sealed(...paddings.filter((other) => other !== padding))
      const error = await rejection(decrypt(unwrapping(padding), message))
      expect(error).to.have.property('code', 'DATA_KEY_NOT_UNWRAPPED')
    })

  it('finds its data key among several of the same name', async () => {
    const message = await sealed(...paddings)
    for (const padding of paddings)
      expect((await decrypt(unwrapping(padding), message)).plaintext.toString()).to.equal('small')
  })

  it('PKCS#1: every fault of the padding is refused', () => {
    const key = unwrapping('pkcs1')
    const unwrap = (block: Buffer): Promise<unknown> => {
      const encryptedDataKey = publicEncrypt({ key: publicKey, padding: constants.RSA_NO_PADDING }, block)
      const entry = new EncryptedDataKey({ providerId: namespace, providerInfo: name, encryptedDataKey })
      return key.onDecrypt(new NodeDecryptionMaterial(new NodeAlgorithmSuite(0x0178), {}), [entry])
    }
    const block = (...parts: (number | Buffer)[]): Buffer => {
      const rest = Buffer.concat(parts.map((part) => (typeof part === 'number' ? Buffer.of(part) : part)))
      return Buffer.concat([rest, Buffer.alloc(256 - rest.length, 7)])
    }
    const filler = (length: number): Buffer => Buffer.alloc(length, 9)
    const bad = [
      block(0, 1, filler(221), 0),
      block(1, 2, filler(221), 0),
      block(0, 2, filler(7), 0),
      block(0, 2, filler(254)),
      // A data key of 31 bytes, for a suite that wants 32.
      block(0, 2, filler(222), 0),
    ]
    return Promise.all([
      unwrap(block(0, 2, filler(221), 0)).then((material) =>
        expect(material).to.have.property('hasUnencryptedDataKey', true),
      ),
      ...bad.map(async (broken, index) =>
        expect(await rejection(unwrap(broken)), String(index)).to.have.property(
          'code',
          'DATA_KEY_NOT_UNWRAPPED',
        ),
      ),
    ])
  })

  it('passes over the data keys of others, and wraps nothing', async () => {
    const message = await sealed('pkcs1')
    const other = rawRsaKeyring({ namespace, name: 'other', privateKey, padding: 'pkcs1' })
    expect(await rejection(decrypt(other, message))).to.have.property('code', 'NO_DATA_KEY')
    const { encrypt } = buildClient()
    expect(await rejection(encrypt(unwrapping('pkcs1'), 'small'))).to.have.property(
      'code',
      'DATA_KEY_NOT_WRAPPED',
    )
  })

  it('a manifest names them', async () => {
    const files = vectorFolder(2, {})
    const key = { encrypt: true, decrypt: true, algorithm: 'rsa', bits: 2048, encoding: 'pem' }
    const keys = {
      manifest: { type: 'keys', version: 3 },
      keys: {
        // Version 1 of the keys manifest has lines.
        private: { ...key, type: 'private', 'key-id': name, material: privateKey.split('\n') },
        public: { ...key, type: 'public', 'key-id': name, material: publicKey },
        broken: { ...key, type: 'private', 'key-id': name, material: publicKey },
      },
    }
    const tests = Object.fromEntries(
      paddings.map((padding) => [
        nameOf(padding),
        {
          ciphertext: `file://ciphertexts/${nameOf(padding)}`,
          result: { output: { plaintext: 'file://plaintexts/small' } },
          'master-keys': [
            {
              type: 'raw',
              key: 'private',
              'provider-id': namespace,
              'encryption-algorithm': 'rsa',
              ...(padding === 'pkcs1'
                ? { 'padding-algorithm': 'pkcs1', 'padding-hash': 'sha1' }
                : { 'padding-algorithm': 'oaep-mgf1', 'padding-hash': padding.oaepHash }),
            },
          ],
        },
      ]),
    )
    const { pkcs1 } = tests
    const withKey = (members: object): object => ({
      ...pkcs1,
      'master-keys': [{ ...pkcs1!['master-keys'][0], ...members }],
    })
    const all = {
      ...tests,
      public: withKey({ key: 'public' }),
      unknownPadding: withKey({ 'padding-algorithm': 'oaep-mgf1', 'padding-hash': 'md5' }),
      broken: withKey({ key: 'broken' }),
    }
    const manifest = JSON.parse(files.get('manifest.json')!.toString())
    files.set('manifest.json', Buffer.from(JSON.stringify({ ...manifest, tests: all })))
    files.set('keys.json', Buffer.from(JSON.stringify(keys)))
    files.set('plaintexts/small', Buffer.from('small'))
    for (const padding of paddings) files.set(`ciphertexts/${nameOf(padding)}`, await sealed(padding))
    const [result] = await runFiles(files)
    expect(codesOf(result!)).to.deep.equal({ broken: 'KEYRING_INVALID' })
    expect(result).to.include({ opened: paddings.length, unsupported: 2 })
    expect(result!.unsupportedFor).to.deep.equal({
      'raw rsa: a public key opens nothing': 1,
      'raw rsa: an unknown padding': 1,
    })
  })
})
