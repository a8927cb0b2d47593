import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { KMS } from '@aws-sdk/client-kms'
import { expect } from 'chai'
import { afterEach, describe, it } from 'mocha'
import { temporaryFolder } from './support/temporary-folder.js'

const command = fileURLToPath(import.meta.resolve('#src/cli.js'))
const credentials = { accessKeyId: 'any', secretAccessKey: 'any' }

describe('sealring-kms-mock', () => {
  const path = temporaryFolder()
  const started: ChildProcess[] = []
  afterEach(() => {
    for (const child of started.splice(0)) child.kill('SIGKILL')
  })

  const spawnCommand = (...args: string[]): ChildProcess => {
    const child = spawn(process.execPath, [command, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
    started.push(child)
    return child
  }
  const runToEnd = async (...args: string[]): Promise<{ code: unknown; out: string; err: string }> => {
    const child = spawnCommand(...args)
    const [out, err, [code]] = await Promise.all([
      text(child.stdout!),
      text(child.stderr!),
      once(child, 'exit'),
    ])
    return { code, out, err }
  }
  const serve = async (
    ...args: string[]
  ): Promise<{ line: string; url: string; stop: (signal: NodeJS.Signals) => Promise<unknown> }> => {
    const child = spawnCommand('--port', '0', ...args)
    const [chunk]: unknown[] = await once(child.stdout!, 'data')
    const line = String(chunk)
    return {
      line,
      url: /http:\/\/[^\s]+/.exec(line)?.[0] ?? '',
      stop: async (signal) => {
        child.kill(signal)
        const [code] = await once(child, 'exit')
        return code as unknown
      },
    }
  }

  it('--help teaches, and listens to nothing', async () => {
    const { code, out, err } = await runToEnd('--help')
    expect([code, err]).to.deep.equal([0, ''])
    for (const option of ['--port', '--host', '--region', '--state', '--allow-non-loopback'])
      expect(out).to.include(option)
  })

  for (const [what, args, exitCode] of [
    ['an unknown option', ['--nonsense'], 2],
    ['a port that is none', ['--port', 'x'], 2],
    ['a port too large', ['--port', '65536'], 2],
    ['an argument', ['extra'], 2],
    ['a host beyond loopback', ['--port', '0', '--host', '0.0.0.0'], 1],
    ['a region that is none', ['--port', '0', '--region', 'US EAST'], 1],
  ] as const) {
    it(`${what}: exit code ${exitCode}, one line on standard error`, async () => {
      const { code, out, err } = await runToEnd(...args)
      expect([code, out]).to.deep.equal([exitCode, ''])
      expect(err).to.match(/^sealring-kms-mock: [^\n]+\n$/)
    })
  }

  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    it(`prints its address, serves, and stops on ${signal}`, async () => {
      const { line, url, stop } = await serve('--region', 'eu-central-1')
      expect(line).to.match(/^sealring-kms-mock listens on http:\/\/127\.0\.0\.1:\d+ \(state in memory\)\n$/)
      const kms = new KMS({ endpoint: url, region: 'eu-central-1', credentials })
      expect((await kms.createKey({})).KeyMetadata?.Arn).to.match(/^arn:aws:kms:eu-central-1:/)
      expect(await stop(signal)).to.equal(0)
      kms.destroy()
    })
  }

  it('keeps its state in a file from one run to the next', async () => {
    const state = path('state.json')
    const first = await serve('--state', state)
    const one = new KMS({ endpoint: first.url, region: 'us-east-1', credentials })
    const KeyId = (await one.createKey({})).KeyMetadata?.KeyId
    const { CiphertextBlob } = await one.encrypt({ KeyId, Plaintext: Buffer.from('x') })
    await first.stop('SIGTERM')
    const second = await serve('--state', state)
    const two = new KMS({ endpoint: second.url, region: 'us-east-1', credentials })
    expect(Buffer.from((await two.decrypt({ CiphertextBlob })).Plaintext!).toString()).to.equal('x')
    await second.stop('SIGTERM')
    one.destroy()
    two.destroy()
  })
})
