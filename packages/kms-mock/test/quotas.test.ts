import { createKms } from '@sealring/kms-mock'
import { expect } from 'chai'
import { after, before, describe, it } from 'mocha'
import { quotas } from '#src/operations/quotas.js'
import { expectDeclared } from './declared-errors/expect-declared.js'
import {
  fillQuotas,
  fullRegion,
  grant,
  otherRegion,
  quotaClients,
  quotaErrors,
} from './declared-errors/quotas.js'
import type { QuotaKeys } from './declared-errors/quotas.js'
import { caught, nameOf } from './support/caught.js'
import { newKey } from './support/new-key.js'
import { transports } from './support/transports.js'
import type { Connection } from './support/transports.js'

describe('quotas', () => {
  describe('100,000 keys in an account and region, 50,000 grants of a key', function () {
    // Some seconds on a quiet machine.
    this.timeout(300_000)
    const mock = createKms({ seed: 'quotas' })
    let keys: QuotaKeys
    before(async () => {
      keys = await fillQuotas(mock)
    })

    for (const { transport, connect } of transports) {
      describe(`and not one more, through KMS, ${transport}`, () => {
        let connection: Connection
        before(async () => {
          connection = await connect(mock)
        })
        after(() => connection.close())

        for (const [operation, errors] of Object.entries(quotaErrors)) {
          for (const [name, provoke] of Object.entries(errors)) {
            it(`${operation}: ${name}`, async () => {
              const clients = quotaClients(connection)
              expectDeclared(await caught(provoke({ ...clients, ...keys })), name)
            })
          }
        }
      })
    }

    it('other regions and accounts have room', async () => {
      await mock.handle('CreateKey', {}, { region: fullRegion, accountId: '444455556666' })
      await mock.handle('CreateKey', {}, { region: otherRegion })
      const replicate = { KeyId: keys.multiRegion, ReplicaRegion: 'us-east-2' }
      await mock.handle('ReplicateKey', replicate, { region: otherRegion })
    })

    it('a grant that is there already is not one more, and one that is gone leaves room', async () => {
      const there = { region: otherRegion }
      const KeyId = keys.granted
      const again = await mock.handle('CreateGrant', { KeyId, ...grant, Name: 'first' }, there)
      expect(again['GrantId']).to.equal(keys.firstGrant)
      await mock.handle('RevokeGrant', { KeyId, GrantId: keys.firstGrant }, there)
      await mock.handle('CreateGrant', { KeyId, ...grant }, there)
      expect(await nameOf(mock.handle('CreateGrant', { KeyId, ...grant }, there))).to.equal(
        'LimitExceededException',
      )
    })
  })

  it('an alias that comes back to a full key is not one more', async () => {
    const kms = createKms()
    const TargetKeyId = await newKey(kms)
    for (let n = 0; n < quotas.aliasesPerKey; n += 1) {
      await kms.handle('CreateAlias', { AliasName: `alias/${n}`, TargetKeyId })
    }
    await kms.handle('UpdateAlias', { AliasName: 'alias/7', TargetKeyId })
    expect(await nameOf(kms.handle('CreateAlias', { AliasName: 'alias/more', TargetKeyId }))).to.equal(
      'LimitExceededException',
    )
  })
})
