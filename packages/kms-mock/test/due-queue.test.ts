import { expect } from 'chai'
import { describe, it } from 'mocha'
import { emptyDueQueue, putDue, takeDue } from '#src/state/due-queue.js'
import { seededRandom } from './support/http-cases.js'

describe('due queue', () => {
  it('gives what is due, the earliest first, as a sorted list does', () => {
    const random = seededRandom('due queue')
    for (let round = 0; round < 200; round += 1) {
      const queue = emptyDueQueue<number>()
      const expected: number[] = []
      let now = 0
      for (let step = 0; step < 100; step += 1) {
        const at = now + random.below(30)
        // The same date of a key in succession is kept once.
        const key = random.below(50)
        if (queue.noted.get(key) !== at) expected.push(at)
        putDue(queue, { key, at })
        if (random.below(4) > 0) continue
        now += random.below(20)
        const taken: number[] = []
        for (let due = takeDue(queue, now); due !== undefined; due = takeDue(queue, now)) taken.push(due.at)
        expected.sort((a, b) => a - b)
        const isLater = expected.findIndex((date) => date > now)
        expect(taken).to.deep.equal(expected.splice(0, isLater < 0 ? expected.length : isLater))
        expect(queue.heap).to.have.lengthOf(expected.length)
      }
    }
  })

  it('keeps few dates that have changed', () => {
    const queue = emptyDueQueue<string>()
    for (const key of ['a', 'b', 'c']) putDue(queue, { key, at: 5 })
    for (let at = 10; at < 10_000; at += 1) putDue(queue, { key: 'a', at })
    expect(queue.heap.length).to.be.lessThan(100)
    const taken = []
    for (let due = takeDue(queue, 20_000); due !== undefined; due = takeDue(queue, 20_000)) taken.push(due)
    expect(taken.slice(0, 2).map(({ at }) => at)).to.deep.equal([5, 5])
    expect(taken.at(-1)).to.deep.equal({ key: 'a', at: 9999 })
    expect(queue.noted.size).to.equal(0)
  })

  it('drops changed dates of more keys than a call takes arguments', () => {
    const queue = emptyDueQueue<number>()
    const keys = 200_000
    for (const at of [1, 2, 3]) for (let key = 0; key < keys; key += 1) putDue(queue, { key, at })
    expect(queue.heap.length).to.be.at.most(2 * keys + 65)
    expect(takeDue(queue, 0)).to.equal(undefined)
  })
})
