import { describe, it } from 'mocha'
import { expect } from 'chai'
import { deviations, type Deviation } from '#src/interop/deviations.js'
import { judge, readReport } from '#src/interop/judge.js'

const listed: readonly Deviation[] = [{ folders: ['vectors'], ids: ['0478-late'], reason: 'is late' }]
const report = (...lines: string[]) => readReport(`${lines.join('\n')}\n`)
const late = '{"id":"0478-late","reason":"opened, but must be refused"}'
const ids = ['0478-late', '0478-good', '0478-bad']

describe('the judge of interop programs', () => {
  it('is content where exactly the listed messages deviate', () => {
    expect(judge(report(late, 'opened 1, refused 1, failed 1'), 'vectors', ids, listed)).to.deep.equal([])
    expect(judge(report('opened 2, refused 1, failed 0'), 'vectors', ids, [])).to.deep.equal([])
  })

  it('names a failure that is not listed, for this folder', () => {
    const found = judge(report(late, 'opened 1, refused 1, failed 1'), 'python', ids, listed)
    expect(found).to.deep.equal(['0478-late: opened, but must be refused'])
  })

  it('names a listed message that behaves', () => {
    const found = judge(report('opened 2, refused 1, failed 0'), 'vectors', ids, listed)
    expect(found).to.deep.equal(['0478-late: behaves; strike it off deviations.ts'])
  })

  it('names messages left out', () => {
    const found = judge(report('opened 1, refused 1, failed 0'), 'vectors', ids, [])
    expect(found).to.deep.equal(['2 of 3 messages were tried'])
  })

  it('believes no program that ends without its counts, or miscounts', () => {
    expect(() => report(late)).to.throw('ended without its counts')
    expect(() => report(late, 'opened 1, refused 1, failed 2')).to.throw('counts 2 failures and names 1')
  })

  it('lists each message once', () => {
    for (const entries of Object.values(deviations)) {
      const all = entries.flatMap(({ folders, ids }) =>
        folders.flatMap((at) => ids.map((id) => `${at} ${id}`)),
      )
      expect(new Set(all).size).to.equal(all.length)
    }
  })
})
