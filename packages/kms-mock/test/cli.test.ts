import { execFileSync, spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { KMS } from '@aws-sdk/client-kms'
import { createKms } from '@sealring/kms-mock'
import { expect } from 'chai'
import { afterEach, before, describe, it } from 'mocha'
import { clusterOf, externalStore, proxyOf } from './support/outside.js'
import { rawConnection } from './support/raw-connection.js'
import { temporaryFolder } from './support/temporary-folder.js'

const ours = (file: string): string => fileURLToPath(new URL(`../${file}`, import.meta.url))
const command = ours('bin/sealring-kms-mock.cjs')
const credentials = { accessKeyId: 'any', secretAccessKey: 'any' }

describe('sealring-kms-mock', () => {
  const path = temporaryFolder()
  const started: ChildProcess[] = []
  // Whoever compiled without `npm run build` would test the command of an earlier day.
  before(() => execFileSync(process.execPath, [ours('tools/bundle-command.mjs')]))
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
    for (const option of [
      '--port',
      '--host',
      '--region',
      '--state',
      '--allow-non-loopback',
      '--seed',
      '--json',
      '--transport',
      '--keys',
      '--config',
    ])
      expect(out).to.include(option)
  })

  for (const [what, args, exitCode] of [
    ['an unknown option', ['--nonsense'], 2],
    ['a port that is none', ['--port', 'x'], 2],
    ['a transport that is none', ['--transport', 'x'], 2],
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

  it('--json: nothing but lines of JSON, one per request; --seed fixes key ids', async () => {
    const ids = []
    for (let run = 0; run < 2; run += 1) {
      const child = spawnCommand('--port', '0', '--json', '--seed', 'x')
      let out = ''
      child.stdout!.setEncoding('utf8').on('data', (chunk: string) => {
        out += chunk
      })
      while (!out.includes('\n')) await once(child.stdout!, 'data')
      const url = /"listening":"([^"]+)"/.exec(out)?.[1] ?? ''
      const kms = new KMS({ endpoint: url, region: 'eu-west-1', credentials })
      const { KeyMetadata } = await kms.createKey({})
      ids.push(KeyMetadata?.KeyId)
      await kms.encrypt({ KeyId: KeyMetadata?.KeyId, Plaintext: Buffer.from('the-secret-marker') })
      kms.destroy()
      child.kill('SIGTERM')
      const [code]: unknown[] = await once(child, 'close')
      expect(code).to.equal(0)
      const lines = out
        .trim()
        .split('\n')
        .map((line): unknown => JSON.parse(line))
      expect(lines).to.have.lengthOf(3)
      expect(lines[0]).to.include({ listening: url, state: null })
      const entry = { accountId: '111122223333', region: 'eu-west-1', status: 200 }
      expect(lines[1]).to.deep.include({ ...entry, operation: 'CreateKey', keyArns: [KeyMetadata?.Arn] })
      expect(lines[2]).to.deep.include({ ...entry, operation: 'Encrypt', keyArns: [KeyMetadata?.Arn] })
      expect(out).not.to.include(Buffer.from('the-secret-marker').toString('base64'))
    }
    expect(ids[0]).to.equal(ids[1])
  })

  it('--keys: the keys of a file, or one line that says why not', async () => {
    const keyId = '1234abcd-12ab-34cd-56ef-1234567890ab'
    const key = { region: 'us-east-1', keyId, material: Buffer.alloc(32, 1).toString('base64') }
    await writeFile(path('keys.json'), JSON.stringify({ keys: [key] }))
    await writeFile(path('broken.json'), '{"keys":1}')
    const { url, stop } = await serve('--keys', path('keys.json'))
    const kms = new KMS({ endpoint: url, region: 'us-east-1', credentials })
    expect((await kms.describeKey({ KeyId: keyId })).KeyMetadata?.KeyId).to.equal(keyId)
    kms.destroy()
    await stop('SIGTERM')
    const { code, err } = await runToEnd('--port', '0', '--keys', path('broken.json'))
    expect(code).to.equal(1)
    expect(err).to.match(/^sealring-kms-mock: [^\n]+\n$/)
  })

  it('--config: what JSON can say of the options; an option on the command line decides', async () => {
    const proxy = proxyOf('one')
    const document = {
      accountId: '444455556666',
      region: 'eu-west-1',
      seed: 'config',
      seedOutputs: true,
      transitionMs: 60_000,
      lockTimeoutMs: 1000,
      clock: { start: '2026-01-01T00:00:00Z', frozen: true },
      cloudHsmClusters: [clusterOf('a')],
      xksProxies: [proxy],
    }
    await writeFile(path('config.json'), JSON.stringify(document))
    const { url, stop } = await serve('--config', path('config.json'), '--region', 'eu-north-1')
    const kms = new KMS({ endpoint: url, region: 'eu-north-1', credentials })
    const { KeyMetadata } = await kms.createKey({})
    expect(KeyMetadata?.Arn).to.match(/^arn:aws:kms:eu-north-1:444455556666:/)
    expect(KeyMetadata?.CreationDate).to.deep.equal(new Date('2026-01-01T00:00:00Z'))
    const { CustomKeyStoreId } = await kms.createCustomKeyStore(externalStore(proxy))
    await kms.connectCustomKeyStore({ CustomKeyStoreId })
    const { CustomKeyStores } = await kms.describeCustomKeyStores({ CustomKeyStoreId })
    expect(CustomKeyStores?.[0]?.ConnectionState).to.equal('CONNECTING')
    const inProcess = createKms({ seed: 'config', seedOutputs: true })
    const { Plaintext } = await kms.generateRandom({ NumberOfBytes: 8 })
    const bytes = Buffer.from(Plaintext!)
    expect(await inProcess.handle('GenerateRandom', { NumberOfBytes: 8 })).to.deep.include({
      Plaintext: bytes,
    })
    kms.destroy()
    await stop('SIGTERM')
    await writeFile(path('config.json'), JSON.stringify({ ...document, regoin: 'x' }))
    const { code, err } = await runToEnd('--port', '0', '--config', path('config.json'))
    expect([code, err]).to.deep.equal([
      1,
      `sealring-kms-mock: ${path('config.json')} must NOT have additional properties\n`,
    ])
  })

  it('--state in a folder that is missing: one line with the path and the system’s code', async () => {
    const { code, err } = await runToEnd('--port', '0', '--state', path('missing/state.json'))
    expect(code).to.equal(1)
    expect(err).to.equal(
      `sealring-kms-mock: cannot use the state file ${path('missing/state.json')} (ENOENT)\n`,
    )
  })

  it('SIGTERM: the request under way is answered, then it exits with 0', async () => {
    const child = spawnCommand('--port', '0')
    const [chunk]: unknown[] = await once(child.stdout!, 'data')
    const url = /http:\/\/[^\s]+/.exec(String(chunk))?.[0] ?? ''
    await fetch(`${url}/faults`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"latency":{"milliseconds":200}}',
    })
    const connection = await rawConnection(Number(new URL(url).port))
    await connection.write(
      'POST / HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-amz-json-1.1\r\nX-Amz-Target: TrentService.CreateKey\r\nContent-Length: 0\r\n\r\n',
    )
    // Once this is answered, the request before it has been read.
    await fetch(`${url}/health`)
    child.kill('SIGTERM')
    // Time to arrive by itself: a second signal doesn't cut what the first one left time to.
    await sleep(20)
    child.kill('SIGTERM')
    const [[code], received] = await Promise.all([once(child, 'exit'), connection.untilEnd()])
    expect(code).to.equal(0)
    expect(received).to.match(/^HTTP\/1\.1 200 /)
    connection.socket.destroy()
  })
})
