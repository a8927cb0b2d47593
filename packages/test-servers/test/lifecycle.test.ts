import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, readlink, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { dynamodbServerKinds, s3ServerKinds, startS3 } from '@sealring/test-servers'
import type { RunningServer } from '@sealring/test-servers'
import { expect } from 'chai'
import { after, afterEach, before, beforeEach, describe, it } from 'mocha'
import { answersHttp } from '#src/answers-http.js'
import { errorCode } from '#src/error-code.js'

interface Started {
  readonly endpoint: string
  readonly pid: number
  readonly guardPid: number
}

const SCRIPT = fileURLToPath(new URL('./start-servers.js', import.meta.url))

async function isAlive(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0)
    if (process.platform !== 'linux') return true
    // Ended, and not yet noticed by init (state Z): that is no process any more.
    return !/^State:\s+Z/m.test(await readFile(`/proc/${pid}/status`, 'utf8'))
  } catch (error) {
    if (errorCode(error) !== 'ESRCH' && errorCode(error) !== 'ENOENT') throw error
    return false
  }
}

async function eventually(what: string, holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 30_000
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`not within 30 s: ${what}`)
    await sleep(25)
  }
}

/** Processes that work inside a folder, as Linux tells; elsewhere none are seen. */
async function processesIn(folder: string): Promise<string[]> {
  if (process.platform !== 'linux') return []
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  // A process that ends while we look has no cwd any more.
  const folders = await Promise.all(pids.map((pid) => readlink(`/proc/${pid}/cwd`).catch(() => '')))
  return pids.filter((_, index) => folders[index]!.startsWith(folder))
}

describe('lifecycle of a server', () => {
  let folder: string
  let script: ChildProcess | undefined

  beforeEach(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), 'sealring-lifecycle-')))
  })

  afterEach(async () => {
    script?.kill('SIGKILL')
    await rm(folder, { recursive: true, force: true })
  })

  function runScript(ending: string): ChildProcess {
    const { SEALRING_TEST_S3_ENDPOINT: _s3, SEALRING_TEST_DYNAMODB_ENDPOINT: _dynamodb, ...env } = process.env
    script = fork(SCRIPT, [ending], {
      cwd: folder,
      env: { ...env, TMPDIR: folder },
      detached: true,
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    })
    return script
  }

  async function startedBy(child: ChildProcess): Promise<Started[]> {
    const [servers]: Started[][] = await once(child, 'message')
    return servers!
  }

  /** No server, no guard, no open port and no data is left. */
  async function expectNothingLeft(servers: readonly Started[]): Promise<void> {
    const pids = servers.flatMap(({ pid, guardPid }) => [pid, guardPid])
    await eventually(
      'all processes have ended',
      async () => !(await Promise.all(pids.map(isAlive))).includes(true),
    )
    await eventually('no process is left', async () => (await processesIn(folder)).length === 0)
    const answers = await Promise.all(servers.map(({ endpoint }) => answersHttp(endpoint)))
    expect(answers).not.to.include(true)
    expect(await readdir(folder)).to.deep.equal([])
  }

  const ENDINGS: readonly {
    readonly name: string
    readonly ending: string
    readonly end?: (script: ChildProcess) => void
  }[] = [
    { name: 'returns without stop()', ending: 'return' },
    { name: 'throws', ending: 'throw' },
    { name: 'is interrupted (SIGINT)', ending: 'wait', end: (child) => child.kill('SIGINT') },
    { name: 'is terminated (SIGTERM)', ending: 'wait', end: (child) => child.kill('SIGTERM') },
    { name: 'is killed (SIGKILL)', ending: 'wait', end: (child) => child.kill('SIGKILL') },
    {
      name: 'is killed with its process group',
      ending: 'wait',
      end: (child) => process.kill(-child.pid!, 'SIGKILL'),
    },
    {
      name: 'is killed while its servers are paused',
      ending: 'pause',
      end: (child) => child.kill('SIGKILL'),
    },
  ]
  for (const { name, ending, end } of ENDINGS) {
    it(`nothing is left when the program ${name}`, async () => {
      const child = runScript(ending)
      const servers = await startedBy(child)
      expect(servers).to.have.length(2)
      end?.(child)
      await expectNothingLeft(servers)
    })
  }

  it('nothing is left when the program is killed while they start', async () => {
    for (const milliseconds of [40, 80, 120, 160, 200, 250, 300, 400]) {
      const child = runScript('wait')
      await sleep(milliseconds)
      const gone = once(child, 'exit')
      child.kill('SIGKILL')
      // It starts no more guards, so that none is overlooked.
      await gone
      // Where processes can't be seen: a guard that was being started sees its parent gone only once it runs.
      if (process.platform !== 'linux') await sleep(2000)
      await expectNothingLeft([])
    }
  })

  /** Runs with the folder of this case as the system's temporary folder. */
  async function inFolder<Result>(run: () => Promise<Result>): Promise<Result> {
    const previous = process.env['TMPDIR']
    process.env['TMPDIR'] = folder
    try {
      return await run()
    } finally {
      if (previous === undefined) delete process.env['TMPDIR']
      else process.env['TMPDIR'] = previous
    }
  }

  const started = ({ endpoint, process }: RunningServer): Started => ({
    endpoint,
    pid: process!.pid,
    guardPid: process!.guardPid,
  })

  it('nothing is left when a guard is killed', async () => {
    const server = await inFolder(() => startS3('s3rver'))
    process.kill(server.process!.guardPid, 'SIGKILL')
    await expectNothingLeft([started(server)])
    await server.stop()
  })

  for (const kind of [...s3ServerKinds(), ...dynamodbServerKinds()]) {
    describe(`${kind.service} ${kind.id}`, () => {
      let reason: string | undefined

      before(async () => {
        reason = await kind.unavailable()
      })

      it('starts twice at once, stops twice, leaves nothing', async function () {
        if (reason !== undefined) {
          this.test!.title += ` (not here: ${reason})`
          this.skip()
        }
        const servers = await inFolder(() => Promise.all([kind.start(), kind.start()]))
        expect(servers[0].endpoint).not.to.equal(servers[1].endpoint)
        for (const server of servers) {
          await server.stop()
          await server.stop()
        }
        await expectNothingLeft(servers.map(started))
      })
    })
  }

  describe('outages', () => {
    let server: Awaited<ReturnType<typeof startS3>>

    before(async () => {
      server = await startS3('s3rver')
    })

    after(() => server.stop())

    it('a paused server is silent, and answers again', async () => {
      server.process!.pause()
      expect(await answersHttp(server.endpoint)).to.equal(false)
      server.process!.resume()
      await eventually('it answers again', () => answersHttp(server.endpoint))
    })

    it('a killed server refuses connections, and starts again where it was', async () => {
      const { pid } = server.process!
      await server.process!.kill()
      await server.process!.kill()
      expect(await answersHttp(server.endpoint)).to.equal(false)
      await server.process!.restart()
      expect(server.process!.pid).not.to.equal(pid)
      await eventually('it answers again', () => answersHttp(server.endpoint))
    })
  })
})
