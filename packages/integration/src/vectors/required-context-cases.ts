import type { CaseRow, PlanPart } from './case-plan.js'
import { whole, wholeUnsigned } from './suite-groups.js'

/** One pair is stored, one is not. */
const context = { purpose: 'test vector', tenant: 'acme' }
const requiredKeys = ['tenant']
const reproduced = { tenant: 'acme' }
const half: PlanPart = { context, requiredKeys }

/** Of four pairs every second is stored, in the order of their bytes. */
const unicode = { '\uFF5E': 'tilde', '\u{1F511}': 'key', '': 'empty key', ä: 'A\u0308' }

/**
 * Pairs that the message authenticates and doesn't store (framework/required-encryption-context-cmm.md). They stand
 * in the manifest of version 4, which knows what the reader reproduces.
 */
export const requiredContextCases: readonly CaseRow[] = [
  {
    name: 'required',
    description: 'One pair is stored, the reader reproduces the other',
    suites: whole,
    part: half,
    reproduced,
  },
  {
    name: 'required-all',
    description: 'No pair of the caller is stored, the reader reproduces all',
    suites: whole,
    part: { context, requiredKeys: Object.keys(context) },
    reproduced: context,
  },
  {
    name: 'required-none',
    description: 'Every pair is stored, and the reader reproduces one of them',
    suites: whole,
    part: { context },
    reproduced,
  },
  {
    name: 'required-and-stored',
    description: 'Every second pair is stored, the reader reproduces all; several frames',
    suites: whole,
    part: { plaintext: 'frames', context: unicode, requiredKeys: ['', '\u{1F511}'] },
    reproduced: unicode,
  },
  {
    name: 'required-unframed',
    description: 'Unframed; one pair is stored, the reader reproduces the other',
    suites: whole,
    part: { ...half, frameLength: 'unframed' },
    reproduced,
  },
  {
    name: 'required-missing',
    code: 'DATA_KEY_NOT_UNWRAPPED',
    description: 'The reader reproduces nothing',
    suites: whole,
    part: half,
    reproduced: {},
  },
  {
    name: 'required-value',
    code: 'DATA_KEY_NOT_UNWRAPPED',
    description: 'The reader reproduces another value',
    suites: whole,
    part: half,
    reproduced: { tenant: 'evil' },
  },
  {
    name: 'required-too-many',
    code: 'DATA_KEY_NOT_UNWRAPPED',
    description: 'The reader reproduces a pair too many',
    suites: wholeUnsigned,
    part: half,
    reproduced: { ...reproduced, other: 'pair' },
  },
  {
    name: 'required-contradicts',
    code: 'CONTEXT_NOT_REPRODUCED',
    description: 'The reader reproduces another value for a pair that is stored',
    suites: whole,
    part: half,
    reproduced: { ...reproduced, purpose: 'another' },
  },
  {
    name: 'required-missing-in-header',
    code: 'HEADER_UNAUTHENTIC',
    description: 'The reader reproduces nothing; the data key was wrapped under the stored pair alone',
    suites: wholeUnsigned,
    part: { ...half, faults: { wrappedContext: ({ purpose }) => ({ purpose: purpose! }) } },
    reproduced: {},
  },
  {
    name: 'required-not-authenticated',
    code: 'HEADER_UNAUTHENTIC',
    description: 'The tag of the header covers the header body alone',
    suites: whole,
    part: { ...half, faults: { unstoredContext: () => ({}) } },
    reproduced,
  },
  {
    name: 'required-stored-authenticated-twice',
    code: 'HEADER_UNAUTHENTIC',
    description: 'The tag of the header covers every pair behind the header body, the stored one too',
    suites: wholeUnsigned,
    part: { ...half, faults: { unstoredContext: () => context } },
    reproduced,
  },
]
