import { expect } from 'chai'
import { describe, it } from 'mocha'
import { brokenEngines } from './broken-engines.js'
import { makeCorpus } from './corpus.js'
import { makeCase } from './make-case.js'
import { weighted } from './random.js'
import { findingText } from './fuzz-report.js'
import type { Finding } from './findings.js'
import { runFuzz } from './run-fuzz.js'
import { supervise } from './supervise.js'

const cases = 3000

describe('the fuzzer', () => {
  it(`finds nothing in ${cases} cases`, async () => {
    const { findings, counts } = await runFuzz({ seed: 7, cases })
    expect(findings.map(findingText).join('\n')).to.equal('')
    // It gets everywhere: past the parser, past the header, past the signature.
    expect([...counts.get('code')!.keys()]).to.include.members([
      'opened',
      'MESSAGE_TRUNCATED',
      'MESSAGE_TRAILING_BYTES',
      'MESSAGE_NOT_CANONICAL',
      'MESSAGE_UNSUPPORTED',
      'MESSAGE_TOO_LARGE',
      'HEADER_UNAUTHENTIC',
      'FRAME_UNAUTHENTIC',
      'FRAME_OUT_OF_ORDER',
      'COMMITMENT_MISMATCH',
      'SIGNATURE_INVALID',
      'CONTEXT_NOT_REPRODUCED',
      'DATA_KEY_NOT_UNWRAPPED',
      'NO_DATA_KEY',
    ])
    expect(counts.get('opened')!.get('made authentic with the keys')).to.be.greaterThan(50)
  }).timeout(120_000)

  it('makes the same case of the same seed and number', () => {
    const pick = [weighted(makeCorpus()), weighted(makeCorpus())] as const
    for (let number = 0; number < 500; number += 1) {
      const [one, two] = pick.map((pickEntry) => makeCase(pickEntry, 5, number).message.toString('hex'))
      expect(one, `case ${number}`).to.equal(two)
    }
    const messages = [1, 2].map((seed) => makeCase(pick[0], seed, 0).message.toString('hex'))
    expect(messages[0]).to.not.equal(messages[1])
  })

  for (const { name, engine, finding, limits = {} } of brokenEngines.filter(
    ({ endsThread }) => !endsThread,
  )) {
    it(`finds an engine that ${name}`, async () => {
      const line = ({ target, what }: Finding) => `${target}: ${what}`
      const isEnough = (found: Finding) => finding.test(line(found))
      const options = { seed: 1, cases: 5000, engine, limits, maxFindings: 100, isEnough }
      const { findings } = await runFuzz(options)
      expect(findings.some(isEnough), findings.map(line).join('\n')).to.equal(true)
    }).timeout(60_000)
  }

  for (const { name, finding, endsThread } of brokenEngines) {
    if (endsThread === undefined) continue
    it(`finds, from another thread, an engine that ${name}`, async () => {
      const lines: string[] = []
      const task = { seed: 1, first: 0, cases: 5000, seconds: Infinity, broken: name }
      const findings = await supervise(task, (line) => void lines.push(line), endsThread.withinMilliseconds)
      expect(findings).to.equal(1)
      expect(lines.at(-1)).to.match(finding)
    }).timeout(60_000)
  }
})
