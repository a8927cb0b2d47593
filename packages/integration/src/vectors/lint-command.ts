import { lintInterop } from './lint-interop.js'
import { lintVectors } from './lint.js'
import { vectorCases } from './cases.js'

const faults = [...lintVectors(), ...lintInterop()]
for (const fault of faults) process.stderr.write(`${fault}\n`)
const bad = vectorCases.filter(({ error }) => error).length
process.stdout.write(
  `test-vectors: ${vectorCases.length} vectors (${vectorCases.length - bad} open, ${bad} must be refused), ${faults.length} faults\n`,
)
process.exitCode = faults.length > 0 ? 1 : 0
