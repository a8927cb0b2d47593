import { expect } from 'chai'
import { describe, it } from 'mocha'
import { answersHttp } from '#src/answers-http.js'
import { processServer } from '#src/process-server.js'
import type { ServerRow } from '#src/process-server.js'
import { TestServerError } from '#src/test-server-error.js'
import { failure } from './protocol-case.js'

/** A row whose server is a line of JavaScript. */
function row(script: (attempt: number) => string): ServerRow<object> {
  let attempt = 0
  return {
    id: 's3rver',
    from: 'npm',
    files: () => [process.execPath],
    command: (port) => ({
      command: process.execPath,
      args: ['--eval', script(++attempt), String(port)],
    }),
    clientOptions: {},
  }
}

const SERVE =
  "require('node:http').createServer((_, r) => r.end()).listen(Number(process.argv[1]), '127.0.0.1')"

describe('starting a server', () => {
  it('tries another port when the server ends at once', async () => {
    const server = await processServer(
      's3',
      row((attempt) => (attempt === 1 ? "throw new Error('EADDRINUSE')" : SERVE)),
    ).start()
    expect((await fetch(server.endpoint)).status).to.equal(200)
    await server.stop()
    expect(await answersHttp(server.endpoint)).to.equal(false)
  })

  it('gives up with what the server printed', async () => {
    const broken = processServer(
      's3',
      row(() => "console.error('no licence'); process.exit(3)"),
    )
    const error = await failure(broken.start(), TestServerError)
    expect(error.code).to.equal('SERVER_START_FAILED')
    expect(error.message).to.include('exit 3').and.to.include('no licence')
  })

  it('names the command that does not run', async () => {
    const broken = processServer('s3', {
      ...row(() => SERVE),
      command: () => ({ command: '/nonexistent/server', args: [] }),
    })
    const error = await failure(broken.start(), TestServerError)
    expect(error.code).to.equal('SERVER_START_FAILED')
    expect(error.message).to.include('ENOENT')
  })

  it('says what is missing', async () => {
    const notInstalled = processServer('dynamodb', {
      ...row(() => SERVE),
      id: 'dynoxide',
      files: () => [undefined],
    })
    expect(await notInstalled.unavailable()).to.include('npm carries no build')
    expect((await failure(notInstalled.start(), TestServerError)).code).to.equal('SERVER_UNAVAILABLE')
    const notCached = processServer('s3', {
      ...row(() => SERVE),
      from: 'cache',
      files: () => ['/nonexistent/moto'],
    })
    expect(await notCached.unavailable()).to.include('.ci/install-servers')
  })
})
