import { readdir } from 'node:fs/promises'
import { describe, it } from 'mocha'
import { expect } from 'chai'
import { collect, sealedBlob } from '@sealring/core'
import { createSpool } from '#src/store/spool.js'
import { rejection } from './rejection.js'
import { openFilesIn, sampleBytes, temporaryFolder } from './streams.js'

describe('store: spool', () => {
  it('leaves nothing when it is discarded while its file is made', async () => {
    const directory = await temporaryFolder()
    const spool = createSpool({ memoryBytes: 0, directory })
    const writing = spool.write(sampleBytes(1000))
    await spool.discard()
    await writing
    await spool.write(sampleBytes(1000))
    expect(await readdir(directory)).to.deep.equal([])
    // Elsewhere nobody says which files a process has open.
    if (process.platform === 'linux') expect(await openFilesIn(directory)).to.deep.equal([])
  })

  it('gives nothing for its bytes when it is discarded, before or while they are read', async () => {
    const directory = await temporaryFolder()
    for (const memoryBytes of [0, 1_000_000]) {
      const spool = createSpool({ memoryBytes, directory })
      for (let n = 0; n < 3; n += 1) await spool.write(sampleBytes(300_000))
      const blob = spool.blob()
      const begun = blob.stream()[Symbol.asyncIterator]()
      expect(await begun.next()).to.have.property('done', false)
      await spool.discard()
      await rejection(Promise.resolve(begun.next()), 'SPOOL_FAILED')
      await rejection(collect(blob.stream()), 'SPOOL_FAILED')
      await rejection(blob.bytes(), 'SPOOL_FAILED')
    }
  })

  it('gives the same bytes to several readers at once, from memory and from its file', async () => {
    const directory = await temporaryFolder()
    const bytes = sampleBytes(1_000_000)
    for (const memoryBytes of [0, 999_999, 1_000_000]) {
      const spool = createSpool({ memoryBytes, directory })
      for (let start = 0; start < bytes.length; start += 300_000)
        await spool.write(bytes.subarray(start, start + 300_000))
      const blob = spool.blob()
      const { digest, size } = sealedBlob(bytes)
      expect(blob).to.include({ digest, size })
      const copies = await Promise.all([collect(blob.stream()), collect(blob.stream()), blob.bytes()])
      for (const copy of copies) expect(bytes.equals(copy)).to.equal(true)
      await spool.discard()
    }
  })
})
