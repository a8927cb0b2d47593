/**
 * A process of its own between the tests and one server. It outlives a killed parent just long enough to kill
 * the server and remove its data folder: the IPC channel closes however the parent ends, SIGKILL included.
 */
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { signalGroup } from './signal-group.js'

/** What a guard launches; passed to it as JSON in its first argument. */
export interface GuardedCommand {
  readonly command: string
  readonly args: readonly string[]
  /** Added to the environment of the parent. */
  readonly env?: Readonly<Record<string, string>>
  /** Folders to create inside `folder`. */
  readonly folders?: readonly string[]
  /** Data folder: created before the server starts, removed after it has gone. */
  readonly folder: string
}

/** What a guard tells its parent. */
export type GuardReport =
  | { readonly pid: number }
  | { readonly ended: string; readonly code: number | null; readonly signal: NodeJS.Signals | null }

/** What a parent asks of its guard: to launch the server again, in the same folder, after it has ended. */
export type GuardRequest = 'launch'

function guard({ command, args, env, folder, folders = [] }: GuardedCommand): void {
  for (const name of ['.', ...folders]) mkdirSync(join(folder, name), { recursive: true })
  let running: ChildProcess | undefined
  let ending = false
  const leave = (): void => {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
    process.exit(0)
  }
  const end = (): void => {
    if (ending) return
    ending = true
    if (running?.pid === undefined) return leave()
    running.once('exit', leave)
    // Nothing a test server holds is worth a polite shutdown, and a stopped (SIGSTOP) one only obeys SIGKILL.
    signalGroup(running.pid, 'SIGKILL')
  }
  const report = (message: GuardReport): void => {
    // Without the callback, a parent that ended just now ends us with an uncaught EPIPE, our work undone.
    process.send?.(message, undefined, undefined, (error) => {
      if (error !== null) end()
    })
  }
  const launch = (): void => {
    // A group of its own: the server is signalled with all its workers, and never by the terminal's Ctrl-C.
    const server = spawn(command, args, {
      cwd: folder,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'inherit', 'inherit'],
      detached: true,
    })
    running = server
    server.once('error', (error) => {
      running = undefined
      report({ ended: error.message, code: null, signal: null })
    })
    server.once('exit', (code, signal) => {
      running = undefined
      report({ ended: `exit ${signal ?? code}`, code, signal })
    })
    if (server.pid !== undefined) report({ pid: server.pid })
  }
  process.once('disconnect', end)
  process.once('SIGTERM', end)
  process.on('SIGINT', () => undefined)
  process.on('SIGHUP', () => undefined)
  process.on('message', (request: GuardRequest) => {
    if (request === 'launch' && running === undefined) launch()
  })
  launch()
  if (!process.connected) end()
}

const command: GuardedCommand = JSON.parse(process.argv[2]!)
guard(command)
