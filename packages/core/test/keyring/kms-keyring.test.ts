import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { inspect } from 'node:util'
import { KmsKeyringNode, MultiKeyringNode } from '@aws-crypto/client-node'
import {
  CreateAliasCommand,
  DisableKeyCommand,
  DisabledException,
  EnableKeyCommand,
  KMS,
  KMSClient,
  ScheduleKeyDeletionCommand,
} from '@aws-sdk/client-kms'
import { expect } from 'chai'
import { beforeEach, describe, it } from 'mocha'
import { KeyringError } from '@sealring/core'
import { awsErrorName, type KeyringNode } from '@sealring/core/keyring'
import { kmsKeyring, type KmsKeyringOptions } from '@sealring/core/kms-keyring'
import { codeOf, errorOf } from '../envelope/code-of.js'
import { craftMessage } from '../envelope/craft-message.js'
import { bytesOf, keyring as rawKeyring, oracle, ours, suites, unsigned } from '../envelope/fixture.js'
import { wrongType } from '../envelope/wrong-type.js'
import { createKey, kmsFixture, type KmsFixture } from './kms-fixture.js'

describe('kmsKeyring', () => {
  let fixture: KmsFixture
  let european: string
  let american: string
  beforeEach(async () => {
    fixture = await kmsFixture()
    european = fixture.keys['eu-west-1']
    american = fixture.keys['us-east-1']
  })

  const options = { suiteId: unsigned, encryptionContext: { a: 'b' } }
  const config = () => ({ ...fixture.kms.clientConfig(), maxAttempts: 1 })
  const disable = (arn: string) =>
    fixture.clients[arn === european ? 'eu-west-1' : 'us-east-1'].send(new DisableKeyCommand({ KeyId: arn }))
  /** client-node's own keyring, with clients for both regions. */
  const oracleKeyring = (...keyIds: string[]): KeyringNode =>
    new KmsKeyringNode({
      generatorKeyId: keyIds[0]!,
      keyIds: keyIds.slice(1),
      clientProvider: (region) => new KMS({ ...config(), region }),
    })

  const waysToConnect: Readonly<Record<string, () => Partial<KmsKeyringOptions>>> = {
    'a KMSClient': () => ({ client: fixture.clients['eu-west-1'] }),
    'a KMS': () => ({ client: new KMS({ ...config(), region: 'eu-west-1' }) }),
    'a client for each region': () => ({ clientFor: () => fixture.clients['eu-west-1'] }),
    'a configuration': () => ({ clientConfig: config() }),
  }
  for (const { suiteId, name } of suites) {
    for (const [way, connect] of Object.entries(waysToConnect)) {
      it(`works both ways with client-node, given ${way} (${name})`, async () => {
        const mine = kmsKeyring({ generatorKeyId: european, ...connect() })
        const theirs = oracleKeyring(european)
        const asked = { suiteId, encryptionContext: { purpose: 'test', Straße: '1' } }
        for (const size of [0, 1, 4096, 10_000]) {
          const plaintext = bytesOf('kms', size)
          const written = [
            await ours.encrypt(mine, plaintext, asked),
            await oracle.encrypt(theirs, plaintext, { ...asked }),
          ]
          for (const { result } of written) {
            expect(plaintext.equals((await ours.decrypt(mine, result)).plaintext)).to.equal(true)
            expect(plaintext.equals((await ours.decrypt(theirs, result)).plaintext)).to.equal(true)
            expect(plaintext.equals((await oracle.decrypt(mine, result)).plaintext)).to.equal(true)
            expect(plaintext.equals((await oracle.decrypt(theirs, result)).plaintext)).to.equal(true)
          }
        }
      })
    }
  }

  it('works over HTTP, both ways with client-node', async () => {
    const server = await fixture.kms.listen()
    try {
      const client = new KMS({ ...config(), requestHandler: {}, region: 'eu-west-1', endpoint: server.url })
      const mine = kmsKeyring({ generatorKeyId: european, client })
      const theirs = new KmsKeyringNode({ generatorKeyId: european, clientProvider: () => client })
      const { result } = await ours.encrypt(mine, 'text', options)
      expect((await oracle.decrypt(theirs, result)).plaintext.toString()).to.equal('text')
      const other = await oracle.encrypt(theirs, 'text', { ...options })
      expect((await ours.decrypt(mine, other.result)).plaintext.toString()).to.equal('text')
      await disable(european)
      const error = await errorOf(() => ours.decrypt(mine, result))
      expect([error.code, awsErrorName(error)]).to.deep.equal(['DATA_KEY_NOT_UNWRAPPED', 'DisabledException'])
      client.destroy()
    } finally {
      await server.close()
    }
  })

  it('wraps under keys of several regions; any one of them opens', async () => {
    const both = kmsKeyring({ generatorKeyId: european, keyIds: [american], clientConfig: config() })
    const { result, messageHeader } = await ours.encrypt(both, 'text', options)
    expect(messageHeader.encryptedDataKeys.map((key) => key.providerInfo)).to.deep.equal([european, american])
    const readers = [
      both,
      kmsKeyring({ keyIds: [european], clientConfig: config() }),
      kmsKeyring({ keyIds: [american], clientConfig: config() }),
      oracleKeyring(american),
    ]
    for (const reader of readers) {
      expect((await ours.decrypt(reader, result)).plaintext.toString()).to.equal('text')
    }
    await disable(european)
    expect((await ours.decrypt(both, result)).plaintext.toString()).to.equal('text')
  })

  it('generates under an alias where the client has a region', async () => {
    const client = fixture.clients['eu-west-1']
    await client.send(new CreateAliasCommand({ AliasName: 'alias/sealring', TargetKeyId: european }))
    const { result } = await ours.encrypt(
      kmsKeyring({ generatorKeyId: 'alias/sealring', client }),
      'text',
      options,
    )
    const reader = kmsKeyring({ keyIds: [european], client })
    expect((await ours.decrypt(reader, result)).plaintext.toString()).to.equal('text')
  })

  describe('keeps the reason', () => {
    const failures = async (keyring: KeyringNode, message: Buffer) => [
      await errorOf(() => ours.decrypt(keyring, message)),
      await errorOf(() => ours.encrypt(keyring, 'text', options)),
    ]
    const codes = ['DATA_KEY_NOT_UNWRAPPED', 'DATA_KEY_NOT_WRAPPED']

    it('of a disabled key: the error of the SDK is the cause', async () => {
      const keyring = kmsKeyring({ generatorKeyId: european, clientConfig: config() })
      const { result } = await ours.encrypt(keyring, 'text', options)
      await disable(european)
      const errors = await failures(keyring, result)
      expect(errors.map((error) => error.code)).to.deep.equal(codes)
      for (const error of errors) {
        expect(error).to.be.instanceOf(KeyringError)
        expect(error.cause).to.be.instanceOf(DisabledException)
        expect(awsErrorName(error)).to.equal('DisabledException')
        expect(error.message).to.include(european)
      }
      await fixture.clients['eu-west-1'].send(new EnableKeyCommand({ KeyId: european }))
      expect((await ours.decrypt(keyring, result)).plaintext.toString()).to.equal('text')
    })

    it('of a key that waits for its deletion, and of a caller who may not', async () => {
      const keyring = kmsKeyring({ generatorKeyId: european, clientConfig: config() })
      const { result } = await ours.encrypt(keyring, 'text', options)
      const undo = fixture.kms.faults.deny()
      const denied = await failures(keyring, result)
      expect(denied.map(awsErrorName)).to.deep.equal(['AccessDeniedException', 'AccessDeniedException'])
      undo()
      const command = new ScheduleKeyDeletionCommand({ KeyId: european, PendingWindowInDays: 7 })
      await fixture.clients['eu-west-1'].send(command)
      const pending = await failures(keyring, result)
      expect(pending.map(awsErrorName)).to.deep.equal([
        'KMSInvalidStateException',
        'KMSInvalidStateException',
      ])
    })

    it('of a network that is down, whose error is not AWS’s', async () => {
      const server = createServer()
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      const { port } = Object.assign<object, Partial<AddressInfo>>({}, wrongType(server.address()))
      await new Promise((resolve) => server.close(resolve))
      const { result } = await ours.encrypt(
        kmsKeyring({ generatorKeyId: european, clientConfig: config() }),
        'text',
        options,
      )
      const unreachable = kmsKeyring({
        generatorKeyId: european,
        clientConfig: { ...config(), requestHandler: {}, endpoint: `http://127.0.0.1:${port}` },
      })
      const errors = await failures(unreachable, result)
      expect(errors.map((error) => error.code)).to.deep.equal(codes)
      for (const error of errors) {
        expect(error.cause).to.have.property('code', 'ECONNREFUSED')
        expect(error.message).to.include('ECONNREFUSED')
      }
    })

    it('of every key that was tried', async () => {
      const both = kmsKeyring({ generatorKeyId: european, keyIds: [american], clientConfig: config() })
      const { result } = await ours.encrypt(both, 'text', options)
      await disable(european)
      fixture.kms.faults.setRegionDown('us-east-1')
      const { cause, message } = await errorOf(() => ours.decrypt(both, result))
      expect(cause).to.be.instanceOf(AggregateError)
      expect(cause).to.have.nested.property('errors[0].name', 'DisabledException')
      expect(cause).to.have.nested.property('errors[1].code', 'ECONNREFUSED')
      expect(message).to.include('DisabledException').and.to.include('ECONNREFUSED')
    })

    it('of the member of a multi-keyring', async () => {
      const kms = kmsKeyring({ generatorKeyId: european, clientConfig: config() })
      const multi = new MultiKeyringNode({ generator: kms, children: [rawKeyring] })
      const { result } = await ours.encrypt(multi, 'text', options)
      await disable(european)
      expect((await ours.decrypt(multi, result)).plaintext.toString()).to.equal('text')
      const only = await ours.encrypt(
        new MultiKeyringNode({ generator: kmsKeyring({ generatorKeyId: american, clientConfig: config() }) }),
        'text',
        options,
      )
      await disable(american)
      const reader = new MultiKeyringNode({
        children: [rawKeyring, kmsKeyring({ keyIds: [american], clientConfig: config() })],
      })
      const error = await errorOf(() => ours.decrypt(reader, only.result))
      expect([error.code, awsErrorName(error)]).to.deep.equal(['DATA_KEY_NOT_UNWRAPPED', 'DisabledException'])
    })

    it('of another context', async () => {
      const keyring = kmsKeyring({ generatorKeyId: european, clientConfig: config() })
      const { result } = await ours.encrypt(keyring, 'text', options)
      const changed = Buffer.from(result)
      changed[changed.indexOf(Buffer.from([0, 1, 0x61, 0, 1, 0x62])) + 5] = 0x63
      const error = await errorOf(() => ours.decrypt(keyring, changed))
      expect([error.code, awsErrorName(error)]).to.deep.equal([
        'DATA_KEY_NOT_UNWRAPPED',
        'InvalidCiphertextException',
      ])
    })

    it('of each of many calls at once, never of a neighbour', async () => {
      const other = await createKey(fixture.clients['eu-west-1'])
      const keyring = kmsKeyring({ keyIds: [european, other], clientConfig: config() })
      const sealedBy = async (arn: string) =>
        (await ours.encrypt(kmsKeyring({ generatorKeyId: arn, clientConfig: config() }), 'text', options))
          .result
      const good = await sealedBy(other)
      const bad = await sealedBy(european)
      await disable(european)
      const outcomes = await Promise.all(
        Array.from({ length: 40 }, (_, n) => codeOf(() => ours.decrypt(keyring, n % 2 === 0 ? good : bad))),
      )
      expect(outcomes).to.deep.equal(
        Array.from({ length: 40 }, (_, n) => (n % 2 === 0 ? 'no error' : 'DATA_KEY_NOT_UNWRAPPED')),
      )
    })
  })

  it('says NO_DATA_KEY when the message is for other keys', async () => {
    const { result } = await ours.encrypt(
      kmsKeyring({ generatorKeyId: european, clientConfig: config() }),
      'text',
      options,
    )
    const reader = kmsKeyring({ keyIds: [american], clientConfig: config() })
    expect(await codeOf(() => ours.decrypt(reader, result))).to.equal('NO_DATA_KEY')
    expect(await codeOf(() => ours.decrypt(rawKeyring, result))).to.equal('NO_DATA_KEY')
  })

  describe('in discovery', () => {
    const discovering = (discovery: NonNullable<KmsKeyringOptions['discovery']>) =>
      kmsKeyring({ discovery, clientConfig: config() })

    it('opens whatever key the message names, within the filter, and never seals', async () => {
      const { result } = await ours.encrypt(
        kmsKeyring({ generatorKeyId: european, clientConfig: config() }),
        'text',
        options,
      )
      for (const filter of [
        true,
        { accountIds: ['111122223333'] },
        { accountIds: ['111122223333'], partition: 'aws' },
      ] as const) {
        expect((await ours.decrypt(discovering(filter), result)).plaintext.toString()).to.equal('text')
        expect(await codeOf(() => ours.encrypt(discovering(filter), 'text'))).to.equal('NO_DATA_KEY')
      }
      for (const filter of [
        { accountIds: ['444455556666'] },
        { accountIds: ['111122223333'], partition: 'aws-cn' },
      ]) {
        expect(await codeOf(() => ours.decrypt(discovering(filter), result))).to.equal('NO_DATA_KEY')
      }
    })

    it('makes no client for a region that is no region', async () => {
      const calls: string[] = []
      const clientConfig = {
        ...config(),
        requestHandler: {
          handle: (request: { hostname: string }) => {
            calls.push(request.hostname)
            return Promise.reject(new Error('should not be called'))
          },
        },
      }
      const keyring = kmsKeyring({ discovery: true, clientConfig: wrongType(clientConfig) })
      for (const region of ['attacker.example/', 'x@attacker.example', 'eu-west-1.attacker.example', 'EU']) {
        const arn = `arn:aws:kms:${region}:111122223333:key/a`
        const message = craftMessage({
          suiteId: unsigned,
          messageId: bytesOf('id', 32),
          dataKey: bytesOf('key', 32),
          dataKeys: [['aws-kms', arn, 'ciphertext']],
        })
        expect(await codeOf(() => ours.decrypt(keyring, message))).to.equal('NO_DATA_KEY')
      }
      expect(calls).to.deep.equal([])
    })
  })

  it('leaves out a region that has no client', async () => {
    const both = (clientFor: KmsKeyringOptions['clientFor']) =>
      kmsKeyring({ generatorKeyId: european, keyIds: [american], clientFor: clientFor! })
    const europeanOnly = both((region) => region === 'eu-west-1' && fixture.clients['eu-west-1'])
    const { result, messageHeader } = await ours.encrypt(europeanOnly, 'text', options)
    expect(messageHeader.encryptedDataKeys).to.have.length(1)
    expect((await ours.decrypt(europeanOnly, result)).plaintext.toString()).to.equal('text')
    const nowhere = both(() => undefined)
    expect(await codeOf(() => ours.encrypt(nowhere, 'text'))).to.equal('DATA_KEY_NOT_WRAPPED')
    expect(await codeOf(() => ours.decrypt(nowhere, result))).to.equal('NO_DATA_KEY')
  })

  const invalid: Readonly<Record<string, KmsKeyringOptions>> = {
    'no key': {},
    'a malformed ARN': { generatorKeyId: 'arn:aws:s3:::bucket' },
    'keys and discovery': { generatorKeyId: 'alias/a', discovery: true },
    'a filter that matches nothing': { discovery: { accountIds: [] } },
    'two ways to a client': {
      generatorKeyId: 'alias/a',
      client: new KMSClient({}),
      clientFor: () => undefined,
    },
    'a client and a configuration': {
      generatorKeyId: 'alias/a',
      client: new KMSClient({}),
      clientConfig: {},
    },
  }
  for (const [what, wrong] of Object.entries(invalid)) {
    it(`refuses ${what}`, async () => {
      expect(await codeOf(() => kmsKeyring(wrong))).to.equal('KEYRING_INVALID')
    })
  }

  it('shows its keys, and nothing of its clients', () => {
    const secretAccessKey = 'canary-secret-access-key'
    const credentials = { accessKeyId: 'canary-id', secretAccessKey }
    const clientConfig = { region: 'eu-west-1', credentials }
    for (const keyring of [
      kmsKeyring({ generatorKeyId: european, clientConfig }),
      kmsKeyring({ generatorKeyId: european, client: new KMSClient(clientConfig) }),
    ]) {
      for (const text of [
        inspect(keyring, { depth: Infinity, showHidden: true }),
        inspect({ deep: { keyring } }, { depth: Infinity }),
        JSON.stringify(keyring),
      ]) {
        expect(text).to.include(european).and.not.include('canary')
      }
    }
  })
})
