import { InputError } from '@sealring/core'
import { expect } from 'chai'
import * as fc from 'fast-check'
import { describe, it } from 'mocha'
import {
  checkPartBytes,
  cutIntoParts,
  maxPartBytes,
  maxParts,
  minPartBytes,
  partBytesFor,
} from '#src/parts.js'

const largest = 5 * 1024 ** 4

describe('parts', () => {
  it('are never more than S3 takes, nor larger, nor smaller than asked', () => {
    const sizes = fc.oneof(fc.integer({ min: 1, max: largest }), fc.constant(largest))
    fc.assert(
      fc.property(sizes, fc.integer({ min: minPartBytes, max: maxPartBytes }), (size, asked) => {
        const partBytes = partBytesFor(size, asked)
        expect(Math.ceil(size / partBytes)).at.most(maxParts)
        expect(partBytes).within(asked, maxPartBytes)
        if (size <= asked * maxParts) expect(partBytes).equal(asked)
      }),
    )
  })

  it('have sizes that S3 takes', () => {
    for (const good of [minPartBytes, maxPartBytes]) checkPartBytes(good)
    for (const bad of [minPartBytes - 1, maxPartBytes + 1, minPartBytes + 0.5, Number.NaN])
      expect(() => checkPartBytes(bad)).throw(InputError)
  })

  it('are the bytes in their order, all full but the last, whatever the pieces', async () => {
    const pieces = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 12 })
    await fc.assert(
      fc.asyncProperty(pieces, fc.integer({ min: 1, max: 30 }), async (given, partBytes) => {
        async function* source() {
          yield* given
        }
        const whole = Buffer.concat(given)
        const parts: Buffer[] = []
        const free = async () => new Uint8Array(partBytes)
        for await (const part of cutIntoParts(source(), free)) parts.push(Buffer.from(part))
        expect(Buffer.compare(Buffer.concat(parts), whole)).equal(0)
        expect(parts.length).equal(Math.max(1, Math.ceil(whole.byteLength / partBytes)))
        for (const part of parts.slice(0, -1)) expect(part.byteLength).equal(partBytes)
      }),
    )
  })

  it('use a buffer again only when it was given free', async () => {
    const buffer = Buffer.alloc(2)
    const waiting: (() => void)[] = []
    let calls = 0
    const free = async () => {
      if (calls++ > 0) await new Promise<void>((resolve) => waiting.push(resolve))
      return buffer
    }
    async function* source() {
      yield Buffer.from('abcd')
    }
    const parts = cutIntoParts(source(), free)
    const first = (await parts.next()).value
    const second = parts.next()
    await new Promise((resolve) => setImmediate(resolve))
    expect(Buffer.from(first ?? []).toString()).equal('ab')
    waiting.forEach((release) => release())
    expect(Buffer.from((await second).value ?? []).toString()).equal('cd')
  })
})
