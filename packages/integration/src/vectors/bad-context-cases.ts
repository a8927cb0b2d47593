import { fixedBytes, type CaseRow } from './case-plan.js'
import { serializePairs, u16 } from './message-fields.js'
import { unsigned, wholeUnsigned } from './suite-groups.js'

/** Messages whose encryption context is not written as the format wants it. */
export const badContextCases: readonly CaseRow[] = [
  {
    name: 'context-duplicate',
    code: 'MESSAGE_NOT_CANONICAL',
    description: 'The encryption context names one key twice',
    suites: wholeUnsigned,
    part: {
      faults: {
        storedContext: () =>
          serializePairs([
            ['purpose', 'test vector'],
            ['purpose', 'test vector'],
          ]),
      },
    },
  },
  {
    name: 'context-unsorted',
    code: 'MESSAGE_NOT_CANONICAL',
    description: 'The pairs of the encryption context are not in the order of their keys',
    suites: wholeUnsigned,
    part: {
      context: { a: '1', b: '2' },
      faults: {
        storedContext: () =>
          serializePairs([
            ['b', '2'],
            ['a', '1'],
          ]),
      },
    },
  },
  {
    name: 'context-trailing-byte',
    code: 'MESSAGE_NOT_CANONICAL',
    description: 'The last pair ends before the encryption context does',
    suites: wholeUnsigned,
    part: { faults: { storedContext: (right) => Buffer.concat([right, Buffer.alloc(1)]) } },
  },
  {
    name: 'context-present-but-empty',
    code: 'MESSAGE_NOT_CANONICAL',
    description: 'An encryption context of no pairs has two bytes, that say so',
    suites: wholeUnsigned,
    part: { context: {}, faults: { storedContext: () => u16(0) } },
  },
  {
    name: 'context-count',
    code: 'MESSAGE_NOT_CANONICAL',
    description: 'The encryption context counts one pair more than it has',
    suites: wholeUnsigned,
    part: { faults: { storedContext: (right) => Buffer.concat([u16(2), right.subarray(2)]) } },
  },
  {
    name: 'context-not-utf8',
    code: 'MESSAGE_NOT_CANONICAL',
    description: 'A value of the encryption context is not UTF-8',
    suites: wholeUnsigned,
    part: { faults: { storedContext: (right) => Buffer.concat([right.subarray(0, -1), Buffer.of(0xff)]) } },
  },
  {
    name: 'public-key-unsigned',
    code: 'MESSAGE_NOT_CANONICAL',
    description: 'A public key in the encryption context of a suite that signs nothing',
    suites: unsigned,
    part: {
      context: {
        'aws-crypto-public-key': Buffer.concat([Buffer.of(2), fixedBytes('point', 48)]).toString('base64'),
        purpose: 'test vector',
      },
    },
  },
]
