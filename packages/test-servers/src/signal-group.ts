import { errorCode } from './error-code.js'

/** Signals a process group by its leader; a group that has already gone is no error. */
export function signalGroup(leader: number, signal: NodeJS.Signals): void {
  try {
    // Windows has no process groups: there the leader alone is signalled.
    process.kill(process.platform === 'win32' ? leader : -leader, signal)
  } catch (error) {
    if (errorCode(error) !== 'ESRCH') throw error
  }
}
