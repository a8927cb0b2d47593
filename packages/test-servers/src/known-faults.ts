import { readFileSync } from 'node:fs'
import type { Service } from './server-kind.js'
import { TestServerError } from './test-server-error.js'

/** One case of a suite that a server is known to fail. */
export interface KnownFault {
  /** `protocol` is this package's own suite; other packages name theirs. */
  readonly suite: string
  readonly case: string
  readonly reason: string
}

/** A server, as its kind or as it runs. */
export interface ServerId {
  readonly service: Service
  readonly id: string
}

/** How one case of a suite is titled, run and judged on one server. */
export interface FaultList {
  /** The case's name; where it is a known fault, followed by the reason, so that every report shows it. */
  title(caseName: string): string
  /**
   * Runs a case. Not listed: passes or fails as `run` does. Listed: passes when `run` fails, and throws
   * `KNOWN_FAULT_PASSED` when it doesn't, so that the list never outlives the fault.
   */
  expect(caseName: string, run: () => unknown): Promise<void>
  /** Throws `KNOWN_FAULT_STALE` when the list names a case that is not among those of the suite. */
  assertCasesExist(caseNames: readonly string[]): void
}

/**
 * The checked-in faults of a server, from `src/known-faults/<service>/<id>.json`.
 * A server from the environment has none: what it fails, it fails.
 */
export function knownFaults({ service, id }: ServerId): readonly KnownFault[] {
  if (id === 'environment') return []
  const file = new URL(`../src/known-faults/${service}/${id}.json`, import.meta.url)
  const list: { faults: KnownFault[] } = JSON.parse(readFileSync(file, 'utf8'))
  return list.faults
}

/** The known faults of a server in one suite, as a judge of that suite's cases. */
export function faultList(server: ServerId, suite: string): FaultList {
  const reasons = new Map(
    knownFaults(server)
      .filter((fault) => fault.suite === suite)
      .map((fault) => [fault.case, fault.reason]),
  )
  return {
    title: (caseName) =>
      reasons.has(caseName)
        ? `${caseName} [known fault of ${server.id}: ${reasons.get(caseName)}]`
        : caseName,
    async expect(caseName, run) {
      if (!reasons.has(caseName)) {
        await run()
        return
      }
      let failed = false
      try {
        await run()
      } catch {
        failed = true
      }
      if (!failed) {
        throw new TestServerError(
          'KNOWN_FAULT_PASSED',
          `${server.id} passes "${caseName}": take it off known-faults/${server.service}/${server.id}.json`,
        )
      }
    },
    assertCasesExist(caseNames) {
      const stale = [...reasons.keys()].filter((name) => !caseNames.includes(name))
      if (stale.length > 0) {
        throw new TestServerError(
          'KNOWN_FAULT_STALE',
          `known-faults/${server.service}/${server.id}.json lists cases that ${suite} doesn't have: ${stale.join(', ')}`,
        )
      }
    },
  }
}
