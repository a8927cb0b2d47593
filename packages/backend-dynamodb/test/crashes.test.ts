import { collect, sealedBlob } from '@sealring/core'
import type { Backend, BackendError, SealedBlob } from '@sealring/core'
import { expect } from 'chai'
import { maxItemBytes } from '#src/layout.js'
import { interrupt } from './interruption.js'
import type { Interruption, Moment } from './interruption.js'
import { onEachServer } from './on-each-server.js'
import { withOwnTable } from './own-table.js'
import type { OwnTable } from './own-table.js'
import { sample } from './sample.js'

const slot = { name: 'crash', revision: 1 }
/** Two batches of chunks. */
const large = sample(4 * maxItemBytes + 3, 1)
const other = sample(2 * maxItemBytes, 2)
const small = sample(1000, 3)

async function held(backend: Backend): Promise<string | undefined> {
  const stored = await backend.read(slot)
  return stored && sealedBlob(await collect(stored.body)).digest
}

const chunksOf = (blob: SealedBlob) => (blob.size > maxItemBytes ? Math.ceil(blob.size / maxItemBytes) : 0)

/** After a sweep, there are the chunks of the blob that is there, and nothing else. */
async function expectSwept({ backend, keys, sweep }: OwnTable, blobs: readonly SealedBlob[]) {
  await sweep()
  const digest = await held(backend)
  const blob = blobs.find((each) => each.digest === digest)
  expect(digest === undefined || blob !== undefined).equal(true)
  expect(await keys('c#')).length(blob ? chunksOf(blob) : 0)
  expect(await keys('m#')).eql([])
}

onEachServer(
  'crashes',
  (current, testCase) => {
    /** Interrupts the work at its first request, its second and so on, before and after, until it gets through. */
    async function atEachRequest(
      run: (own: OwnTable, dying: Backend, interruption: Interruption) => Promise<unknown>,
    ): Promise<number> {
      for (const moment of ['before', 'after'] satisfies Moment[])
        for (let n = 1; ; n++) {
          let happened = true
          await withOwnTable(current(), async (own) => {
            const client = current().connect({ maxAttempts: 1 })
            const interruption = interrupt(client, n, moment)
            await run(own, own.open(client), interruption)
            happened = interruption.happened()
          })
          if (!happened && moment === 'after') return n - 1
          if (!happened) break
          expect(n).below(30)
        }
      return 0
    }

    const outcome = (work: Promise<{ outcome: string }>) =>
      work.then(
        (result) => result.outcome,
        ({ code }: BackendError) => code,
      )

    testCase(
      'create, killed at any request, leaves a whole blob or none, and nothing that a sweep misses',
      async () => {
        const requests = await atEachRequest(async (own, dying, interruption) => {
          const said = await outcome(dying.create(slot, large))
          const there = await held(own.backend)
          expect(there === undefined || there === large.digest).equal(true)
          if (!interruption.happened()) expect(said).equal('created')
          else if (interruption.seen().at(-1) === 'TransactWriteItems') expect(said).equal('OUTCOME_UNKNOWN')
          else expect([said, there]).eql(['UNREACHABLE', undefined])
          await expectSwept(own, [large])
          expect(await held(own.backend)).equal(there)

          expect(await outcome(own.backend.create(slot, large))).equal(there ? 'exists' : 'created')
          expect(await held(own.backend)).equal(large.digest)
          await expectSwept(own, [large])
        })
        // Look, index of names, marker, two batches, transaction.
        expect(requests).equal(6)
      },
    )

    for (const [what, before, after, steps] of [
      ['a large blob by a large one', other, large, 7],
      ['a large blob by a small one', other, small, 4],
      ['a small blob by a large one', small, large, 5],
    ] as const)
      testCase(`replace of ${what}, killed at any request, leaves one of both whole`, async () => {
        const requests = await atEachRequest(async (own, dying) => {
          const { versionToken: expected } = await own.backend.create(slot, before)
          await outcome(dying.replace(slot, after, { expect: expected }))
          const there = await held(own.backend)
          expect([before.digest, after.digest]).include(there)
          await expectSwept(own, [before, after])
          expect(await held(own.backend)).equal(there)

          const { versionToken } = (await own.backend.stat(slot))!
          expect(await outcome(own.backend.replace(slot, after, { expect: versionToken }))).equal('replaced')
          expect(await held(own.backend)).equal(after.digest)
          await expectSwept(own, [after])
        })
        expect(requests).equal(steps)
      })

    testCase('the loser of a race, killed at any request, leaves nothing that a sweep misses', async () => {
      await atEachRequest(async (own, dying) => {
        const blob = {
          ...large,
          stream: async function* () {
            await own.backend.create(slot, other)
            yield* large.stream()
          },
        }
        await outcome(dying.create(slot, blob))
        // Before the upload is begun, the other one isn't there yet.
        const digest = await held(own.backend)
        expect(digest === undefined || digest === other.digest).equal(true)
        await expectSwept(own, [other])
      })
    })

    testCase('a sweep, killed at any write, is finished by the next', async () => {
      for (const moment of ['before', 'after'] satisfies Moment[])
        // Set x, delete the chunks, delete the marker.
        for (const n of [1, 2, 3])
          await withOwnTable(current(), async (own) => {
            await own.backend.create(slot, other)
            await leaveUpload(own)
            expect(await own.keys('c#')).length(chunksOf(other) + chunksOf(large))
            const client = current().connect({ maxAttempts: 1 })
            const { happened } = interrupt(client, n, moment, (operation) => operation !== 'Query')
            await own.sweepBy(client).catch(() => undefined)
            expect(happened()).equal(true)
            await expectSwept(own, [other])
            expect(await held(own.backend)).equal(other.digest)
          })
    })

    /** What a process leaves that dies before its transaction. */
    async function leaveUpload(own: OwnTable, blob = large, revision = 2) {
      const client = current().connect({ maxAttempts: 1 })
      client.middlewareStack.add(
        (next, { commandName }) =>
          async (args) => {
            if (commandName === 'TransactWriteItemsCommand') throw new Error('the process has died')
            return next(args)
          },
        { step: 'finalizeRequest', priority: 'low' },
      )
      const controller = new AbortController()
      const dying = own.open(client)
      client.middlewareStack.add((next, { commandName }) => async (args) => {
        if (commandName === 'TransactWriteItemsCommand') controller.abort()
        return next(args)
      })
      await dying.create({ ...slot, revision }, blob, controller).catch(() => undefined)
    }

    testCase('what has not expired is left alone, and two sweepers at once do no harm', () =>
      withOwnTable(current(), async (own) => {
        await own.backend.create(slot, other)
        for (const revision of [2, 3, 4, 5]) await leaveUpload(own, large, revision)
        expect(await own.keys('m#')).length(4)
        expect(await own.sweepAt(Date.now() + 23 * 3_600_000)).eql({ uploads: 0, malformed: 0 })
        expect(await own.keys('m#')).length(4)
        const sweeps = await Promise.all([own.sweep(), own.sweep(), own.sweep()])
        // Sweepers that meet at one upload may both count it.
        expect(sweeps.reduce((sum, { uploads }) => sum + uploads, 0)).least(4)
        await expectSwept(own, [other])
        expect(await held(own.backend)).equal(other.digest)
        expect(await own.sweep()).eql({ uploads: 0, malformed: 0 })
      }),
    )

    testCase('a writer whose upload is swept under it is told so, and its blob does not appear', () =>
      withOwnTable(current(), async (own) => {
        const client = current().connect()
        client.middlewareStack.add((next, { commandName }) => async (args) => {
          if (commandName === 'TransactWriteItemsCommand') await own.sweep()
          return next(args)
        })
        const error = await own
          .open(client)
          .create(slot, large)
          .catch((failure: unknown) => failure)
        expect(error).include({ code: 'BACKEND_FAILED', retryable: true })
        expect(await own.backend.read(slot)).equal(undefined)
        expect(await own.keys('c#')).eql([])
        expect(await own.keys('m#')).eql([])
        expect((await own.backend.create(slot, large)).outcome).equal('created')
      }),
    )

    testCase('an upload that takes more than half of its lifetime gives up', () =>
      withOwnTable(current(), async (own) => {
        const { now } = Date
        const blob = {
          ...large,
          stream: async function* () {
            Date.now = () => now() + 13 * 3_600_000
            yield* large.stream()
          },
        }
        const error = await own.backend
          .create(slot, blob)
          .catch((failure: unknown) => failure)
          .finally(() => (Date.now = now))
        expect(error).include({ code: 'BACKEND_FAILED', retryable: true })
        expect(await own.keys('c#')).eql([])
        expect(await own.keys('m#')).eql([])
      }),
    )

    testCase('an abort while chunks are sent rejects with the reason, and the sweep finds the rest', () =>
      withOwnTable(current(), async (own) => {
        const controller = new AbortController()
        const reason = new Error('enough')
        const client = current().connect()
        // One after another: what is in flight at an abort would arrive after the sweep that this test puts forward.
        let turn: Promise<unknown> = Promise.resolve()
        client.middlewareStack.add((next, { commandName }) => async (args) => {
          if (commandName !== 'BatchWriteItemCommand') return next(args)
          const before = turn
          let ended = () => {}
          turn = new Promise<void>((resolve) => (ended = resolve))
          await before
          try {
            return await next(args)
          } finally {
            controller.abort(reason)
            ended()
          }
        })
        const error = await own
          .open(client)
          .create(slot, large, controller)
          .catch((e: unknown) => e)
        expect(error).equal(reason)
        expect(await own.keys('m#')).length(1)
        expect(await own.keys('c#')).length(4)
        await expectSwept(own, [])
        expect(await own.keys('c#')).eql([])
      }),
    )

    testCase('sweepUploads reports its progress, and leaves what is no marker of ours', () =>
      withOwnTable(current(), async (own) => {
        await leaveUpload(own)
        const told: number[] = []
        await own.putForeignMarker()
        expect(await own.sweepAt(Date.now() + 25 * 3_600_000, ({ uploads }) => told.push(uploads))).eql({
          uploads: 1,
          malformed: 1,
        })
        expect(told).eql([1])
      }),
    )
  },
  { transactions: true },
)
