import { KMS } from '@aws-sdk/client-kms'
import type { KeyMetadata, RotationsListEntry } from '@aws-sdk/client-kms'
import { createClock, createKms } from '@sealring/kms-mock'
import type { Kms } from '@sealring/kms-mock'
import { expect } from 'chai'
import { after, before, beforeEach, describe, it } from 'mocha'
import { nameOf } from './support/caught.js'
import { temporaryFolder } from './support/temporary-folder.js'
import { transports } from './support/transports.js'
import type { Connection } from './support/transports.js'

const Plaintext = Buffer.from('plaintext')
const day = 86_400_000

for (const { transport, connect } of transports) {
  describe(`rotation, ${transport}`, () => {
    let mock: Kms
    let connection: Connection
    let kms: KMS
    let KeyId: string

    before(async () => {
      mock = createKms({ clock: createClock({ frozen: true }) })
      connection = await connect(mock)
      // The SDK takes LimitExceededException for throttling: it would wait, and try again.
      kms = new KMS({ ...connection.config(), maxAttempts: 1 })
    })
    after(() => {
      kms.destroy()
      return connection.close()
    })
    beforeEach(async () => {
      KeyId = (await kms.createKey({})).KeyMetadata!.KeyId!
    })

    const encrypt = async (): Promise<Uint8Array> => (await kms.encrypt({ KeyId, Plaintext })).CiphertextBlob!
    /** The material that a ciphertext opens under. */
    const materialOf = async (CiphertextBlob: Uint8Array): Promise<string> => {
      const opened = await kms.decrypt({ CiphertextBlob })
      expect(Buffer.from(opened.Plaintext!)).to.deep.equal(Plaintext)
      return opened.KeyMaterialId!
    }
    const describeKey = async (): Promise<KeyMetadata> => (await kms.describeKey({ KeyId })).KeyMetadata!
    const rotations = async (): Promise<RotationsListEntry[]> =>
      (await kms.listKeyRotations({ KeyId })).Rotations!
    const rotationDays = async (since: number): Promise<number[]> =>
      (await rotations()).map(({ RotationDate }) => (RotationDate!.getTime() - since) / day)

    for (const period of [90, 365, 2560]) {
      it(`every ${period} days, for ten years: each material differs, every ciphertext still opens`, async () => {
        const start = process.cpuUsage()
        const began = mock.clock.now()
        await kms.enableKeyRotation({ KeyId, ...(period !== 365 && { RotationPeriodInDays: period }) })
        const made = [await encrypt()]
        for (let month = 0; month < 120; month += 1) {
          mock.clock.advance({ days: 365 / 12 })
          made.push(await encrypt())
        }
        const materials = new Set<string>()
        for (const blob of made) materials.add(await materialOf(blob))
        const passed = Math.floor(3650 / period)
        expect(materials.size).to.equal(passed + 1)
        expect(await rotationDays(began)).to.deep.equal(
          Array.from({ length: passed }, (_, n) => (n + 1) * period),
        )
        expect((await rotations()).map(({ KeyMaterialId }) => KeyMaterialId)).to.deep.equal(
          [...materials].slice(1),
        )
        expect((await describeKey()).CurrentKeyMaterialId).to.equal([...materials].at(-1))
        // Of processor time, whatever else the machine does.
        const { user, system } = process.cpuUsage(start)
        expect((user + system) / 1000).to.be.lessThan(1000)
      })
    }

    it('happens in one leap as in small steps', async () => {
      const began = mock.clock.now()
      await kms.enableKeyRotation({ KeyId, RotationPeriodInDays: 100 })
      mock.clock.advance({ days: 3650 })
      expect(await rotationDays(began)).to.deep.equal(Array.from({ length: 36 }, (_, n) => (n + 1) * 100))
      const { NextRotationDate } = await kms.getKeyRotationStatus({ KeyId })
      expect(NextRotationDate).to.deep.equal(new Date(began + 3700 * day))
    })

    it('is off at first; enabling it again moves the date, disabling ends it', async () => {
      const status = async (): Promise<object> => {
        const { $metadata: _metadata, ...rest } = await kms.getKeyRotationStatus({ KeyId })
        return rest
      }
      const { Arn } = await describeKey()
      const off = { KeyId: Arn, KeyRotationEnabled: false }
      expect(await status()).to.deep.equal(off)
      await kms.enableKeyRotation({ KeyId })
      mock.clock.advance({ days: 300 })
      await kms.enableKeyRotation({ KeyId, RotationPeriodInDays: 100 })
      expect(await status()).to.deep.equal({
        KeyId: Arn,
        KeyRotationEnabled: true,
        RotationPeriodInDays: 100,
        NextRotationDate: new Date(mock.clock.now() + 100 * day),
      })
      mock.clock.advance({ days: 99 })
      await kms.disableKeyRotation({ KeyId })
      mock.clock.advance({ days: 1000 })
      expect(await status()).to.deep.equal(off)
      expect(await rotations()).to.deep.equal([])
    })

    it('pauses while the key is disabled; what was missed happens once, when it is enabled', async () => {
      const began = mock.clock.now()
      await kms.enableKeyRotation({ KeyId, RotationPeriodInDays: 100 })
      mock.clock.advance({ days: 50 })
      await kms.disableKey({ KeyId })
      expect((await kms.getKeyRotationStatus({ KeyId })).KeyRotationEnabled).to.equal(true)
      mock.clock.advance({ days: 20 })
      await kms.enableKey({ KeyId })
      mock.clock.advance({ days: 30 })
      // In time again: the schedule has stayed.
      expect(await rotationDays(began)).to.deep.equal([100])
      await kms.disableKey({ KeyId })
      mock.clock.advance({ days: 350 })
      expect(await rotationDays(began)).to.deep.equal([100])
      await kms.enableKey({ KeyId })
      expect(await rotationDays(began)).to.deep.equal([100, 450])
      mock.clock.advance({ days: 100 })
      expect(await rotationDays(began)).to.deep.equal([100, 450, 550])
    })

    it('is off while the key is pending deletion, and on again once it is enabled', async () => {
      const began = mock.clock.now()
      await kms.enableKeyRotation({ KeyId, RotationPeriodInDays: 90 })
      mock.clock.advance({ days: 80 })
      await kms.scheduleKeyDeletion({ KeyId })
      mock.clock.advance({ days: 20 })
      expect((await kms.getKeyRotationStatus({ KeyId })).KeyRotationEnabled).to.equal(false)
      await kms.cancelKeyDeletion({ KeyId })
      expect((await kms.getKeyRotationStatus({ KeyId })).KeyRotationEnabled).to.equal(true)
      expect(await rotations()).to.deep.equal([])
      await kms.enableKey({ KeyId })
      expect(await rotationDays(began)).to.deep.equal([100])
    })

    it('on demand: at once, 25 times, without a word to the schedule', async () => {
      const began = mock.clock.now()
      const { CurrentKeyMaterialId: first } = await describeKey()
      await kms.enableKeyRotation({ KeyId, RotationPeriodInDays: 90 })
      const made = [await encrypt()]
      for (let n = 0; n < 25; n += 1) {
        mock.clock.advance({ days: 1 })
        await kms.rotateKeyOnDemand({ KeyId })
        made.push(await encrypt())
      }
      const materials = new Set<string>()
      for (const blob of made) materials.add(await materialOf(blob))
      expect(materials.size).to.equal(26)
      expect(await nameOf(kms.rotateKeyOnDemand({ KeyId }))).to.equal('LimitExceededException')
      mock.clock.advance({ days: 65 })
      const all = await rotations()
      expect(all.map(({ RotationType }) => RotationType)).to.deep.equal([
        ...Array.from({ length: 25 }, () => 'ON_DEMAND'),
        'AUTOMATIC',
      ])
      expect(all.at(-1)).to.deep.equal({
        KeyId,
        KeyMaterialId: (await describeKey()).CurrentKeyMaterialId,
        KeyMaterialState: 'CURRENT',
        RotationDate: new Date(began + 90 * day),
        RotationType: 'AUTOMATIC',
      })
      // Automatic ones do not count.
      expect(await nameOf(kms.rotateKeyOnDemand({ KeyId }))).to.equal('LimitExceededException')
      expect(await materialOf(made[0]!)).to.equal(first)
    })

    it('on demand is refused in the last 20 minutes before an automatic one', async () => {
      await kms.enableKeyRotation({ KeyId, RotationPeriodInDays: 90 })
      mock.clock.advance({ milliseconds: 90 * day - 20 * 60_000 - 1 })
      await kms.rotateKeyOnDemand({ KeyId })
      mock.clock.advance({ milliseconds: 1 })
      expect(await nameOf(kms.rotateKeyOnDemand({ KeyId }))).to.equal('ConflictException')
      mock.clock.advance({ minutes: 20 })
      await kms.rotateKeyOnDemand({ KeyId })
      expect(await rotations()).to.have.lengthOf(3)
    })

    it('ListKeyRotations pages through all material, or what rotations made, oldest first', async () => {
      const { CurrentKeyMaterialId: first } = await describeKey()
      for (let n = 0; n < 6; n += 1) await kms.rotateKeyOnDemand({ KeyId })
      const ids: (string | undefined)[] = []
      let Marker: string | undefined
      do {
        const page = await kms.listKeyRotations({
          KeyId,
          IncludeKeyMaterial: 'ALL_KEY_MATERIAL',
          Limit: 3,
          Marker,
        })
        expect(page.Truncated).to.equal(page.NextMarker !== undefined)
        ids.push(...page.Rotations!.map(({ KeyMaterialId }) => KeyMaterialId))
        Marker = page.NextMarker
      } while (Marker !== undefined)
      expect(ids).to.have.lengthOf(7)
      expect(ids[0]).to.equal(first)
      expect((await rotations()).map(({ KeyMaterialId }) => KeyMaterialId)).to.deep.equal(ids.slice(1))
      const [oldest] = (await kms.listKeyRotations({ KeyId, IncludeKeyMaterial: 'ALL_KEY_MATERIAL' }))
        .Rotations!
      expect(oldest).to.deep.equal({ KeyId, KeyMaterialId: first, KeyMaterialState: 'NON_CURRENT' })
    })

    it('periods below 90 and above 2560 days are none', async () => {
      for (const RotationPeriodInDays of [89, 2561]) {
        expect(await nameOf(kms.enableKeyRotation({ KeyId, RotationPeriodInDays }))).to.equal(
          'ValidationException',
        )
      }
    })

    it('is for symmetric keys; with imported material, only on demand', async () => {
      const unsupported = 'UnsupportedOperationException'
      const mac = await kms.createKey({ KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' })
      const ecc = await kms.createKey({ KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' })
      for (const { KeyMetadata } of [mac, ecc]) {
        KeyId = KeyMetadata!.KeyId!
        expect(await nameOf(kms.enableKeyRotation({ KeyId }))).to.equal(unsupported)
        expect(await nameOf(kms.disableKeyRotation({ KeyId }))).to.equal(unsupported)
        expect(await nameOf(kms.getKeyRotationStatus({ KeyId }))).to.equal(unsupported)
        expect(await nameOf(kms.rotateKeyOnDemand({ KeyId }))).to.equal(unsupported)
        expect(await nameOf(kms.listKeyRotations({ KeyId }))).to.equal(unsupported)
      }
      KeyId = (await kms.createKey({ Origin: 'EXTERNAL' })).KeyMetadata!.KeyId!
      expect(await nameOf(kms.enableKeyRotation({ KeyId }))).to.equal(unsupported)
      expect(await nameOf(kms.disableKeyRotation({ KeyId }))).to.equal(unsupported)
      expect(await nameOf(kms.getKeyRotationStatus({ KeyId }))).to.equal(unsupported)
      expect(await rotations()).to.deep.equal([])
      expect(await nameOf(kms.rotateKeyOnDemand({ KeyId }))).to.equal('KMSInvalidStateException')
    })
  })
}

describe('rotation with a state file', () => {
  const path = temporaryFolder()

  it('material that only a read noticed is the same in the next process', async () => {
    const stateFile = path('rotation.json')
    const start = Date.now()
    const open = async (days: number): Promise<KMS> =>
      (
        await transports[0].connect(
          createKms({ stateFile, clock: createClock({ start: start + days * day, frozen: true }) }),
        )
      ).kms()
    const first = await open(0)
    const KeyId = (await first.createKey({})).KeyMetadata!.KeyId!
    await first.enableKeyRotation({ KeyId, RotationPeriodInDays: 90 })
    // Encrypt changes no state; the rotation that it comes upon does.
    const later = await open(200)
    const sealed = await later.encrypt({ KeyId, Plaintext })
    const again = await open(200)
    const opened = await again.decrypt({ CiphertextBlob: sealed.CiphertextBlob })
    expect(Buffer.from(opened.Plaintext!)).to.deep.equal(Plaintext)
    const { Rotations } = await again.listKeyRotations({ KeyId })
    expect(Rotations!.map(({ RotationDate }) => (RotationDate!.getTime() - start) / day)).to.deep.equal([
      90, 180,
    ])
    expect(Rotations!.at(-1)!.KeyMaterialId).to.equal(opened.KeyMaterialId)
    expect((await later.listKeyRotations({ KeyId })).Rotations).to.deep.equal(Rotations)
    const { NextRotationDate } = await again.getKeyRotationStatus({ KeyId })
    expect(NextRotationDate).to.deep.equal(new Date(start + 270 * day))
  })

  it('two processes that come upon one rotation make it once', async () => {
    const stateFile = path('race.json')
    const clock = createClock({ frozen: true })
    const [one, two] = await Promise.all(
      [0, 1].map(async () => (await transports[0].connect(createKms({ stateFile, clock }))).kms()),
    )
    const KeyId = (await one!.createKey({})).KeyMetadata!.KeyId!
    await one!.enableKeyRotation({ KeyId })
    clock.advance({ days: 365 })
    const blobs = await Promise.all([one, two, one, two].map((kms) => kms!.encrypt({ KeyId, Plaintext })))
    for (const { CiphertextBlob } of blobs) {
      for (const kms of [one, two]) await kms!.decrypt({ CiphertextBlob })
    }
    expect((await one!.listKeyRotations({ KeyId })).Rotations).to.have.lengthOf(1)
  })
})

describe('rotation under a seed', () => {
  it('gives the same material each time, other material at each rotation', async () => {
    const materials = await Promise.all(
      ['seed', 'seed', 'other'].map(async (seed) => {
        const clock = createClock({ start: 0, frozen: true })
        const kms = (await transports[0].connect(createKms({ seed, clock }))).kms()
        const KeyId = (await kms.createKey({})).KeyMetadata!.KeyId!
        await kms.enableKeyRotation({ KeyId })
        clock.advance({ days: 1000 })
        await kms.rotateKeyOnDemand({ KeyId })
        const { Rotations } = await kms.listKeyRotations({ KeyId, IncludeKeyMaterial: 'ALL_KEY_MATERIAL' })
        return Rotations!.map(({ KeyMaterialId }) => KeyMaterialId)
      }),
    )
    expect(new Set(materials[0]).size).to.equal(4)
    expect(materials[1]).to.deep.equal(materials[0])
    expect(materials[2]).not.to.include.members([materials[0]![0]])
  })
})
