import { AlgorithmSuiteIdentifier, CommitmentPolicy } from '@aws-crypto/client-node'
import { keyring, text } from './fixture.js'
import { gives, parity, refuses, type Outcome, type Row } from './parity.js'
import { collect } from './stream-log.js'
import { theirs } from './sides.js'

interface Suite {
  readonly id: AlgorithmSuiteIdentifier
  readonly name: string
  readonly committing: boolean
  readonly signed: boolean
}

const suites = Object.entries(AlgorithmSuiteIdentifier)
  .filter((entry): entry is [string, AlgorithmSuiteIdentifier] => typeof entry[1] === 'number')
  .map(([name, id]): Suite => ({
    id,
    name: id.toString(16).padStart(4, '0'),
    committing: name.includes('COMMIT'),
    signed: name.includes('ECDSA'),
  }))

const allowed: Readonly<
  Record<CommitmentPolicy, { write: (suite: Suite) => boolean; read: (suite: Suite) => boolean }>
> = {
  FORBID_ENCRYPT_ALLOW_DECRYPT: { write: ({ committing }) => !committing, read: () => true },
  REQUIRE_ENCRYPT_ALLOW_DECRYPT: { write: ({ committing }) => committing, read: () => true },
  REQUIRE_ENCRYPT_REQUIRE_DECRYPT: {
    write: ({ committing }) => committing,
    read: ({ committing }) => committing,
  },
}

const forbidden = refuses('SUITE_NOT_ALLOWED')
const when = (allowed: boolean, outcome: Outcome): Outcome => (allowed ? outcome : forbidden)

const written = new Map<AlgorithmSuiteIdentifier, Buffer>()
for (const { id, committing } of suites) {
  const { result } = await theirs[committing ? 'client' : 'older'].encrypt(keyring, text, {
    suiteId: id,
    frameLength: 4,
  })
  written.set(id, result)
}

for (const policy of Object.values(CommitmentPolicy)) {
  parity(
    policy,
    suites.flatMap((suite): Row[] => {
      const { id, name, signed } = suite
      const write = allowed[policy].write(suite)
      const read = allowed[policy].read(suite)
      const message = written.get(id)!
      return [
        {
          what: `encrypt ${name}`,
          both: when(write, gives([id, text])),
          run: async ({ engine }) => {
            const { result, messageHeader } = await engine
              .buildClient(policy)
              .encrypt(keyring, text, { suiteId: id, frameLength: 4 })
            return [messageHeader.suiteId, (await theirs.older.decrypt(keyring, result)).plaintext.toString()]
          },
        },
        {
          what: `encryptStream ${name}`,
          both: when(write, gives(text)),
          run: async ({ engine }) => {
            const stream = engine.buildClient(policy).encryptStream(keyring, { suiteId: id, frameLength: 4 })
            stream.end(text)
            return (await theirs.older.decrypt(keyring, await collect(stream))).plaintext.toString()
          },
        },
        {
          what: `decrypt ${name}`,
          both: when(read, gives([id, text])),
          run: async ({ engine }) => {
            const { plaintext, messageHeader } = await engine.buildClient(policy).decrypt(keyring, message)
            return [messageHeader.suiteId, plaintext.toString()]
          },
        },
        {
          what: `decryptStream ${name}`,
          both: when(read, gives(text)),
          run: async ({ engine }) => {
            const stream = engine.buildClient(policy).decryptStream(keyring)
            stream.end(message)
            return (await collect(stream)).toString()
          },
        },
        {
          what: `decryptUnsignedMessageStream ${name}`,
          both: when(read && !signed, gives(text)),
          run: async ({ engine }) => {
            const stream = engine.buildClient(policy).decryptUnsignedMessageStream(keyring)
            stream.end(message)
            return (await collect(stream)).toString()
          },
        },
      ]
    }),
  )
}

parity(
  'the suite when none is asked for',
  Object.values(CommitmentPolicy).map((policy): Row => ({
    what: policy,
    both: gives(policy === CommitmentPolicy.FORBID_ENCRYPT_ALLOW_DECRYPT ? 0x0378 : 0x0578),
    run: async ({ engine }) =>
      (await engine.buildClient(policy).encrypt(keyring, text)).messageHeader.suiteId,
  })),
)
