import { randomUUID } from 'node:crypto'
import { DeleteItemCommand, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb'
import { dynamodbBackend } from '@sealring/backend-dynamodb'
import { collect, sealedBlob } from '@sealring/core'
import type { Backend, BackendError, SealedBlob } from '@sealring/core'
import { expect } from 'chai'
import { layoutOf, maxItemBytes } from '#src/layout.js'
import type { Item } from '#src/layout.js'
import { onEachServer } from './on-each-server.js'
import { withOwnTable } from './own-table.js'
import { sample } from './sample.js'

const slot = { name: 'large/one', revision: 1 }
const MiB = 1024 * 1024

const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'no failure',
    ({ code, retryable }: BackendError) => (retryable ? `${code} retryable` : code),
  )

async function expectBlob(backend: Backend, blob: SealedBlob) {
  const stored = await backend.read(slot)
  expect(stored).include({ digest: blob.digest, size: blob.size })
  expect(sealedBlob(await collect(stored!.body)).digest).equal(blob.digest)
  expect(await backend.stat(slot)).include({ digest: blob.digest, size: blob.size })
  expect(await backend.latest(slot.name)).include({ digest: blob.digest })
}

onEachServer(
  'chunks',
  (current, testCase) => {
    const open = (options: { maxBlobBytes?: number } = {}) => {
      const { client, table } = current()
      const namespace = randomUUID()
      return { backend: dynamodbBackend({ id: 'x', client, table, namespace, ...options }), namespace }
    }

    for (const [size, chunks] of [
      [0, 0],
      [1, 0],
      [maxItemBytes - 1, 0],
      [maxItemBytes, 0],
      [maxItemBytes + 1, 2],
      [2 * maxItemBytes, 2],
      [9 * maxItemBytes + 17, 10],
    ] as const)
      testCase(`${size} bytes are kept in ${chunks} chunks and come back`, () =>
        withOwnTable(current(), async ({ backend, keys, items }) => {
          const blob = sample(size)
          const { outcome, versionToken } = await backend.create(slot, blob)
          expect(outcome).equal('created')
          await expectBlob(backend, blob)
          const heads = await items('n#')
          const bytes = Buffer.concat([
            ...heads.map(({ b }) => b?.B ?? Buffer.alloc(0)),
            ...(await items('c#'))
              .toSorted((a, b) => (a['sk']!.S! < b['sk']!.S! ? -1 : 1))
              .map(({ b }) => b!.B!),
          ])
          expect(sealedBlob(bytes).digest).equal(blob.digest)
          expect(await keys('c#')).length(chunks)
          expect(await keys('m#')).eql([])
          expect(await backend.create(slot, sample(size, 2))).eql({
            outcome: 'exists',
            digest: blob.digest,
            versionToken,
          })
          expect(await keys('c#')).length(chunks)
        }),
      )

    testCase('50 MB come back, by a stream of uneven pieces', async () => {
      const { backend } = open()
      const whole = Buffer.from(await sample(50_000_000).bytes())
      const blob = {
        ...sealedBlob(whole),
        bytes: () => expect.fail('the blob was asked for as a whole'),
        stream: async function* () {
          for (let start = 0; start < whole.length; start += 1_234_567)
            yield Buffer.from(whole.subarray(start, start + 1_234_567))
        },
      }
      expect((await backend.create(slot, blob)).outcome).equal('created')
      await expectBlob(backend, blob)
    })

    testCase('pieces whose memory is used again by their maker are stored as they were', async () => {
      const { backend } = open()
      const whole = await sample(2 * maxItemBytes + 5).bytes()
      const memory = Buffer.alloc(100_000)
      const blob = {
        ...sealedBlob(whole),
        stream: async function* () {
          for (let start = 0; start < whole.length; start += memory.length) {
            const length = Math.min(memory.length, whole.length - start)
            memory.set(whole.subarray(start, start + length))
            yield memory.subarray(0, length)
          }
        },
      }
      await backend.create(slot, blob)
      await expectBlob(backend, blob)
    })

    testCase('a range reads only the chunks that it needs', async () => {
      const { connect, table } = current()
      const namespace = randomUUID()
      const client = connect()
      const asked: string[] = []
      client.middlewareStack.add((next) => async (args) => {
        if ('RequestItems' in args.input)
          for (const request of Object.values(args.input.RequestItems ?? {}))
            if ('Keys' in request) asked.push(...(request.Keys ?? []).map(({ sk }: Item) => sk!.S!))
        return next(args)
      })
      const backend = dynamodbBackend({ id: 'x', client, table, namespace })
      const size = 11 * maxItemBytes + 1000
      const blob = sample(size)
      await backend.create(slot, blob)
      const bytes = await blob.bytes()
      const digits = (first: number, last: number) =>
        Array.from({ length: last - first + 1 }, (_, i) => String(first + i).padStart(6, '0'))
      for (const [start, end, chunks] of [
        [0, 0, []],
        [0, 1, digits(0, 0)],
        [maxItemBytes - 1, maxItemBytes, digits(0, 0)],
        [maxItemBytes - 1, maxItemBytes + 1, digits(0, 1)],
        [maxItemBytes, maxItemBytes + 1, digits(1, 1)],
        [3 * maxItemBytes - 5, 9 * maxItemBytes + 5, digits(2, 9)],
        [size - 1, size + 5, digits(11, 11)],
        [size, size + 5, []],
      ] as const) {
        asked.length = 0
        const stored = await backend.read(slot, { range: { start, end } })
        const part = await collect(stored!.body)
        expect(Buffer.compare(part, bytes.subarray(start, end)), `${start} to ${end}`).equal(0)
        expect(asked.toSorted(), `${start} to ${end}`).eql(chunks)
      }
    })

    testCase('maxBlobBytes is the limit, and refused before anything is sent', async () => {
      const { backend } = open({ maxBlobBytes: MiB })
      expect(backend.capabilities.maxBlobBytes).equal(MiB)
      expect(await codeOf(backend.create(slot, sample(MiB + 1)))).equal('BLOB_TOO_LARGE')
      await backend.create(slot, sample(MiB))
      await expectBlob(backend, sample(MiB))
      expect(open().backend.capabilities.maxBlobBytes).equal(64 * MiB)
      for (const maxBlobBytes of [-1, 0.5, 8 * 1024 ** 3 + 1])
        expect(() => open({ maxBlobBytes }))
          .throw()
          .property('code', 'INVALID_ARGUMENT')
    })

    testCase('bytes that contradict digest or size are refused, and nothing is left of them', () =>
      withOwnTable(current(), async ({ backend, keys }) => {
        const blob = sample(3 * maxItemBytes)
        for (const change of [
          { digest: sample(3).digest },
          { size: blob.size - 1 },
          { size: blob.size + 1 },
          { size: 2 * maxItemBytes },
        ])
          expect(await codeOf(backend.create(slot, { ...blob, ...change }))).equal('INVALID_ARGUMENT')
        expect(await backend.stat(slot)).equal(undefined)
        expect(await keys('c#')).eql([])
        expect(await keys('m#')).eql([])
      }),
    )

    testCase('of racing creators one wins, and the others sweep their own chunks', () =>
      withOwnTable(current(), async ({ backend, keys }) => {
        const blobs = [1, 2, 3, 4].map((seed) => sample(2 * maxItemBytes + seed, seed))
        blobs.push(sample(100, 9))
        const results = await Promise.all(blobs.map((blob) => backend.create(slot, blob)))
        const winners = blobs.filter((_, i) => results[i]!.outcome === 'created')
        expect(winners).length(1)
        await expectBlob(backend, winners[0]!)
        for (const result of results)
          if (result.outcome === 'exists') expect(result.digest).equal(winners[0]!.digest)
        expect(await keys('c#')).length(winners[0]!.size > maxItemBytes ? 3 : 0)
        expect(await keys('m#')).eql([])
      }),
    )

    testCase('replace goes between sizes, under its condition, and leaves no chunk behind', () =>
      withOwnTable(current(), async ({ backend, keys }) => {
        let { versionToken: token } = await backend.create(slot, sample(10))
        const stale = token
        for (const [size, chunks] of [
          [3 * maxItemBytes, 3],
          [2 * maxItemBytes, 2],
          [20, 0],
          [30, 0],
          [maxItemBytes + 1, 2],
        ] as const) {
          const blob = sample(size, size)
          const result = await backend.replace(slot, blob, { expect: token })
          if (result.outcome !== 'replaced') expect.fail('changed')
          expect(await backend.replace(slot, sample(size), { expect: stale })).eql({ outcome: 'changed' })
          expect((await backend.stat(slot))!.versionToken).equal(result.versionToken)
          await expectBlob(backend, blob)
          token = result.versionToken
          expect(await keys('c#')).length(chunks)
          expect(await keys('m#')).eql([])
        }
        expect(await backend.replace({ ...slot, revision: 2 }, sample(MiB), { expect: token })).eql({
          outcome: 'changed',
        })
        expect(await keys('c#')).length(2)
      }),
    )

    testCase('of racing replacers one wins, and the others leave nothing', () =>
      withOwnTable(current(), async ({ backend, keys }) => {
        const { versionToken } = await backend.create(slot, sample(MiB, 9))
        const blobs = [sample(MiB, 1), sample(MiB, 2), sample(10, 3), sample(10, 4)]
        const results = await Promise.all(
          blobs.map((blob) => backend.replace(slot, blob, { expect: versionToken })),
        )
        const winners = blobs.filter((_, i) => results[i]!.outcome === 'replaced')
        expect(winners).length(1)
        await expectBlob(backend, winners[0]!)
        expect(await keys('c#')).length(winners[0]!.size > maxItemBytes ? 3 : 0)
        expect(await keys('m#')).eql([])
      }),
    )

    testCase('a reader gets the old blob or the new, or is told that it was replaced', async () => {
      const { backend } = open()
      const blobs = [1, 2, 3, 4].map((seed) => sample(10 * maxItemBytes + seed, seed))
      let { versionToken: token } = await backend.create(slot, blobs[0]!)
      const progress = { writing: true }
      const write = async () => {
        try {
          for (const blob of blobs.slice(1)) {
            const result = await backend.replace(slot, blob, { expect: token })
            if (result.outcome !== 'replaced') expect.fail('changed')
            token = result.versionToken
          }
        } finally {
          progress.writing = false
        }
      }
      const read = async () => {
        while (progress.writing) {
          const stored = await backend.read(slot)
          const bytes = await collect(stored!.body).catch((error: BackendError) => error)
          if (bytes instanceof Error) expect(bytes).include({ code: 'BACKEND_FAILED', retryable: true })
          else expect(sealedBlob(bytes).digest).equal(stored!.digest)
        }
      }
      await Promise.all([write(), read(), read()])
    })

    testCase(
      'a blob that is replaced between two chunks fails, and one replaced before the first is read anew',
      async () => {
        const { client, connect, table } = current()
        const namespace = randomUUID()
        const backend = dynamodbBackend({ id: 'x', client, table, namespace })
        const [first, second, third] = [1, 2, 3].map((seed) => sample(20 * maxItemBytes, seed))
        const { versionToken } = await backend.create(slot, first!)
        const stored = await backend.read(slot)
        await backend.replace(slot, second!, { expect: versionToken })
        expect(await codeOf(collect(stored!.body))).equal('BACKEND_FAILED retryable')

        const slow = connect()
        let headsRead = 0
        slow.middlewareStack.add((next, { commandName }) => async (args) => {
          const answer = await next(args)
          if (commandName === 'GetItemCommand' && headsRead++ === 0)
            await backend.replace(slot, third!, { expect: (await backend.stat(slot))!.versionToken })
          return answer
        })
        const again = await dynamodbBackend({ id: 'x', client: slow, table, namespace }).read(slot)
        expect(sealedBlob(await collect(again!.body)).digest).equal(third!.digest)
        expect(headsRead).equal(2)
      },
    )

    testCase('a chunk that is gone or cut is BLOB_DAMAGED, and the blob can be replaced', async () => {
      const { client, table } = current()
      for (const index of [0, 13])
        for (const cut of [true, false]) {
          const { backend, namespace } = open()
          const { versionToken } = await backend.create(slot, sample(14 * maxItemBytes))
          const Key = layoutOf(namespace).head(slot)
          const { Item } = await client.send(new GetItemCommand({ TableName: table, Key }))
          const chunk = layoutOf(namespace).chunk(Item!['u']!.S!, index)
          if (cut)
            await client.send(
              new PutItemCommand({ TableName: table, Item: { ...chunk, b: { B: Buffer.alloc(10) } } }),
            )
          else await client.send(new DeleteItemCommand({ TableName: table, Key: chunk }))
          const read = async () => collect((await backend.read(slot))!.body)
          expect(await codeOf(read())).equal('BLOB_DAMAGED')
          const { outcome } = await backend.replace(slot, sample(MiB), { expect: versionToken })
          expect(outcome).equal('replaced')
          await expectBlob(backend, sample(MiB))
        }
    })

    testCase('who stops reading leaves nothing running', async () => {
      const { connect, table } = current()
      const client = connect()
      let underWay = 0
      client.middlewareStack.add((next) => async (args) => {
        underWay += 1
        return next(args).finally(() => (underWay -= 1))
      })
      const backend = dynamodbBackend({ id: 'x', client, table, namespace: randomUUID() })
      await backend.create(slot, sample(20 * maxItemBytes))
      for await (const piece of (await backend.read(slot))!.body) {
        expect(piece.byteLength).equal(maxItemBytes)
        break
      }
      await new Promise(setImmediate)
      expect(underWay).equal(0)
    })
  },
  { transactions: true },
)
