import { inspect } from 'node:util'
import {
  KeyringTraceFlag,
  MultiKeyringNode,
  NodeAlgorithmSuite,
  NodeEncryptionMaterial,
} from '@aws-crypto/client-node'
import { KeyringError } from '@sealring/core'
import { expect } from 'chai'
import { after, describe, it } from 'mocha'
import { keyringFrom, type KeyringFromOptions, type WrappedDataKey } from '@sealring/core/keyring'
import { copiedCopy, installedCopy, type Copy } from '../client-node/second-copies.js'
import { codeOf, errorOf } from '../envelope/code-of.js'
import { craftMessage } from '../envelope/craft-message.js'
import { bytesOf, clientsFor, everySuite, oracle, ours, unsigned } from '../envelope/fixture.js'
import { wrongType } from '../envelope/wrong-type.js'
import { aesFunctions } from './aes-functions.js'

const key = bytesOf('keyringFrom', 32)
const whole = aesFunctions(key)
const encryptionContext = { purpose: 'test', Straße: '1' }
const text = 'text'
const plaintextOf = ({ plaintext }: { plaintext: Uint8Array }) => Buffer.from(plaintext).toString()

describe('keyringFrom', () => {
  for (const suite of everySuite) {
    it(`works with our client and client-node, both ways (${suite.name})`, async () => {
      const { ours, oracle } = clientsFor(suite)
      const options = { suiteId: suite.id, encryptionContext }
      const keyring = keyringFrom(whole)
      for (const sealed of [
        await ours.encrypt(keyring, text, options),
        await oracle.encrypt(keyring, text, wrongType({ ...options })),
      ]) {
        expect(plaintextOf(await ours.decrypt(keyring, sealed.result))).to.equal(text)
        expect(plaintextOf(await oracle.decrypt(keyring, sealed.result))).to.equal(text)
      }
    })
  }

  const copied = copiedCopy()
  after(copied.remove)
  const copies: Readonly<Record<string, Copy>> = {
    'of another version': installedCopy(),
    'of the same version': copied.copy,
  }
  for (const [which, copy] of Object.entries(copies)) {
    it(`made for a second installed copy ${which}, works with its client and ours`, async () => {
      const foreign = keyringFrom({ ...whole, classes: copy })
      const own = keyringFrom(whole)
      const client = copy.buildClient()
      const multi = new copy.MultiKeyringNode({ generator: foreign })
      const sealed = [
        (await client.encrypt(foreign, text, { encryptionContext: { ...encryptionContext } })).result,
        (await client.encrypt(multi, text)).result,
        (await ours.encrypt(foreign, text)).result,
        (await ours.encrypt(own, text)).result,
      ]
      for (const message of sealed) {
        expect(plaintextOf(await client.decrypt(foreign, message))).to.equal(text)
        expect(plaintextOf(await ours.decrypt(multi, message))).to.equal(text)
        expect(plaintextOf(await ours.decrypt(own, message))).to.equal(text)
      }
    })
  }

  it('keeps provider info byte by byte, also where it is no text', async () => {
    const providerInfo = Uint8Array.from({ length: 256 }, (_, n) => n)
    const seen: Uint8Array[] = []
    const keyring = keyringFrom({
      ...whole,
      wrap: (request) => ({ ...whole.wrap(request), providerInfo }),
      unwrap: (request) => {
        seen.push(request.providerInfo)
        return whole.unwrap({ ...request, providerInfo: Buffer.from('key-1') })
      },
    })
    for (const client of [ours, oracle]) {
      const { result } = await client.encrypt(keyring, text)
      expect(plaintextOf(await ours.decrypt(keyring, result))).to.equal(text)
      expect(plaintextOf(await oracle.decrypt(keyring, result))).to.equal(text)
    }
    for (const info of seen) expect(Buffer.compare(info, providerInfo)).to.equal(0)
    expect(seen).to.have.length(4)
  })

  it('calls the functions as methods of what was given', async () => {
    class Author {
      readonly providerId = whole.providerId
      readonly #functions = whole
      wrap(request: Parameters<typeof whole.wrap>[0]) {
        return this.#functions.wrap(request)
      }
      async unwrap(request: Parameters<typeof whole.unwrap>[0]) {
        return this.#functions.unwrap(request)
      }
    }
    const keyring = keyringFrom(new Author())
    const { result } = await ours.encrypt(keyring, text)
    expect(plaintextOf(await ours.decrypt(keyring, result))).to.equal(text)
  })

  describe('zeroes', () => {
    it('the data key that wrap was lent, and seals with what was random', async () => {
      const lent: Uint8Array[] = []
      const keyring = keyringFrom({
        ...whole,
        wrap(request) {
          lent.push(request.dataKey)
          const wrapped = whole.wrap(request)
          // An author who tidies up too early must not turn the message's key into zeros.
          request.dataKey.fill(0)
          return wrapped
        },
      })
      const { result } = await ours.encrypt(keyring, text)
      expect(plaintextOf(await ours.decrypt(keyringFrom(whole), result))).to.equal(text)
      await codeOf(() =>
        ours.encrypt(
          keyringFrom({
            ...whole,
            wrap: ({ dataKey }) => {
              lent.push(dataKey)
              throw new Error('down')
            },
          }),
          text,
        ),
      )
      expect(lent).to.have.length(2)
      for (const bytes of lent) expect([...bytes].every((byte) => byte === 0)).to.equal(true)
    })

    it('what unwrap gave, whether it fits or not', async () => {
      const given: Uint8Array[] = []
      const giving = (bytes: Uint8Array) => {
        given.push(bytes)
        return bytes
      }
      const { result } = await ours.encrypt(keyringFrom(whole), text)
      await ours.decrypt(
        keyringFrom({ ...whole, unwrap: (request) => giving(whole.unwrap(request)!) }),
        result,
      )
      await codeOf(() =>
        ours.decrypt(keyringFrom({ ...whole, unwrap: () => giving(Buffer.alloc(31, 1)) }), result),
      )
      expect(given.map(({ byteLength }) => byteLength)).to.deep.equal([32, 31])
      for (const bytes of given) expect([...bytes].every((byte) => byte === 0)).to.equal(true)
    })
  })

  describe('opening', () => {
    /** A message with as many data keys of this keyring as there are answers, and the answers that unwrap gives. */
    async function opened(answers: readonly (() => unknown)[]) {
      const keyrings = answers.map(() => keyringFrom(whole))
      const [generator, ...children] = keyrings
      const multi = new MultiKeyringNode({
        ...(generator && { generator }),
        children,
      })
      const { result } = await ours.encrypt(multi, text, { suiteId: unsigned })
      let asked = 0
      const keyring = keyringFrom({
        ...whole,
        unwrap: wrongType((request: Parameters<typeof whole.unwrap>[0]) => {
          const answer = answers[asked++]!()
          return answer === 'open' ? whole.unwrap(request) : answer
        }),
      })
      const outcome = await ours.decrypt(keyring, result).then(plaintextOf, (error: unknown) => error)
      return { asked, outcome }
    }
    const throws = (message: string) => () => {
      throw new Error(message)
    }

    it('goes on after what is not mine and after what is broken', async () => {
      const { asked, outcome } = await opened([
        () => null,
        throws('one'),
        async () => {
          throw new Error('two')
        },
        () => undefined,
        () => new Uint8Array(16),
        () => 'text',
        () => 'open',
        throws('never asked'),
      ])
      expect(outcome).to.equal(text)
      expect(asked).to.equal(7)
    })

    it('says that nothing was mine', async () => {
      expect((await opened([() => null, () => null])).outcome).to.have.property('code', 'NO_DATA_KEY')
    })

    it('gives the one failure as the cause', async () => {
      const { outcome } = await opened([() => null, throws('one')])
      expect(outcome).to.have.property('code', 'DATA_KEY_NOT_UNWRAPPED')
      expect(outcome).to.have.nested.property('cause.message', 'one')
    })

    it('gives several failures in their order', async () => {
      const { asked, outcome } = await opened([throws('one'), () => null, throws('two'), () => undefined])
      expect(asked).to.equal(4)
      expect(outcome).to.have.property('code', 'DATA_KEY_NOT_UNWRAPPED')
      expect(outcome).to.have.nested.property('cause.errors').with.length(3)
      expect(outcome).to.have.nested.property('cause.errors[0].message', 'one')
      expect(outcome).to.have.nested.property('cause.errors[1].message', 'two')
    })

    it('keeps the code of a KeyringError', async () => {
      const refused = new KeyringError('PADDING_REFUSED', 'refused')
      const refuses = () => {
        throw refused
      }
      expect((await opened([() => null, refuses])).outcome).to.equal(refused)
      const { outcome } = await opened([throws('one'), refuses])
      expect(outcome).to.have.property('code', 'PADDING_REFUSED')
      expect(outcome).to.have.nested.property('cause.errors').with.length(2)
    })

    it('takes no notice of data keys without a ciphertext', async () => {
      const message = craftMessage({
        suiteId: unsigned,
        messageId: bytesOf('message id', 32),
        dataKey: bytesOf('data key', 32),
        dataKeys: [[whole.providerId, 'key-1', '']],
      })
      expect(await codeOf(() => ours.decrypt(keyringFrom(whole), message))).to.equal('NO_DATA_KEY')
    })
  })

  it('that only opens says so when it is to seal, and the other way round', async () => {
    const { result } = await ours.encrypt(keyringFrom(whole), text)
    const sealing = await errorOf(() => ours.encrypt(keyringFrom({ ...whole, wrap: undefined }), text))
    expect(sealing).to.have.property('code', 'DATA_KEY_NOT_WRAPPED')
    expect(sealing)
      .to.have.nested.property('cause.message')
      .which.matches(/only opens/)
    const opening = await errorOf(() => ours.decrypt(keyringFrom({ ...whole, unwrap: undefined }), result))
    expect(opening).to.have.property('code', 'DATA_KEY_NOT_UNWRAPPED')
    expect(opening)
      .to.have.nested.property('cause.message')
      .which.matches(/only seals/)
  })

  it('keeps what wrap threw as the cause', async () => {
    const reason = new Error('down')
    const keyring = keyringFrom({ ...whole, wrap: () => Promise.reject(reason) })
    expect(await errorOf(() => ours.encrypt(keyring, text))).to.include({
      code: 'DATA_KEY_NOT_WRAPPED',
      cause: reason,
    })
  })

  const good: WrappedDataKey = { providerInfo: 'info', ciphertext: Buffer.from('ciphertext') }
  const wrongAnswers: Readonly<Record<string, unknown>> = {
    nothing: undefined,
    null: null,
    'a text': 'ciphertext',
    'no provider info': { ...good, providerInfo: undefined },
    'an empty provider info': { ...good, providerInfo: '' },
    'provider info with a lone surrogate': { ...good, providerInfo: '\uD800' },
    'provider info of 65,536 bytes': { ...good, providerInfo: 'x'.repeat(65_536) },
    'no ciphertext': { ...good, ciphertext: undefined },
    'a ciphertext that is an array': { ...good, ciphertext: [1, 2] },
    'an empty ciphertext': { ...good, ciphertext: new Uint8Array() },
    'a ciphertext of 65,536 bytes': { ...good, ciphertext: new Uint8Array(65_536) },
  }
  for (const [what, answer] of Object.entries(wrongAnswers)) {
    it(`refuses a wrap that gives ${what}`, async () => {
      const keyring = keyringFrom({ ...whole, wrap: wrongType(() => answer) })
      expect(await codeOf(() => ours.encrypt(keyring, text))).to.equal('KEYRING_INVALID')
    })
  }

  it('takes fields of 65,535 bytes', async () => {
    const bytes = new Uint8Array(65_535).fill(7)
    const dataKey = bytesOf('fixed', 32)
    const keyring = keyringFrom({
      providerId: 'p'.repeat(65_535),
      wrap: () => ({ providerInfo: bytes, ciphertext: bytes }),
      unwrap: () => Uint8Array.from(dataKey),
    })
    const { messageHeader } = await ours.encrypt(keyring, text, { suiteId: unsigned })
    const [written] = messageHeader.encryptedDataKeys
    expect(written!.encryptedDataKey.byteLength).to.equal(65_535)
    expect(written!.providerId).to.have.length(65_535)
  })

  const wrongOptions: Readonly<Record<string, object>> = {
    'no provider id': { providerId: undefined },
    'an empty provider id': { providerId: '' },
    'a provider id that is no text': { providerId: 7 },
    'a provider id with a lone surrogate': { providerId: 'a\uDC00' },
    'a provider id of 65,536 bytes': { providerId: 'é'.repeat(32_768) },
    'the provider id of AWS KMS': { providerId: 'aws-kms' },
    'a provider id of AWS’s': { providerId: 'aws-kms-hierarchy' },
    'neither wrap nor unwrap': { wrap: undefined, unwrap: undefined },
    'a wrap that is no function': { wrap: 'wrap' },
    'an unwrap that is no function': { unwrap: {} },
    'classes that are none': { classes: {} },
  }
  for (const [what, change] of Object.entries(wrongOptions)) {
    it(`refuses ${what}`, async () => {
      const options: KeyringFromOptions = wrongType({ ...whole, ...change })
      expect(await codeOf(() => keyringFrom(options))).to.equal('KEYRING_INVALID')
    })
  }

  it('leaves a trace, as keyrings of AWS’s class do', async () => {
    const material = new NodeEncryptionMaterial(new NodeAlgorithmSuite(unsigned), {})
    await keyringFrom(whole).onEncrypt(material)
    const [generated, encrypted] = material.keyringTrace
    expect(generated).to.deep.equal({
      keyNamespace: 'test-author',
      keyName: 'key-1',
      flags: KeyringTraceFlag.WRAPPING_KEY_GENERATED_DATA_KEY,
    })
    expect(encrypted!.flags & KeyringTraceFlag.WRAPPING_KEY_ENCRYPTED_DATA_KEY).to.not.equal(0)
  })

  it('leaves materials alone when it could not wrap', async () => {
    const material = new NodeEncryptionMaterial(new NodeAlgorithmSuite(unsigned), {})
    const failing = keyringFrom({ ...whole, wrap: () => Promise.reject(new Error('down')) })
    expect(await codeOf(() => failing.onEncrypt(material))).to.equal('DATA_KEY_NOT_WRAPPED')
    expect(material.hasUnencryptedDataKey).to.equal(false)
    await keyringFrom(whole).onEncrypt(material)
    expect(material.encryptedDataKeys).to.have.length(1)
  })

  it('shows its provider id and nothing else', () => {
    const keyring = keyringFrom(whole)
    expect(JSON.parse(JSON.stringify(keyring))).to.deep.equal({
      keyring: 'custom',
      providerId: 'test-author',
    })
    expect(inspect({ deep: [[keyring]] }, { depth: 9 })).to.include(
      'CustomKeyring {"providerId":"test-author"}',
    )
  })
})
