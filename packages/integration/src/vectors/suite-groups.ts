import { messageSuites, suiteLabels, type SuiteLabel } from './message-suites.js'

// Which suites a case is made for.
export const every = suiteLabels
export const signed = every.filter((label) => messageSuites[label].signature)
export const unsigned = every.filter((label) => !messageSuites[label].signature)

/** Of each format the unsigned and the signed suite with the longest keys: they get nearly every case. */
export const whole = ['0178', '0378', '0478', '0578'] as const satisfies SuiteLabel[]
export const wholeUnsigned = ['0178', '0478'] as const satisfies SuiteLabel[]
export const wholeFormat1 = ['0178', '0378'] as const satisfies SuiteLabel[]
export const committing = ['0478', '0578'] as const satisfies SuiteLabel[]
