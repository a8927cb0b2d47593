import { checkWhole } from './check-whole.js'

export interface RetryBudgetOptions {
  /** Retries that may be made before any call has succeeded, and the most that can be saved up. Default 100. */
  retries?: number
  /** Calls that must succeed to pay for one retry. Default 5: where calls go on failing, one in five is the most. */
  successesPerRetry?: number
}

export interface RetryBudget {
  /** Pay for a retry; false when there is nothing left. */
  spend(): boolean
  /** A call has succeeded. */
  earn(): void
}

/** Bounds retries over all calls: never more than `retries`, and one for each `successesPerRetry` successes. */
export function retryBudget({ retries = 100, successesPerRetry = 5 }: RetryBudgetOptions = {}): RetryBudget {
  const cost = checkWhole('budget.successesPerRetry', successesPerRetry, 1, 1_000_000)
  const capacity = checkWhole('budget.retries', retries, 0, 1_000_000) * cost
  let saved = capacity
  return {
    spend() {
      if (saved < cost) return false
      saved -= cost
      return true
    },
    earn() {
      saved = Math.min(saved + 1, capacity)
    },
  }
}
