/** What the encoder must know of an algorithm suite (framework/algorithm-suites.md#supported-algorithm-suites). */
export interface MessageSuite {
  id: number
  format: 1 | 2
  /** Bytes of the data key, and of the key that is derived from it. */
  keyLength: 16 | 24 | 32
  /** Hash of HKDF; without one the data key itself seals. */
  kdfHash?: 'sha256' | 'sha384' | 'sha512'
  signature?: 'P-256' | 'P-384'
}

/** Every suite, as four hexadecimal digits. */
export const suiteLabels = [
  '0014',
  '0046',
  '0078',
  '0114',
  '0146',
  '0178',
  '0214',
  '0346',
  '0378',
  '0478',
  '0578',
] as const
export type SuiteLabel = (typeof suiteLabels)[number]

const format1 = { format: 1 } as const
const committing = { format: 2, keyLength: 32, kdfHash: 'sha512' } as const

export const messageSuites: Readonly<Record<SuiteLabel, MessageSuite>> = {
  '0014': { id: 0x0014, ...format1, keyLength: 16 },
  '0046': { id: 0x0046, ...format1, keyLength: 24 },
  '0078': { id: 0x0078, ...format1, keyLength: 32 },
  '0114': { id: 0x0114, ...format1, keyLength: 16, kdfHash: 'sha256' },
  '0146': { id: 0x0146, ...format1, keyLength: 24, kdfHash: 'sha256' },
  '0178': { id: 0x0178, ...format1, keyLength: 32, kdfHash: 'sha256' },
  '0214': { id: 0x0214, ...format1, keyLength: 16, kdfHash: 'sha256', signature: 'P-256' },
  '0346': { id: 0x0346, ...format1, keyLength: 24, kdfHash: 'sha384', signature: 'P-384' },
  '0378': { id: 0x0378, ...format1, keyLength: 32, kdfHash: 'sha384', signature: 'P-384' },
  '0478': { id: 0x0478, ...committing },
  '0578': { id: 0x0578, ...committing, signature: 'P-384' },
}
