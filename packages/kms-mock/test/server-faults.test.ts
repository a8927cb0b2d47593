import * as sdk from '@aws-sdk/client-kms'
import { KMS } from '@aws-sdk/client-kms'
import { createKms } from '@sealring/kms-mock'
import { expect } from 'chai'
import { after, before, describe, it } from 'mocha'
import { operations } from '#src/operations/operations.js'
import { serverFaults } from '#src/fault-match.js'
import { caught } from './support/caught.js'
import { declaredBy } from './support/declared-by.js'
import { transports } from './support/transports.js'
import type { Connection } from './support/transports.js'

const declared = [...operations.keys()].flatMap((operation) =>
  declaredBy(operation, 'server').map((name) => ({ operation, name })),
)
const exported: Record<string, unknown> = { ...sdk }

describe('declared server faults', () => {
  it('are 113, and none but those that can be injected', () => {
    expect(declared).to.have.lengthOf(113)
    expect([...new Set(declared.map(({ name }) => name))].toSorted()).to.deep.equal(
      [...serverFaults].toSorted(),
    )
  })

  for (const { transport, connect } of transports) {
    describe(`injected, ${transport}`, () => {
      const kms = createKms()
      let connection: Connection
      let client: KMS
      before(async () => {
        connection = await connect(kms)
        client = new KMS({ ...connection.config(), maxAttempts: 1 })
      })
      after(async () => {
        client.destroy()
        await connection.close()
      })

      for (const { operation, name } of declared) {
        it(`${operation}: ${name}`, async () => {
          kms.faults.fail(
            serverFaults.find((fault) => fault === name)!,
            { operation, times: 1 },
          )
          const call: unknown = Reflect.get(client, operation.charAt(0).toLowerCase() + operation.slice(1))
          if (typeof call !== 'function') throw new Error(`the client has no ${operation}`)
          const error = await caught(Promise.resolve(Reflect.apply(call, client, [{}])))
          expect(error.name).to.equal(name)
          expect(error.constructor).to.equal(exported[name])
          expect(error).to.have.nested.property('$metadata.httpStatusCode', 500)
        })
      }

      it('are tried again by the SDK, which then gets its answer', async () => {
        kms.faults.fail('KMSInternalException', { operation: 'ListKeys', times: 1 })
        const patient = new KMS(connection.config())
        expect((await patient.listKeys({})).Keys).to.deep.equal([])
        patient.destroy()
      })
    })
  }
})
