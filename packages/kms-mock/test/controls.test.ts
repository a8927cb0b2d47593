import { inspect } from 'node:util'
import { KMSClient, ListKeysCommand } from '@aws-sdk/client-kms'
import { auditedCalls, createClock, createKms } from '@sealring/kms-mock'
import type { Faults } from '@sealring/kms-mock'
import { expect } from 'chai'
import { after, before, describe, it } from 'mocha'
import { caught, codeOf, nameOf } from './support/caught.js'
import { newKey } from './support/new-key.js'
import { transports } from './support/transports.js'
import type { Connection } from './support/transports.js'

describe('clock', () => {
  it('runs with real time unless frozen, and advances as told', async () => {
    const frozen = createClock({ start: new Date(5000), frozen: true })
    const before = Date.now()
    const running = createClock({ start: 5000 })
    const made = Date.now()
    await new Promise((resolve) => setTimeout(resolve, 15))
    expect(frozen.now()).to.equal(5000)
    const least = Date.now() - made
    const passed = running.now() - 5000
    expect(least).to.be.at.least(10)
    expect(passed).to.be.within(least, Date.now() - before)
    frozen.advance({ days: 1, hours: 2, minutes: 3, seconds: 4, milliseconds: 5 })
    expect(frozen.now()).to.equal(5000 + 86_400_000 + 2 * 3_600_000 + 3 * 60_000 + 4005)
    for (const days of [-1, NaN]) expect(() => frozen.advance({ days })).to.throw(RangeError)
  })

  it('advances no further than what operations look ahead still is a date', async () => {
    const kms = createKms({ clock: createClock({ start: 0, frozen: true }) })
    const KeyId = await newKey(kms)
    let days = 0
    for (let step = 2 ** 27; step >= 1; step /= 2) {
      try {
        kms.clock.advance({ days: step })
        days += step
      } catch (error) {
        expect(error).to.be.instanceOf(RangeError)
      }
    }
    expect(days).to.be.greaterThan(365 * 8000)
    const { DeletionDate } = await kms.handle('ScheduleKeyDeletion', { KeyId, PendingWindowInDays: 30 })
    expect(DeletionDate instanceof Date && DeletionDate.getTime()).to.equal(kms.clock.now() + 30 * 86_400_000)
  })
})

describe('seed', () => {
  it('fixes ids and material, so that ciphertexts open elsewhere', async () => {
    const [one, two, other] = ['seed', 'seed', 'other'].map((seed) => createKms({ seed }))
    const id = await newKey(one!)
    expect(id).to.match(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(await newKey(two!)).to.equal(id)
    expect(await newKey(other!)).not.to.equal(id)
    expect(await newKey(one!)).not.to.equal(id)
    const Plaintext = Buffer.from('x')
    const sealed = await one!.handle('Encrypt', { KeyId: id, Plaintext })
    const again = await one!.handle('Encrypt', { KeyId: id, Plaintext })
    expect(sealed['CiphertextBlob']).not.to.deep.equal(again['CiphertextBlob'])
    expect(await two!.handle('Decrypt', sealed)).to.deep.include({ Plaintext })
  })
})

describe('options', () => {
  const key = {
    region: 'us-east-1',
    keyId: '1234abcd-12ab-34cd-56ef-1234567890ab',
    material: Buffer.alloc(32).toString('base64'),
  }
  const mrk = { ...key, keyId: `mrk-${'1'.repeat(32)}` }
  const refused: readonly [what: string, options: Parameters<typeof createKms>[0]][] = [
    ['an account id that is none', { accountId: '1' }],
    ['a region that is none', { region: 'US' }],
    ['a key id that is none', { keys: [{ ...key, keyId: 'x' }] }],
    ['short material', { keys: [{ ...key, material: 'AAAA' }] }],
    ['a key given twice', { keys: [key, key] }],
    ['a malformed alias', { keys: [{ ...key, alias: 'no-prefix' }] }],
    ['a malformed region of a key', { keys: [{ ...key, region: '' }] }],
    [
      'related keys of different material',
      {
        keys: [mrk, { ...mrk, region: 'eu-west-1', material: Buffer.alloc(32, 1).toString('base64') }],
      },
    ],
    [
      'an alias given twice',
      {
        keys: [
          { ...key, alias: 'alias/a' },
          { ...mrk, alias: 'alias/a' },
        ],
      },
    ],
  ]
  for (const [what, options] of refused) {
    it(`refuses ${what}`, () => {
      expect(() => createKms(options))
        .to.throw()
        .with.property('code', 'KMS_OPTION_INVALID')
    })
  }

  it('refuses a caller that is none', async () => {
    expect(await codeOf(createKms().handle('ListKeys', {}, { accountId: '../1' }))).to.equal(
      'KMS_OPTION_INVALID',
    )
  })
})

for (const { transport, connect } of transports) {
  describe(`faults through KMSClient, ${transport}`, () => {
    const kms = createKms()
    let connection: Connection
    let once: KMSClient

    before(async () => {
      connection = await connect(kms)
      once = new KMSClient({ ...connection.config(), maxAttempts: 1 })
    })
    after(async () => {
      once.destroy()
      await connection.close()
    })
    const list = (client: KMSClient): Promise<unknown> => client.send(new ListKeysCommand({}))

    it('a region that is down refuses connections, others go on', async () => {
      kms.faults.setRegionDown('us-east-1')
      expect(await codeOf(list(once))).to.be.oneOf(['ECONNREFUSED', 'ECONNRESET'])
      await list(connection.client('eu-west-1'))
      kms.faults.setRegionDown('us-east-1', false)
      await list(once)
    })

    it('denial and throttling have AWS’s names; the SDK retries the latter by itself', async () => {
      const allow = kms.faults.deny({ operation: 'ListKeys', region: 'us-east-1' })
      expect(await nameOf(list(once))).to.equal('AccessDeniedException')
      await list(connection.client('eu-west-1'))
      allow()
      kms.faults.throttle({ times: 1 })
      expect(await nameOf(list(once))).to.equal('ThrottlingException')
      kms.faults.throttle({ times: 1 })
      await list(connection.client())
    })

    it('latency delays, and an AbortSignal cuts it short', async () => {
      kms.faults.latency(120)
      const start = performance.now()
      await list(once)
      expect(performance.now() - start).to.be.at.least(115)
      kms.faults.clear()
      kms.faults.latency(1000)
      // An answer that came first would be no error.
      const call = once.send(new ListKeysCommand({}), { abortSignal: AbortSignal.timeout(30) })
      expect((await caught(call)).name).to.equal('AbortError')
      kms.faults.clear()
    })
  })
}

describe('faults that can’t be meant', () => {
  // As JavaScript, without types, can say them.
  const refused: readonly [what: string, name: keyof Faults, ...given: unknown[]][] = [
    ['a misspelt member', 'deny', { operations: 'Encrypt' }],
    ['a misspelt operation', 'throttle', { operation: 'Encrpyt' }],
    ['an operation named like a member of every object', 'throttle', { operation: 'toString' }],
    ['no object', 'deny', []],
    ['times of nothing', 'deny', { times: 0 }],
    ['an error that is none of the service’s own', 'fail', 'NotFoundException'],
    ['a latency that no timer takes', 'latency', 2 ** 31],
    ['a region that is no text', 'setRegionDown', 1],
  ]
  for (const [what, name, ...given] of refused) {
    it(`${what}: refused, without effect`, async () => {
      const kms = createKms()
      expect(() => void Reflect.apply(kms.faults[name], kms.faults, given))
        .to.throw()
        .with.property('code', 'KMS_OPTION_INVALID')
      await kms.handle('ListKeys')
    })
  }
})

describe('calls', () => {
  it('are counted and listed, failed ones with their error, and never with a secret', async () => {
    const marker = 'the-secret-marker'
    const material = Buffer.from('material-material-material-mater')
    const keyId = '1234abcd-12ab-34cd-56ef-1234567890ab'
    const kms = createKms({
      clock: createClock({ start: 7, frozen: true }),
      keys: [{ region: 'us-east-1', keyId, material: material.toString('base64') }],
    })
    const keyArn = `arn:aws:kms:us-east-1:111122223333:key/${keyId}`
    const Plaintext = Buffer.from(marker)
    const sealed = await kms.handle('Encrypt', { KeyId: keyId, Plaintext })
    await kms.handle('Decrypt', sealed)
    await kms.handle('ReEncrypt', { ...sealed, DestinationKeyId: keyId })
    const dataKey = await kms.handle('GenerateDataKey', { KeyId: keyId, KeySpec: 'AES_256' })
    await caught(kms.handle('Encrypt', { KeyId: marker, Plaintext }))
    await caught(kms.handle('Encrypt', { KeyId: keyId, Plaintext: marker }))

    expect(kms.calls.count()).to.equal(6)
    expect(kms.calls.count('Encrypt')).to.equal(3)
    expect(kms.calls.count('ListKeys')).to.equal(0)
    const place = { region: 'us-east-1', accountId: '111122223333', at: 7 }
    expect(kms.calls.list()[0]).to.deep.equal({ ...place, operation: 'Encrypt', keyArns: [keyArn] })
    expect(kms.calls.list()[4]).to.deep.equal({
      ...place,
      operation: 'Encrypt',
      keyArns: [],
      error: 'NotFoundException',
    })
    // The lists of one key are one list: nobody can change it under the mock.
    for (const call of [0, 4]) expect(kms.calls.list()[call]!.keyArns).to.satisfy(Object.isFrozen)
    const shown = `${inspect(kms, { depth: Infinity, showHidden: true })} ${inspect(kms.calls.list(), { depth: 9 })} ${JSON.stringify([kms, kms.calls.list()])}`
    const dataKeyBytes = dataKey['Plaintext']
    if (!(dataKeyBytes instanceof Uint8Array)) throw new Error('no data key')
    for (const secret of [Plaintext, material, Buffer.from(dataKeyBytes)]) {
      for (const form of ['utf8', 'base64', 'hex'] as const)
        expect(shown).not.to.include(secret.toString(form))
    }
    kms.calls.clear()
    expect([kms.calls.count(), kms.calls.count('Encrypt'), kms.calls.list()]).to.deep.equal([0, 0, []])
  })

  it('keep the latest records, in bounded memory', async () => {
    const kms = createKms({ clock: createClock({ start: 0, frozen: true }) })
    const calls = 2.5 * auditedCalls
    for (let n = 0; n < calls; n += 1) {
      await kms.handle('GenerateRandom', { NumberOfBytes: 1 })
      kms.clock.advance({ milliseconds: 1 })
    }
    const listed = kms.calls.list()
    expect(listed.map(({ at }) => at)).to.deep.equal(
      Array.from({ length: auditedCalls }, (_, index) => calls - auditedCalls + index),
    )
    expect(kms.calls.count('GenerateRandom')).to.equal(calls)
    const [, second] = listed
    await kms.handle('GenerateRandom', { NumberOfBytes: 0 }).catch(() => undefined)
    expect(second).to.have.property('at', calls - auditedCalls + 1)
    expect(kms.calls.list().at(-1)).to.include({ error: 'ValidationException', at: calls })
    kms.calls.clear()
    await kms.handle('GenerateRandom', { NumberOfBytes: 1 })
    expect(kms.calls.list()).to.have.lengthOf(1)
  })
})
