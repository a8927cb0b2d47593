import { randomUUID } from 'node:crypto'
import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'
import { errorCode } from '../error-code.js'

/** Who holds a lock. */
export interface LockHolder {
  /** Unique to one acquisition. */
  token: string
  pid: number
  /** When the process started, in the kernel's own words; empty where the system doesn't tell. */
  start: string
  /** Machine and process namespace: elsewhere, a pid means nothing. */
  machine: string
}

/** Runs a look at the system that may not be possible here; `''` then. */
const tell = (look: () => string): string => {
  try {
    return look()
  } catch {
    // No /proc (macOS, Windows), or no such process: the caller falls back on the pid alone.
    return ''
  }
}

// proc_pid_stat(5): field 22 is the start time; the command name before it may hold spaces and parentheses.
const startOf = (pid: number): string =>
  tell(
    () =>
      readFileSync(`/proc/${pid}/stat`, 'utf8')
        .replace(/^.*\) /s, '')
        .split(' ')[19] ?? '',
  )

const machine = (): string => `${hostname()} ${tell(() => readlinkSync('/proc/self/ns/pid'))}`.trim()

/** This process, about to take a lock. */
export const thisHolder = (): LockHolder => ({
  token: randomUUID(),
  pid: process.pid,
  start: startOf(process.pid),
  machine: machine(),
})

/** Reads what {@link thisHolder} wrote; `undefined` for anything else. */
export const parseHolder = (text: string): LockHolder | undefined => {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    // Not ours: nobody may break it, and the waiting process will say so.
    return undefined
  }
  const { token, pid, start, machine } = (value ?? {}) as Partial<LockHolder>
  if (typeof token !== 'string' || typeof start !== 'string' || typeof machine !== 'string') return undefined
  return Number.isInteger(pid) ? { token, pid: pid!, start, machine } : undefined
}

const isRunning = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // EPERM: it runs, as somebody else's.
    return errorCode(error) === 'EPERM'
  }
}

/** Whether the holder's process is certainly gone. A holder on another machine never is. */
export const isGone = (holder: LockHolder): boolean => {
  if (holder.machine !== machine()) return false
  return !isRunning(holder.pid) || startOf(holder.pid) !== holder.start
}
