import { parseArgs } from 'node:util'
import { fuzzParsers } from './fuzz-parsers.js'

// `npm run fuzz:parser -w packages/kms-mock -- --cases 100000 --seed 1`; `--from N --cases 1` replays a finding.
const { values } = parseArgs({
  options: {
    cases: { type: 'string', default: '100000' },
    seed: { type: 'string', default: '1' },
    from: { type: 'string', default: '0' },
  },
})
const { seed } = values
const { findings, taken, pipelined } = await fuzzParsers({
  seed,
  cases: Number(values.cases),
  from: Number(values.from),
})
for (const finding of findings) process.stdout.write(`${finding}\n`)
process.stdout.write(
  `${values.cases} cases of seed ${seed}: ${taken} taken by the fast parser (${pipelined} with several requests), ${findings.length} disagreements with node:http ${process.version}\n`,
)
process.exitCode = findings.length === 0 ? 0 : 1
