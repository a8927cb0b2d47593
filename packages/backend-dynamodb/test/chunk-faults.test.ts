import { collect, sealedBlob } from '@sealring/core'
import type { BackendError } from '@sealring/core'
import { expect } from 'chai'
import { after, before } from 'mocha'
import { maxItemBytes } from '#src/layout.js'
import { faultyProxy } from './faulty-proxy.js'
import type { Fault, FaultyProxy } from './faulty-proxy.js'
import { onEachServer } from './on-each-server.js'
import { withOwnTable } from './own-table.js'
import type { OwnTable } from './own-table.js'
import { sample } from './sample.js'

const slot = { name: 'chunk/faults', revision: 1 }
const mine = sample(6 * maxItemBytes, 1)
const theirs = sample(3 * maxItemBytes, 2)

const outcome = (work: Promise<{ outcome: string }>) =>
  work.then(
    (result) => result.outcome,
    ({ code, retryable }: BackendError) => `${code}${retryable ? ' retryable' : ''}`,
  )

const cancelled = (...codes: string[]): Fault => ({
  refused: 'TransactionCanceledException',
  status: 400,
  says: { CancellationReasons: codes.map((Code) => ({ Code })) },
})

onEachServer(
  'chunk-faults',
  (current, testCase) => {
    let proxy: FaultyProxy
    before(async () => {
      proxy = await faultyProxy(current().server.endpoint)
    })
    after(() => proxy.stop())

    /** Another client of the table, through the proxy. */
    const through = (own: OwnTable, maxAttempts: number) =>
      own.open(current().connect({ endpoint: proxy.endpoint, maxAttempts }))

    const held = async ({ backend }: OwnTable) => {
      const stored = await backend.read(slot)
      return stored && sealedBlob(await collect(stored.body)).digest
    }

    async function expectTidy(own: OwnTable, chunks: number) {
      expect(await own.keys('c#')).length(chunks)
      expect(await own.keys('m#')).eql([])
    }

    for (const [what, fault] of [
      ['is lost', 'answer-lost'],
      ['is an internal error', { thenRefused: 'InternalServerError', status: 500 }],
    ] as const)
      testCase(`a transaction whose answer ${what} is created by retries, and undecided without`, () =>
        withOwnTable(current(), async (own) => {
          proxy.plan('TransactWriteItems', [fault])
          expect(await outcome(through(own, 1).create(slot, mine))).equal('OUTCOME_UNKNOWN retryable')
          expect(await held(own)).equal(mine.digest)
          await expectTidy(own, 6)
          const again = { ...slot, revision: 2 }
          proxy.plan('TransactWriteItems', [fault])
          const backend = through(own, 3)
          const created = await backend.create(again, theirs)
          expect(created.outcome).equal('created')
          expect((await own.backend.stat(again))!.versionToken).equal(created.versionToken)
          await expectTidy(own, 9)

          proxy.plan('TransactWriteItems', [fault])
          const replaced = await backend.replace(again, mine, { expect: created.versionToken })
          expect(replaced.outcome).equal('replaced')
          await expectTidy(own, 12)
        }),
      )

    testCase('a transaction that is lost before it arrives is undecided, and nothing comes of it', () =>
      withOwnTable(current(), async (own) => {
        proxy.plan('TransactWriteItems', ['request-lost'])
        expect(await outcome(through(own, 1).create(slot, mine))).equal('OUTCOME_UNKNOWN retryable')
        expect(await held(own)).equal(undefined)
        await own.sweep()
        await expectTidy(own, 0)
      }),
    )

    testCase('why a transaction was cancelled has its code', () =>
      withOwnTable(current(), async (own) => {
        for (const [codes, said] of [
          [['None', 'ConditionalCheckFailed'], 'BACKEND_FAILED retryable'],
          [['ThrottlingError', 'None'], 'THROTTLED retryable'],
          [['None', 'ProvisionedThroughputExceeded'], 'THROTTLED retryable'],
          [['ItemCollectionSizeLimitExceeded', 'None'], 'BACKEND_FAILED'],
          [['ValidationError', 'None'], 'BACKEND_FAILED'],
        ] as const) {
          proxy.plan('TransactWriteItems', [cancelled(...codes)])
          expect(await outcome(through(own, 1).create(slot, mine)), codes.join()).equal(said)
          await expectTidy(own, 0)
        }
        proxy.plan('TransactWriteItems', ['request-lost', cancelled('ThrottlingError', 'None')])
        expect(await outcome(through(own, 2).create(slot, mine))).equal('OUTCOME_UNKNOWN retryable')
      }),
    )

    testCase('a transaction in conflict is sent again, as long as the head is as it was', () =>
      withOwnTable(current(), async (own) => {
        const conflict = cancelled('TransactionConflict', 'None')
        proxy.plan('TransactWriteItems', [conflict, conflict])
        proxy.seen()
        expect(await outcome(through(own, 1).create(slot, mine))).equal('created')
        expect(proxy.seen().filter((operation) => operation === 'BatchWriteItem')).length(2)
        expect(await held(own)).equal(mine.digest)

        const client = current().connect({ endpoint: proxy.endpoint, maxAttempts: 1 })
        client.middlewareStack.add((next, { commandName }) => async (args) => {
          if (commandName === 'TransactWriteItemsCommand') await own.backend.create(again, theirs)
          return next(args)
        })
        const again = { ...slot, revision: 2 }
        proxy.plan('TransactWriteItems', [conflict])
        expect(await own.open(client).create(again, mine)).include({
          outcome: 'exists',
          digest: theirs.digest,
        })
        await expectTidy(own, 9)
      }),
    )

    testCase('what the service leaves unprocessed is sent again, and only that', () =>
      withOwnTable(current(), async (own) => {
        const client = current().connect()
        let sent = 0
        // Takes one item of each batch and hands back the others, as a busy service may.
        client.middlewareStack.add((next) => async (args) => {
          if (!('RequestItems' in args.input)) return next(args)
          const rest: Record<string, object> = {}
          const part: Record<string, object> = {}
          for (const [table, asked] of Object.entries(args.input.RequestItems ?? {})) {
            sent += 1
            const all = Array.isArray(asked) ? asked : (asked.Keys ?? [])
            const wrap = (some: readonly unknown[]) =>
              Array.isArray(asked) ? some : { ...asked, Keys: some }
            part[table] = wrap(all.slice(0, 1))
            if (all.length > 1) rest[table] = wrap(all.slice(1))
          }
          const result = await next({ ...args, input: Object.assign({}, args.input, { RequestItems: part }) })
          Object.assign(result.output, { UnprocessedItems: rest, UnprocessedKeys: rest })
          return result
        })
        const backend = own.open(client)
        const { versionToken, outcome: created } = await backend.create(slot, mine)
        expect([created, sent]).eql(['created', 6])
        sent = 0
        const stored = await backend.read(slot)
        expect(sealedBlob(await collect(stored!.body)).digest).equal(mine.digest)
        expect(sent).equal(6)
        sent = 0
        await backend.replace(slot, sample(10), { expect: versionToken })
        expect(sent).equal(6)
        await expectTidy(own, 0)
      }),
    )

    testCase('a batch that is throttled as a whole is sent again; one that is refused is not', () =>
      withOwnTable(current(), async (own) => {
        const throttled: Fault = { refused: 'ProvisionedThroughputExceededException', status: 400 }
        const denied: Fault = { refused: 'AccessDeniedException', status: 400 }
        proxy.plan('BatchWriteItem', [throttled, throttled, throttled])
        proxy.plan('BatchGetItem', [throttled, 'none', throttled])
        const backend = through(own, 1)
        expect(await outcome(backend.create(slot, mine))).equal('created')
        const stored = await backend.read(slot)
        expect(sealedBlob(await collect(stored!.body)).digest).equal(mine.digest)

        proxy.plan('BatchWriteItem', [denied, denied])
        expect(await outcome(backend.create({ ...slot, revision: 2 }, mine))).equal('ACCESS_DENIED')
        await expectTidy(own, 6)
      }),
    )

    testCase('after a chunk whose answer was lost, a failed upload is left to the sweeper', () =>
      withOwnTable(current(), async (own) => {
        proxy.plan('BatchWriteItem', ['answer-lost'])
        proxy.plan('TransactWriteItems', [cancelled('ValidationError', 'None')])
        expect(await outcome(through(own, 3).create(slot, mine))).equal('BACKEND_FAILED')
        expect(await own.keys('m#')).length(1)
        await own.sweep()
        await expectTidy(own, 0)
      }),
    )
  },
  { transactions: true },
)
