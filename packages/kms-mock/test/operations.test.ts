import {
  CancelKeyDeletionCommand,
  CreateAliasCommand,
  CreateKeyCommand,
  DecryptCommand,
  DeleteAliasCommand,
  DescribeKeyCommand,
  EncryptCommand,
  GenerateDataKeyCommand,
  ListAliasesCommand,
  ListKeysCommand,
  ReEncryptCommand,
  ScheduleKeyDeletionCommand,
  UpdateAliasCommand,
} from '@aws-sdk/client-kms'
import type { CreateKeyCommandInput, KMSClient, KeyMetadata } from '@aws-sdk/client-kms'
import { createClock, createKms } from '@sealring/kms-mock'
import type { Kms } from '@sealring/kms-mock'
import { expect } from 'chai'
import { after, before, describe, it } from 'mocha'
import { nameOf } from './support/caught.js'
import { transports } from './support/transports.js'
import type { Connection } from './support/transports.js'

const secret = Buffer.from('correct horse battery staple')

for (const { transport, connect } of transports) {
  describe(`operations through KMSClient, ${transport}`, () => {
    let kms: Kms
    let connection: Connection
    let client: KMSClient

    before(async () => {
      kms = createKms({ clock: createClock({ start: Date.UTC(2026, 0, 2, 3, 4, 5, 678), frozen: true }) })
      connection = await connect(kms)
      client = connection.client()
    })
    after(() => connection.close())

    const newKey = async (
      input: CreateKeyCommandInput = {},
    ): Promise<KeyMetadata & { KeyId: string; Arn: string }> => {
      const { KeyMetadata: key } = await client.send(new CreateKeyCommand(input))
      return { ...key!, KeyId: key!.KeyId!, Arn: key!.Arn! }
    }
    const stateOf = async (KeyId: string): Promise<string | undefined> =>
      (await client.send(new DescribeKeyCommand({ KeyId }))).KeyMetadata?.KeyState

    it('CreateKey makes a symmetric encryption key, DescribeKey shows it', async () => {
      const { KeyMetadata: made } = await client.send(new CreateKeyCommand({ Description: 'first' }))
      expect(made).to.deep.include({
        AWSAccountId: '111122223333',
        Arn: `arn:aws:kms:us-east-1:111122223333:key/${made!.KeyId!}`,
        Enabled: true,
        Description: 'first',
        KeyUsage: 'ENCRYPT_DECRYPT',
        KeyState: 'Enabled',
        Origin: 'AWS_KMS',
        KeyManager: 'CUSTOMER',
        KeySpec: 'SYMMETRIC_DEFAULT',
        CustomerMasterKeySpec: 'SYMMETRIC_DEFAULT',
        EncryptionAlgorithms: ['SYMMETRIC_DEFAULT'],
        MultiRegion: false,
      })
      expect(made!.CreationDate).to.deep.equal(new Date(Date.UTC(2026, 0, 2, 3, 4, 5, 678)))
      expect(made!.CurrentKeyMaterialId).to.match(/^[a-f0-9]{64}$/)
      const described = await client.send(new DescribeKeyCommand({ KeyId: made!.KeyId }))
      expect(described.KeyMetadata).to.deep.equal(made)
    })

    it('ListKeys pages through every key once', async () => {
      const lister = connection.client('ap-south-1')
      const made = new Set<string>()
      for (let n = 0; n < 7; n += 1) {
        made.add((await lister.send(new CreateKeyCommand({}))).KeyMetadata!.Arn!)
      }
      const seen: string[] = []
      let Marker: string | undefined
      let pages = 0
      do {
        const page = await lister.send(new ListKeysCommand({ Limit: 3, Marker }))
        seen.push(...page.Keys!.map(({ KeyArn }) => KeyArn!))
        expect(page.Truncated).to.equal(page.NextMarker !== undefined)
        Marker = page.NextMarker
        pages += 1
      } while (Marker !== undefined)
      expect(pages).to.equal(3)
      expect(seen).to.have.lengthOf(7)
      expect(new Set(seen)).to.deep.equal(made)
    })

    it('ListKeys knows ResourceOwners, which the installed client does not', async () => {
      const caller = { region: 'ap-south-2' }
      await kms.handle('CreateKey', {}, caller)
      const listed = async (ResourceOwners: string[]): Promise<unknown> =>
        (await kms.handle('ListKeys', { ResourceOwners }, caller))['Keys']
      expect(await listed(['SELF', 'OTHER_ACCOUNTS_VIA_RAM'])).to.have.lengthOf(1)
      expect(await listed(['OTHER_ACCOUNTS_VIA_RAM'])).to.deep.equal([])
    })

    it('Encrypt and Decrypt carry plaintext and context there and back', async () => {
      const key = await newKey()
      const EncryptionContext = { purpose: 'test', 'grüße 🌍': '' }
      const sealed = await client.send(
        new EncryptCommand({ KeyId: key.KeyId, Plaintext: secret, EncryptionContext }),
      )
      expect(sealed.KeyId).to.equal(key.Arn)
      expect(sealed.EncryptionAlgorithm).to.equal('SYMMETRIC_DEFAULT')
      const opened = await client.send(
        new DecryptCommand({ CiphertextBlob: sealed.CiphertextBlob, EncryptionContext }),
      )
      expect(Buffer.from(opened.Plaintext!)).to.deep.equal(secret)
      expect(opened).to.deep.include({
        KeyId: key.Arn,
        EncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
        KeyMaterialId: key.CurrentKeyMaterialId,
      })
      const named = await client.send(
        new DecryptCommand({ CiphertextBlob: sealed.CiphertextBlob, EncryptionContext, KeyId: key.KeyId }),
      )
      expect(Buffer.from(named.Plaintext!)).to.deep.equal(secret)
    })

    it('Encrypt takes 1 and 4096 bytes, and never gives the same ciphertext twice', async () => {
      const { KeyId } = await newKey()
      for (const length of [1, 4096]) {
        const Plaintext = Buffer.alloc(length, 7)
        const [first, second] = await Promise.all([
          client.send(new EncryptCommand({ KeyId, Plaintext })),
          client.send(new EncryptCommand({ KeyId, Plaintext })),
        ])
        expect(first.CiphertextBlob).not.to.deep.equal(second.CiphertextBlob)
        const opened = await client.send(new DecryptCommand({ CiphertextBlob: first.CiphertextBlob }))
        expect(Buffer.from(opened.Plaintext!)).to.deep.equal(Plaintext)
      }
    })

    it('GenerateDataKey gives both forms of one data key', async () => {
      const key = await newKey()
      const sizes = [
        [{ KeySpec: 'AES_256' }, 32],
        [{ KeySpec: 'AES_128' }, 16],
        [{ NumberOfBytes: 64 }, 64],
        [{ NumberOfBytes: 1 }, 1],
        [{ NumberOfBytes: 1024 }, 1024],
      ] as const
      for (const [size, length] of sizes) {
        const EncryptionContext = { a: 'b' }
        const dataKey = await client.send(
          new GenerateDataKeyCommand({ KeyId: key.KeyId, EncryptionContext, ...size }),
        )
        expect(dataKey.Plaintext).to.have.lengthOf(length)
        expect(dataKey).to.include({ KeyId: key.Arn, KeyMaterialId: key.CurrentKeyMaterialId })
        const opened = await client.send(
          new DecryptCommand({ CiphertextBlob: dataKey.CiphertextBlob, EncryptionContext }),
        )
        expect(opened.Plaintext).to.deep.equal(dataKey.Plaintext)
      }
    })

    it('ReEncrypt moves a ciphertext to another key and context', async () => {
      const [source, destination] = [await newKey(), await newKey()]
      const sealed = await client.send(
        new EncryptCommand({ KeyId: source.KeyId, Plaintext: secret, EncryptionContext: { from: '1' } }),
      )
      const moved = await client.send(
        new ReEncryptCommand({
          CiphertextBlob: sealed.CiphertextBlob,
          SourceKeyId: source.KeyId,
          SourceEncryptionContext: { from: '1' },
          DestinationKeyId: destination.KeyId,
          DestinationEncryptionContext: { to: '2' },
        }),
      )
      expect(moved).to.include({
        SourceKeyId: source.Arn,
        KeyId: destination.Arn,
        SourceEncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
        DestinationEncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
        SourceKeyMaterialId: source.CurrentKeyMaterialId,
        DestinationKeyMaterialId: destination.CurrentKeyMaterialId,
      })
      const opened = await client.send(
        new DecryptCommand({ CiphertextBlob: moved.CiphertextBlob, EncryptionContext: { to: '2' } }),
      )
      expect(opened.KeyId).to.equal(destination.Arn)
      expect(Buffer.from(opened.Plaintext!)).to.deep.equal(secret)
      const withOldContext = client.send(
        new DecryptCommand({ CiphertextBlob: moved.CiphertextBlob, EncryptionContext: { from: '1' } }),
      )
      expect(await nameOf(withOldContext)).to.equal('InvalidCiphertextException')
    })

    it('ScheduleKeyDeletion sets a date, CancelKeyDeletion leaves the key disabled', async () => {
      const key = await newKey()
      const scheduled = await client.send(
        new ScheduleKeyDeletionCommand({ KeyId: key.KeyId, PendingWindowInDays: 7 }),
      )
      const due = new Date(kms.clock.now() + 7 * 86_400_000)
      expect(scheduled).to.deep.include({
        KeyId: key.Arn,
        DeletionDate: due,
        KeyState: 'PendingDeletion',
        PendingWindowInDays: 7,
      })
      const { KeyMetadata: pending } = await client.send(new DescribeKeyCommand({ KeyId: key.KeyId }))
      expect(pending).to.deep.include({ KeyState: 'PendingDeletion', Enabled: false, DeletionDate: due })
      const cancelled = await client.send(new CancelKeyDeletionCommand({ KeyId: key.KeyId }))
      expect(cancelled.KeyId).to.equal(key.Arn)
      expect(await stateOf(key.KeyId)).to.equal('Disabled')
    })

    it('waits 30 days by default, then deletes the key, and its aliases', async () => {
      const key = await newKey()
      await client.send(new CreateAliasCommand({ AliasName: 'alias/doomed', TargetKeyId: key.KeyId }))
      const { CiphertextBlob } = await client.send(
        new EncryptCommand({ KeyId: key.KeyId, Plaintext: secret }),
      )
      await client.send(new ScheduleKeyDeletionCommand({ KeyId: key.KeyId }))
      kms.clock.advance({ days: 30 })
      expect(await nameOf(client.send(new DescribeKeyCommand({ KeyId: key.KeyId })))).to.equal(
        'NotFoundException',
      )
      expect(await nameOf(client.send(new DescribeKeyCommand({ KeyId: 'alias/doomed' })))).to.equal(
        'NotFoundException',
      )
      // What AWS says of a ciphertext whose key it can't find.
      expect(await nameOf(client.send(new DecryptCommand({ CiphertextBlob })))).to.equal(
        'AccessDeniedException',
      )
    })

    it('keeps the key to the last millisecond of its waiting period', async () => {
      const { KeyId } = await newKey()
      await client.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 }))
      kms.clock.advance({ days: 6, hours: 23, minutes: 59, seconds: 59, milliseconds: 999 })
      expect(await stateOf(KeyId)).to.equal('PendingDeletion')
      kms.clock.advance({ milliseconds: 1 })
      expect(await nameOf(stateOf(KeyId))).to.equal('NotFoundException')
    })

    it('aliases: created, listed, moved, used, deleted', async () => {
      const [first, second] = [await newKey(), await newKey()]
      await client.send(new CreateAliasCommand({ AliasName: 'alias/app', TargetKeyId: first.Arn }))
      const sealed = await client.send(new EncryptCommand({ KeyId: 'alias/app', Plaintext: secret }))
      expect(sealed.KeyId).to.equal(first.Arn)

      const createdAt = new Date(kms.clock.now())
      kms.clock.advance({ hours: 1 })
      await client.send(new UpdateAliasCommand({ AliasName: 'alias/app', TargetKeyId: second.KeyId }))
      const { Aliases } = await client.send(new ListAliasesCommand({ KeyId: second.KeyId }))
      expect(Aliases).to.deep.equal([
        {
          AliasName: 'alias/app',
          AliasArn: 'arn:aws:kms:us-east-1:111122223333:alias/app',
          TargetKeyId: second.KeyId,
          CreationDate: createdAt,
          LastUpdatedDate: new Date(kms.clock.now()),
        },
      ])
      expect((await client.send(new ListAliasesCommand({ KeyId: first.KeyId }))).Aliases).to.deep.equal([])
      // An old ciphertext opens without the alias; with it, the key is another one now.
      const { CiphertextBlob } = sealed
      await client.send(new DecryptCommand({ CiphertextBlob }))
      expect(await nameOf(client.send(new DecryptCommand({ CiphertextBlob, KeyId: 'alias/app' })))).to.equal(
        'IncorrectKeyException',
      )

      await client.send(new DeleteAliasCommand({ AliasName: 'alias/app' }))
      expect(await nameOf(client.send(new DescribeKeyCommand({ KeyId: 'alias/app' })))).to.equal(
        'NotFoundException',
      )
    })

    it('ListAliases pages through every alias once', async () => {
      const { KeyId: TargetKeyId } = await newKey()
      const names = ['alias/p/1', 'alias/p/2', 'alias/p/3', 'alias/p/4', 'alias/p/5']
      for (const AliasName of names) await client.send(new CreateAliasCommand({ AliasName, TargetKeyId }))
      const seen: string[] = []
      let Marker: string | undefined
      do {
        const page = await client.send(new ListAliasesCommand({ KeyId: TargetKeyId, Limit: 2, Marker }))
        seen.push(...page.Aliases!.map(({ AliasName }) => AliasName!))
        Marker = page.NextMarker
        // One that is deleted in between neither hides nor repeats others.
        if (seen.length === 2) await client.send(new DeleteAliasCommand({ AliasName: 'alias/p/2' }))
      } while (Marker !== undefined)
      expect(seen).to.deep.equal(names)
    })
  })
}
