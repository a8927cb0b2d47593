// The size budget of the envelope: what `import '@sealring/core/envelope'` brings of ours, gzipped.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { root } from './public-packages.mjs'
import { reachable } from './reachable.mjs'

// All suites, whole, streamed and by ranges, with the materials behind them: 33 KiB today, comments included.
const budget = 38 * 1024

const files = [...reachable(join(root, 'packages/core/dist/envelope/index.js'))]
const size = gzipSync(Buffer.concat(files.map((file) => readFileSync(file)))).length
console.log(`envelope: ${files.length} files, ${size} bytes gzipped, budget ${budget}`)
process.exitCode = size > budget ? 1 : 0
