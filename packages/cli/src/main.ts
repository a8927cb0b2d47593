#!/usr/bin/env node
import { exitCodes } from './exit-codes.js'
import { run } from './run.js'

const interruption = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => interruption.abort(new DOMException('Interrupted.', 'AbortError')))

// A failed write also tells its own callback, which reports it: without listeners it would end the process here.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined)

let exit: number = exitCodes.internal.exit
try {
  exit = await run(process.argv.slice(2), {
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    cwd: process.cwd(),
    env: process.env,
    signal: interruption.signal,
  })
} catch {
  // Even the failure could not be written: nobody is left to tell.
  exit = exitCodes.brokenPipe.exit
}
process.exit(exit)
