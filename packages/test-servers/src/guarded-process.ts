import { fork } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { GuardedCommand, GuardReport, GuardRequest } from './guard.js'
import { signalGroup } from './signal-group.js'
import { TestServerError } from './test-server-error.js'

const OUTPUT_KEPT = 4096

/** A server process of ours, alive until `stop()` or the end of this process, whichever comes first. */
export interface GuardedProcess {
  /** Process id of the server as last launched; the leader of its own process group. */
  readonly pid: number
  /** Process id of the guard that ends the server when this process ends. */
  readonly guardPid: number
  /** How the server ended, or undefined while it runs. */
  ended(): string | undefined
  /** The last 4 KiB that the server printed. */
  output(): string
  /** Freezes the server (SIGSTOP): connections are accepted by the kernel and never answered. */
  pause(): void
  /** Lets a frozen server go on (SIGCONT). */
  resume(): void
  /** Ends the server at once (SIGKILL), as a crash would; what it kept in memory is lost. */
  kill(): Promise<void>
  /** Launches the server again after it has ended, with the same command and the same data folder. */
  relaunch(): Promise<void>
  /** Ends server and guard and removes the data folder; may be called more than once. */
  stop(): Promise<void>
}

/** A new folder name for a server's data; the guard creates and removes it. */
export function dataFolder(): string {
  return join(tmpdir(), `sealring-test-server-${randomUUID()}`)
}

/**
 * Launches a command under a guard. Resolves once the process exists, not when it answers.
 * Throws `SERVER_START_FAILED` when the command can't be run.
 */
export async function startGuarded(command: GuardedCommand): Promise<GuardedProcess> {
  // Loaders, inspectors and coverage of the tests are none of the server's business.
  const { NODE_OPTIONS: _options, NODE_V8_COVERAGE: _coverage, ...env } = process.env
  const guard = fork(fileURLToPath(new URL('./guard.js', import.meta.url)), [JSON.stringify(command)], {
    env,
    execArgv: [],
    // Out of our process group, so that killing the whole group doesn't take the guard before its work is done.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  const gone = once(guard, 'exit')
  let output = ''
  for (const stream of [guard.stdout!, guard.stderr!]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-OUTPUT_KEPT)
    })
  }
  let pid: number | undefined
  let ended: string | undefined
  guard.on('message', (report: GuardReport) => {
    if ('pid' in report) {
      pid = report.pid
      ended = undefined
    } else ended = report.ended
  })
  guard.once('exit', () => {
    // The guard leaves only after its server; killed from outside it didn't, so we do its work.
    if (ended === undefined && pid !== undefined) signalGroup(pid, 'SIGKILL')
    ended ??= 'guard ended'
    rmSync(command.folder, { recursive: true, force: true, maxRetries: 5 })
  })
  const stop = async (): Promise<void> => {
    if (guard.exitCode === null && guard.signalCode === null) {
      guard.ref()
      if (guard.connected) guard.disconnect()
      await gone
    }
  }
  await Promise.race([once(guard, 'message'), gone])
  if (pid === undefined) {
    await stop()
    throw new TestServerError('SERVER_START_FAILED', `${command.command}: ${ended ?? 'not started'}`)
  }
  /** The guard's next report, or its end, while this process waits for it. */
  const reportOn = async (act: () => void): Promise<void> => {
    const reported = once(guard, 'message')
    guard.ref()
    guard.channel?.ref()
    act()
    await Promise.race([reported, gone])
    guard.unref()
    guard.channel?.unref()
  }
  // A forgotten stop() must not keep the tests from ending; the guard sees to the server then.
  guard.unref()
  guard.channel?.unref()
  for (const stream of [guard.stdout!, guard.stderr!]) if (stream instanceof Socket) stream.unref()
  return {
    get pid() {
      return pid!
    },
    guardPid: guard.pid!,
    ended: () => ended,
    output: () => output,
    pause: () => signalGroup(pid!, 'SIGSTOP'),
    resume: () => signalGroup(pid!, 'SIGCONT'),
    async kill() {
      if (ended === undefined) await reportOn(() => signalGroup(pid!, 'SIGKILL'))
    },
    async relaunch() {
      await reportOn(() => guard.send('launch' satisfies GuardRequest))
    },
    stop,
  }
}
