import { constants, createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes } from 'node:crypto'
import { inspect } from 'node:util'
import { RawRsaKeyringNode } from '@aws-crypto/client-node'
import { expect } from 'chai'
import { describe, it } from 'mocha'
import { rawRsaKeyring, type RsaPadding } from '@sealring/core/keyring'
import type { KeyringFixture } from '@sealring/core/conformance'
import { codeOf, errorOf } from '../envelope/code-of.js'
import { clientsFor, everySuite, oracle, ours, unsigned } from '../envelope/fixture.js'
import { wrongType } from '../envelope/wrong-type.js'
import { hostKeyringConformance } from './keyring-conformance-host.js'
import { rsaPairs } from './rsa-pairs.js'

const { pair, other, short } = rsaPairs()
const hashes = ['sha1', 'sha256', 'sha384', 'sha512'] as const
const text = 'text'
const textOf = ({ plaintext }: { plaintext: Uint8Array }) => Buffer.from(plaintext).toString()
const major = Number(process.versions.node.split('.')[0])

const mine = (padding: RsaPadding, keys: { publicKey?: string; privateKey?: string } = pair) =>
  rawRsaKeyring({ namespace: 'rsa', name: 'k', padding, ...keys })

const theirs = (oaepHash: (typeof hashes)[number] | undefined) =>
  new RawRsaKeyringNode({
    keyNamespace: 'rsa',
    keyName: 'k',
    rsaKey: pair,
    padding: oaepHash ? constants.RSA_PKCS1_OAEP_PADDING : constants.RSA_PKCS1_PADDING,
    ...(oaepHash && { oaepHash }),
  })

const fixture: KeyringFixture = {
  capabilities: {
    seals: true,
    opens: true,
    providerIds: ['rsa'],
    bindsContext: false,
    detectsDamage: true,
    equivalent: true,
  },
  open: async () => ({
    keyring: mine('oaep-sha256'),
    reopen: async () => mine('oaep-sha256'),
    stranger: mine('oaep-sha256', other),
    isProviderInfo: (info) => Buffer.from(info).toString() === 'k',
    secrets: [Buffer.from(pair.privateKey)],
    equivalent: { client: oracle, keyring: theirs('sha256') },
    dispose: async () => undefined,
  }),
}
describe('rawRsaKeyring passes the conformance suite', () => hostKeyringConformance(fixture))

describe('rawRsaKeyring', () => {
  for (const suite of everySuite) {
    it(`works both ways with client-node (${suite.name})`, async () => {
      const { ours, oracle } = clientsFor(suite)
      const fromMine = await ours.encrypt(mine('oaep-sha512'), text, { suiteId: suite.id })
      const fromTheirs = await oracle.encrypt(theirs('sha512'), text, wrongType({ suiteId: suite.id }))
      expect(textOf(await oracle.decrypt(theirs('sha512'), fromMine.result))).to.equal(text)
      expect(textOf(await ours.decrypt(mine('oaep-sha512'), fromTheirs.result))).to.equal(text)
    })
  }

  for (const hash of hashes) {
    it(`works both ways with client-node (OAEP, ${hash})`, async () => {
      const fromMine = await ours.encrypt(mine(`oaep-${hash}`), text)
      const fromTheirs = await oracle.encrypt(theirs(hash), text)
      expect(textOf(await oracle.decrypt(theirs(hash), fromMine.result))).to.equal(text)
      expect(textOf(await ours.decrypt(mine(`oaep-${hash}`), fromTheirs.result))).to.equal(text)
    })
  }

  it('opens nothing of another padding', async () => {
    const { result } = await ours.encrypt(mine('oaep-sha256'), text)
    for (const padding of ['oaep-sha1', 'oaep-sha384', 'oaep-sha512'] as const)
      expect(await codeOf(() => ours.decrypt(mine(padding), result))).to.equal('DATA_KEY_NOT_UNWRAPPED')
  })

  it('seals with the public key alone, and opens with the private one', async () => {
    const { publicKey, privateKey } = pair
    const { result } = await ours.encrypt(mine('oaep-sha256', { publicKey }), text)
    expect(textOf(await ours.decrypt(mine('oaep-sha256', { privateKey }), result))).to.equal(text)
    expect(await codeOf(() => ours.decrypt(mine('oaep-sha256', { publicKey }), result))).to.equal(
      'DATA_KEY_NOT_UNWRAPPED',
    )
    expect(await codeOf(() => ours.encrypt(mine('oaep-sha256', { privateKey }), text))).to.equal(
      'DATA_KEY_NOT_WRAPPED',
    )
  })

  it('takes KeyObjects', async () => {
    const keys = { publicKey: createPublicKey(pair.publicKey), privateKey: createPrivateKey(pair.privateKey) }
    const keyring = rawRsaKeyring({ namespace: 'rsa', name: 'k', padding: 'oaep-sha256', ...keys })
    const { result } = await ours.encrypt(keyring, text)
    expect(textOf(await ours.decrypt(mine('oaep-sha256'), result))).to.equal(text)
  })

  it('takes no key for its own whose name is another', async () => {
    const { result } = await ours.encrypt(mine('oaep-sha256'), text)
    const named = rawRsaKeyring({ namespace: 'rsa', name: 'k2', padding: 'oaep-sha256', ...pair })
    expect(await codeOf(() => ours.decrypt(named, result))).to.equal('NO_DATA_KEY')
  })

  it('writes PKCS #1 on every Node, and opens it from 22 on', async () => {
    const { oracle } = clientsFor(everySuite.find(({ id }) => id === unsigned)!)
    const messages = [
      (await ours.encrypt(mine('pkcs1'), text)).result,
      (await oracle.encrypt(theirs(undefined), text)).result,
    ]
    for (const message of messages) {
      if (major >= 22) {
        expect(textOf(await ours.decrypt(mine('pkcs1'), message))).to.equal(text)
        expect(textOf(await oracle.decrypt(mine('pkcs1'), message))).to.equal(text)
        expect(textOf(await oracle.decrypt(theirs(undefined), message))).to.equal(text)
      } else {
        const error = await errorOf(() => ours.decrypt(mine('pkcs1'), message))
        expect(error.code).to.equal('PADDING_REFUSED')
        expect(error.cause).to.be.instanceOf(Error)
      }
    }
  })

  it('opens no PKCS #1 message of another key', async () => {
    const { result } = await ours.encrypt(mine('pkcs1', other), text)
    expect(await codeOf(() => ours.decrypt(mine('pkcs1'), result))).to.be.oneOf(
      // Random bytes as long as a data key are a key that the message isn't committed to.
      major >= 22 ? ['DATA_KEY_NOT_UNWRAPPED', 'COMMITMENT_MISMATCH'] : ['PADDING_REFUSED'],
    )
  })

  const { privateKey: ec } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const good = { namespace: 'rsa', name: 'k', padding: 'oaep-sha256', ...pair }
  const wrongOptions: Readonly<Record<string, object>> = {
    'no namespace': { namespace: '' },
    'the namespace of AWS KMS': { namespace: 'aws-kms' },
    'no name': { name: '' },
    'no padding': { padding: undefined },
    'a padding that does not exist': { padding: 'toString' },
    'no key': { publicKey: undefined, privateKey: undefined },
    'a PEM that is none': { publicKey: 'PEM' },
    'a private PEM that is public': { privateKey: pair.publicKey },
    'keys that are no pair': { publicKey: other.publicKey },
    'a public key of 1024 bits': { publicKey: short.publicKey, privateKey: undefined },
    'a private key for a public one': { publicKey: createPrivateKey(pair.privateKey) },
    'another kind of key': { publicKey: undefined, privateKey: ec },
    'bytes that are no key': { privateKey: randomBytes(32) },
  }
  for (const [what, change] of Object.entries(wrongOptions)) {
    it(`refuses ${what}`, async () => {
      expect(await codeOf(() => rawRsaKeyring(wrongType({ ...good, ...change })))).to.equal('KEYRING_INVALID')
    })
  }

  it('says nothing of a PEM that it can’t read', async () => {
    const error = await errorOf(() =>
      rawRsaKeyring(wrongType({ ...good, privateKey: 'canary-canary-canary' })),
    )
    expect(inspect(error, { depth: 9, showHidden: true })).to.not.include('canary')
  })
})
