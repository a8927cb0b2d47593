import type { CaseRow } from './case-plan.js'
import { committing, whole, wholeFormat1 } from './suite-groups.js'

/** Messages whose header has a field that the format doesn't allow, or ends too early. */
export const badHeaderCases: readonly CaseRow[] = [
  {
    name: 'version',
    code: 'MESSAGE_UNSUPPORTED',
    description: 'Message format version 3',
    suites: whole,
    part: { faults: { version: 3 } },
  },
  {
    name: 'type',
    code: 'MESSAGE_UNSUPPORTED',
    description: 'Message type 0x81',
    suites: wholeFormat1,
    part: { faults: { type: 0x81 } },
  },
  {
    name: 'suite',
    code: 'MESSAGE_UNSUPPORTED',
    description: 'An algorithm suite that does not exist',
    suites: committing,
    part: { faults: { suiteIdInHeader: 0x0678 } },
  },
  {
    name: 'suite',
    code: 'MESSAGE_UNSUPPORTED',
    description: 'An algorithm suite that does not exist',
    suites: wholeFormat1,
    part: { faults: { suiteIdInHeader: 0x0278 } },
  },
  {
    name: 'suite-of-other-format',
    code: 'MESSAGE_UNSUPPORTED',
    description: 'A committing suite in message format 1',
    suites: ['0178'],
    part: { faults: { suiteIdInHeader: 0x0478 } },
  },
  {
    name: 'suite-of-other-format',
    code: 'MESSAGE_UNSUPPORTED',
    description: 'A suite without commitment in message format 2',
    suites: ['0478'],
    part: { faults: { suiteIdInHeader: 0x0178 } },
  },
  {
    name: 'no-data-keys',
    code: 'MESSAGE_NOT_CANONICAL',
    description: 'No encrypted data keys',
    suites: whole,
    part: { wrappings: [] },
  },
  {
    name: 'content-type',
    code: 'MESSAGE_UNSUPPORTED',
    description: 'Content type 3',
    suites: whole,
    part: { faults: { contentType: 3 } },
  },
  {
    name: 'reserved',
    code: 'MESSAGE_NOT_CANONICAL',
    description: 'Reserved bytes that are not zero',
    suites: wholeFormat1,
    part: { faults: { reserved: 1 } },
  },
  {
    name: 'iv-length',
    code: 'MESSAGE_NOT_CANONICAL',
    description: 'An IV length of 16, which no suite has',
    suites: wholeFormat1,
    part: { faults: { ivLength: 16 } },
  },
  {
    name: 'frame-length-zero',
    code: 'MESSAGE_NOT_CANONICAL',
    description: 'Framed, with a frame length of zero',
    suites: whole,
    part: { faults: { frameLengthInHeader: 0 } },
  },
  {
    name: 'cut-in-header',
    code: 'MESSAGE_TRUNCATED',
    description: 'The message ends within its id',
    suites: whole,
    mangle: (message) => message.subarray(0, 12),
  },
  {
    name: 'nothing',
    code: 'MESSAGE_TRUNCATED',
    description: 'No bytes at all',
    suites: ['0478'],
    mangle: () => Buffer.alloc(0),
  },
]
