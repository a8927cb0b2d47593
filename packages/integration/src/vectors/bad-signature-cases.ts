import type { CaseRow } from './case-plan.js'
import { flipped } from './damage.js'
import { lengthPrefixed } from './message-fields.js'
import { signed, wholeUnsigned } from './suite-groups.js'

/** Messages that must be refused for their signature or their public key. */
export const badSignatureCases: readonly CaseRow[] = [
  {
    name: 'signature',
    code: 'SIGNATURE_INVALID',
    description: 'The signature is that of another message',
    suites: signed,
    part: { faults: { signature: (right) => flipped(right, -1) } },
  },
  {
    name: 'signature-empty',
    code: 'SIGNATURE_INVALID',
    description: 'A footer without a signature',
    suites: ['0378', '0578'],
    part: { faults: { signature: () => Buffer.alloc(0) } },
  },
  {
    name: 'signature-trailing-byte',
    code: 'SIGNATURE_INVALID',
    description: 'A byte follows the signature within the footer',
    suites: signed,
    part: { faults: { signature: (right) => Buffer.concat([right, Buffer.alloc(1)]) } },
  },
  {
    name: 'footer-missing',
    code: 'MESSAGE_TRUNCATED',
    description: 'A signed message without its footer',
    suites: signed,
    part: { faults: { signature: () => undefined } },
  },
  {
    name: 'footer-unsigned',
    code: 'MESSAGE_TRAILING_BYTES',
    description: 'A footer behind a message that its suite does not sign',
    suites: wholeUnsigned,
    mangle: (message) => Buffer.concat([message, lengthPrefixed(Buffer.alloc(70))]),
  },
  {
    name: 'public-key-missing',
    code: 'SIGNATURE_INVALID',
    description: 'A signed message without a public key',
    suites: signed,
    part: { faults: { publicKey: () => undefined } },
  },
  {
    name: 'public-key-uncompressed',
    code: 'SIGNATURE_INVALID',
    description: 'The public key is an uncompressed point',
    suites: signed,
    part: { faults: { publicKey: (_, uncompressed) => uncompressed } },
  },
  {
    name: 'public-key-no-point',
    code: 'SIGNATURE_INVALID',
    description: 'The public key is no point of the curve',
    suites: signed,
    part: {
      faults: {
        // No coordinate is that large.
        publicKey: ({ length }) => Buffer.concat([Buffer.of(2), Buffer.alloc(length - 1, 0xff)]),
      },
    },
  },
]
