import { fixedBytes, vectorKeys, vectorNamespace, type CaseRow } from './case-plan.js'
import { flipped, frameLengthAt } from './damage.js'
import { committing, every, whole, wholeFormat1 } from './suite-groups.js'

/** Messages whose header is well-formed, but not what the key authenticates. */
export const badKeyCases: readonly CaseRow[] = [
  {
    name: 'wrong-key',
    code: 'DATA_KEY_NOT_UNWRAPPED',
    description: 'The reader has the key of this name with other material',
    suites: whole,
    part: {
      wrappings: [
        {
          namespace: vectorNamespace,
          name: 'aes-256',
          key: vectorKeys['aes-256-other']!,
          iv: fixedBytes('iv', 12),
        },
      ],
    },
  },
  {
    name: 'data-key-too-short',
    code: 'DATA_KEY_NOT_UNWRAPPED',
    description: 'A data key of 128 bits, where the suite takes 256',
    suites: ['0078', '0178', '0578'],
    part: { dataKey: fixedBytes('short data key', 16) },
  },
  {
    name: 'other-key',
    code: 'NO_DATA_KEY',
    description: 'No data key is wrapped by a key that the reader has',
    suites: committing,
    part: { keyNames: ['aes-256-other'] },
  },
  {
    name: 'context-changed',
    code: 'DATA_KEY_NOT_UNWRAPPED',
    description: 'A character of the encryption context was changed after sealing',
    suites: whole,
    mangle: (message) => flipped(message, message.indexOf('test vector')),
  },
  {
    name: 'commitment',
    code: 'COMMITMENT_MISMATCH',
    description: 'The header commits to another data key, and is authenticated as such',
    suites: committing,
    part: { faults: { commitKey: (right) => flipped(right, 0) } },
  },
  {
    name: 'header-tag',
    code: 'HEADER_UNAUTHENTIC',
    description: 'The frame length was changed after sealing',
    suites: every,
    mangle: (message) => flipped(message, frameLengthAt(message) + 3),
  },
  {
    name: 'header-iv',
    code: 'HEADER_UNAUTHENTIC',
    description: 'The IV of the header was changed after sealing',
    suites: wholeFormat1,
    mangle: (message) => flipped(message, frameLengthAt(message) + 4 + 11),
  },
]
