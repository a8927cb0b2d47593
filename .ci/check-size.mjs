// The size budget of the envelope: what `import '@sealring/core/envelope'` brings of ours, gzipped.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { root } from './public-packages.mjs'
import { reachable } from './reachable.mjs'

// What two suites and whole buffers need today is 16.5 KiB, comments included.
const budget = 20 * 1024

const files = [...reachable(join(root, 'packages/core/dist/envelope/index.js'))]
const size = gzipSync(Buffer.concat(files.map((file) => readFileSync(file)))).length
console.log(`envelope: ${files.length} files, ${size} bytes gzipped, budget ${budget}`)
process.exitCode = size > budget ? 1 : 0
