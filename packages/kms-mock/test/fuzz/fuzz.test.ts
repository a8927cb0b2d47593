import { createKms } from '@sealring/kms-mock'
import { expect } from 'chai'
import { describe, it } from 'mocha'
import { operations } from '#src/operations/operations.js'
import { brokenOptions, brokenServers } from './broken-servers.js'
import { createCorpus } from './corpus.js'
import type { Corpus } from './corpus.js'
import { createLine } from './exchange.js'
import { findingText } from './fuzz-report.js'
import { createGround, groundOptions } from './ground.js'
import { bytesOf, sdkRequest } from './http-request.js'
import { makeCase } from './make-case.js'
import { runFuzz, transports } from './run-fuzz.js'
import { supervise } from './supervise.js'

const cases = 3000
const minutes = 60_000

const newCorpus = (): Promise<Corpus> => createCorpus(createGround(createKms(groundOptions)))

describe('protocol fuzz', () => {
  for (const transport of transports) {
    it(`its examples succeed before they are changed: every operation, transport ${transport}`, async () => {
      const kms = createKms(groundOptions)
      const server = await kms.listen({ transport })
      const line = createLine(server.port, 2 * minutes)
      const corpus = await createCorpus(createGround(kms))
      const refused: string[] = []
      for (const { operation, input, isFallback } of corpus.operations.flatMap(({ entries }) => entries)) {
        const { answers } = await line.ask(bytesOf(sdkRequest(operation, input)))
        if (answers[0]?.status !== 200 && !isFallback) refused.push(`${operation}: ${answers[0]?.body}`)
      }
      line.close()
      await server.close()
      expect(refused).to.deep.equal([])
      expect(corpus.operations.map(({ name }) => name)).to.deep.equal([...operations.keys()].toSorted())
    }).timeout(3 * minutes)
  }

  it(`finds nothing in ${cases} cases`, async () => {
    const { findings, counts, validCalls, fallbacks } = await runFuzz({ seed: 7, cases })
    expect(findings.map((finding) => findingText(finding, 7)).join('\n')).to.equal('')
    expect(validCalls).to.equal((transports.length * cases) / 1000)
    // It gets everywhere: no operation refuses everything, none is never refused.
    for (const name of operations.keys()) {
      const kinds = [...(counts.get(name)?.keys() ?? [])]
      if (!fallbacks.includes(name)) expect(kinds, name).to.include('200')
      expect(kinds, name).to.include.members(['ValidationException', 'SerializationException'])
    }
  }).timeout(10 * minutes)

  it('makes the same request of the same seed and number', async () => {
    const corpus = await newCorpus()
    for (let number = 0; number < 1000; number += 1) {
      const [one, other] = [0, 1].map(() => makeCase(corpus, 5, number))
      expect(one, `case ${number}`).to.deep.equal(other)
    }
    const [one, other] = [1, 2].map((seed) => makeCase(corpus, seed, 0).bytes)
    expect(one).not.to.deep.equal(other)
  }).timeout(minutes)

  for (const broken of brokenServers) {
    it(`finds a server that ${broken.name}`, async () => {
      const { name, finding, seed = 1, endsThread = false } = broken
      const found: string[] = []
      if (endsThread) {
        const task = { seed, first: 0, cases: 5000, broken: name }
        await supervise(task, (line) => void found.push(line), 3000)
      } else {
        const { findings } = await runFuzz({
          seed,
          cases: 5000,
          growthBytes: 2 ** 26,
          ...brokenOptions(broken),
        })
        found.push(...findings.map(({ what }) => what))
      }
      expect(found.join('\n')).to.match(finding)
    }).timeout(3 * minutes)
  }
})
