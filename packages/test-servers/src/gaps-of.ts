import { knownFaults } from './known-faults.js'
import type { ServerId } from './known-faults.js'

/** The suites that say what every backend relies on. */
const contract: ReadonlySet<string> = new Set(['protocol', 'backend-conformance'])

/**
 * What servers of one service leave unproven together: cases that none of them passes, or that none passes the whole
 * contract. Empty when there is nothing.
 */
export function gapsOf(servers: readonly ServerId[]): string[] {
  const lists = servers.map((server) => knownFaults(server))
  const [first = [], ...others] = lists.map((faults) =>
    faults.map((fault) => `${fault.suite}: ${fault.case}`),
  )
  const gaps = first
    .filter((name) => others.every((names) => names.includes(name)))
    .map((name) => `no server passes "${name}"`)
  if (!lists.some((faults) => !faults.some(({ suite }) => contract.has(suite))))
    gaps.push('no server passes the whole contract of backends')
  return gaps
}
