import type { Bench, Target } from './attempt.js'
import { inspectTargets } from './inspect-targets.js'
import { rangeTarget } from './range-target.js'
import { limitTarget } from './limit-target.js'
import { streamTargets } from './stream-targets.js'
import { variantTargets } from './variant-targets.js'

/** Everything that reads messages. `decrypt` itself comes first: all of these are compared with it. */
const targets: readonly Target[] = [
  ...inspectTargets,
  ...variantTargets,
  limitTarget,
  ...streamTargets,
  rangeTarget,
]

/** For people; `decrypt` is among them. */
export interface TargetNames {
  readonly present: readonly string[]
  readonly absent: readonly string[]
}

export interface FoundTargets {
  readonly present: readonly Target[]
  readonly names: TargetNames
}

/** Those that the engine has. */
export function findTargets(bench: Bench): FoundTargets {
  const present = targets.filter(({ isThere }) => isThere(bench))
  const absent = targets.filter((target) => !present.includes(target))
  const names = (found: readonly Target[]) => found.map(({ name }) => name)
  return {
    present,
    names: { present: ['decrypt', ...names(present)], absent: names(absent) },
  }
}
