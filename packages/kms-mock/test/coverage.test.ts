import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { describe, it } from 'mocha'
import { readme, withCoverage } from './coverage/readme-coverage.js'

describe('the README', () => {
  it('says what the tests cover (npm run coverage-table writes it)', () => {
    const text = readFileSync(readme, 'utf8')
    expect(text).to.equal(withCoverage(text))
  })
})
