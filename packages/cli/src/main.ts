import { exitCodes } from './exit-codes.js'
import { run } from './run.js'

const interruption = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => interruption.abort(new DOMException('Interrupted.', 'AbortError')))

// A failed write tells its own callback, which reports it: without a listener it would end the process instead.
function tolerant<Stream extends NodeJS.WriteStream>(stream: Stream): Stream {
  if (stream.listenerCount('error') === 0) stream.on('error', () => undefined)
  return stream
}

// Addressed to whoever ships the AWS SDK, not to whoever runs this command.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true'

let exit: number = exitCodes.internal.exit
try {
  exit = await run(process.argv.slice(2), {
    // Opening a stream that is not used costs milliseconds.
    get stdin() {
      return process.stdin
    },
    get stdout() {
      return tolerant(process.stdout)
    },
    get stderr() {
      return tolerant(process.stderr)
    },
    cwd: process.cwd(),
    env: process.env,
    signal: interruption.signal,
  })
} catch {
  // Even the failure could not be written: nobody is left to tell.
  exit = exitCodes.brokenPipe.exit
}
// Requests to slow locations may still be under way, of which nothing is expected any more.
process.exit(exit)
