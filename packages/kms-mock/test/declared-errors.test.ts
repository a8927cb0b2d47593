import { KMS } from '@aws-sdk/client-kms'
import { createKms } from '@sealring/kms-mock'
import { expect } from 'chai'
import { after, before, describe, it } from 'mocha'
import { operations } from '#src/operations/operations.js'
import { outside, prepareAdministration } from './declared-errors/administration.js'
import { notProvoked, provoked } from './declared-errors/declared-errors.js'
import type { Setup } from './declared-errors/declared-errors.js'
import { expectDeclared } from './declared-errors/expect-declared.js'
import { prepareKeyLife, replicaBeingMade } from './declared-errors/key-life.js'
import { prepareKeys } from './declared-errors/keys-and-cryptography.js'
import { quotaErrors } from './declared-errors/quotas.js'
import { caught } from './support/caught.js'
import { declaredBy } from './support/declared-by.js'
import { transports } from './support/transports.js'
import type { Connection } from './support/transports.js'

/*
 * Every error that the installed client declares as a client fault of an operation: provoked here or, where it takes a full
 * KMS, in quotas.test.ts, by state and input alone; or listed with the reason why it can't be.
 */
describe('declared errors', () => {
  for (const operation of operations.keys()) {
    it(`${operation}: every declared client fault is provoked, or listed with a reason`, () => {
      const known = [provoked, quotaErrors, notProvoked].flatMap((table) =>
        Object.keys(table[operation] ?? {}),
      )
      expect(known.toSorted()).to.deep.equal(declaredBy(operation, 'client').toSorted())
    })
  }

  it('are 297 client faults of 56 operations, of which all but the listed ones are provoked', () => {
    const count = (table: Readonly<Record<string, object>>): number =>
      Object.values(table).reduce((sum, errors) => sum + Object.keys(errors).length, 0)
    expect(operations.size).to.equal(56)
    expect(count(provoked) + count(quotaErrors) + count(notProvoked)).to.equal(297)
    expect(count(notProvoked)).to.equal(13)
  })

  it('are listed with a page of AWS’s documentation', () => {
    for (const { why, see } of Object.values(notProvoked).flatMap((errors) => Object.values(errors))) {
      expect(why).not.to.equal('')
      expect(see).to.match(
        /^https:\/\/docs\.aws\.amazon\.com\/kms\/latest\/(APIReference|developerguide)\/[\w-]+\.html(#[\w-]+)?$/,
      )
    }
  })

  for (const { transport, connect } of transports) {
    describe(`through KMS, ${transport}`, () => {
      let connection: Connection
      let setup: Setup
      let creating: Awaited<ReturnType<typeof replicaBeingMade>>

      before(async () => {
        const around = outside()
        const mock = createKms(around)
        connection = await connect(mock)
        creating = await replicaBeingMade(connect)
        // The SDK takes LimitExceededException for throttling: it would wait, and try again.
        const kms = new KMS({ ...connection.config(), maxAttempts: 1 })
        setup = {
          // First, as the clock goes on in it.
          ...(await prepareKeyLife(kms, mock, creating)),
          ...(await prepareAdministration(kms, around.cloudHsmClusters)),
          ...(await prepareKeys(kms)),
          kms,
        }
      })
      after(async () => {
        await connection.close()
        await creating.close()
      })

      for (const [operation, errors] of Object.entries(provoked)) {
        for (const [name, provoke] of Object.entries(errors)) {
          it(`${operation}: ${name}`, async () => {
            expectDeclared(await caught(provoke(setup)), name)
          })
        }
      }
    })
  }
})
