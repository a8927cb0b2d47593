import { badBodyCases } from './bad-body-cases.js'
import { badContextCases } from './bad-context-cases.js'
import { badHeaderCases } from './bad-header-cases.js'
import { badKeyCases } from './bad-key-cases.js'
import { badSignatureCases } from './bad-signature-cases.js'
import { planOf, type CaseRow, type PlaintextName } from './case-plan.js'
import { goodCases } from './good-cases.js'
import type { Context, MessagePlan } from './message-plan.js'
import { messageSuites, suiteLabels, type MessageSuite, type SuiteLabel } from './message-suites.js'
import { requiredContextCases } from './required-context-cases.js'

/** A vector before it is encoded. */
export interface VectorCase {
  id: string
  description: string
  suite: SuiteLabel
  plan: MessagePlan
  plaintext: PlaintextName
  /** The keys that the reader is given. */
  keys: readonly string[]
  /** The pairs that the reader reproduces. */
  reproduced?: Context
  /** Our error code, and why every reader must refuse it; absent where the message opens. */
  error?: { code: string; description: string }
  /** Applied to the finished message. */
  mangle?: (message: Buffer) => Buffer
}

const rows: readonly CaseRow[] = [
  ...goodCases,
  ...badHeaderCases,
  ...badContextCases,
  ...badKeyCases,
  ...badBodyCases,
  ...badSignatureCases,
  ...requiredContextCases,
]

const titleOf = ({ format, keyLength, kdfHash, signature }: MessageSuite): string =>
  [
    `AES-${keyLength * 8}`,
    format === 2 && 'committing',
    kdfHash ? `HKDF-${kdfHash.toUpperCase()}` : 'no KDF',
    signature ? `signed on ${signature}` : 'unsigned',
  ]
    .filter(Boolean)
    .join(', ')

function vectorCase(row: CaseRow, label: SuiteLabel): VectorCase {
  const { name, code, description, part = {}, keys = ['aes-256'], reproduced, mangle } = row
  const id = `${label}-${code ? 'bad-' : ''}${name}`
  return {
    id,
    description: `${description} (${titleOf(messageSuites[label])})`,
    suite: label,
    plan: planOf(id, label, part),
    plaintext: part.plaintext ?? 'sentence',
    keys,
    ...(reproduced && { reproduced }),
    ...(code && { error: { code, description } }),
    ...(mangle && { mangle }),
  }
}

/** Every vector, in the order of the manifests. */
export const vectorCases: readonly VectorCase[] = suiteLabels.flatMap((label) =>
  rows.filter(({ suites }) => suites.includes(label)).map((row) => vectorCase(row, label)),
)
