import { MultiKeyringNode } from '@aws-crypto/material-management-node'
import {
  cachingMaterialsManager,
  rawAesKeyring,
  requiredEncryptionContextManager,
} from '@sealring/core/keyring'
import type { Bench } from './attempt.js'
import type { CorpusEntry } from './corpus.js'
import { dataKeyKeyring, directDataKeyKeyring } from './data-key-keyrings.js'
import type { FuzzedEngine } from './engine.js'
import { labelledBytes } from './fuzz-suites.js'
import { wrappingKey } from './raw-aes-entry.js'
import { checkReference } from './reference.js'
import { hasStream } from './stream-targets.js'

export function makeBench(
  engine: FuzzedEngine,
  corpus: readonly CorpusEntry[],
  count: Bench['count'],
): Bench {
  checkReference(corpus)
  const recorded = new Map(corpus.map(({ message, plaintext }) => [message.toString('latin1'), plaintext]))
  const commitmentPolicy = 'REQUIRE_ENCRYPT_ALLOW_DECRYPT'
  const rawAes = rawAesKeyring(wrappingKey)
  const another = rawAesKeyring({ namespace: 'other', name: 'other', key: labelledBytes('other key', 16) })
  const usual = engine.buildClient({ commitmentPolicy })
  const direct = directDataKeyKeyring()
  return {
    engine,
    clients: {
      usual,
      strict: engine.buildClient({}),
      unsorted: engine.buildClient({ commitmentPolicy, acceptUnsortedContext: true }),
    },
    keyrings: {
      direct,
      throughAwsClasses: dataKeyKeyring(),
      rawAes,
      several: new MultiKeyringNode({ children: [another, rawAes] }),
      cached: cachingMaterialsManager({ keyring: rawAes, maxAge: 3_600_000 }),
      requiring: requiredEncryptionContextManager({ keyring: direct, requiredKeys: ['tenant'] }),
    },
    streams: hasStream(usual, direct, 'decryptStream'),
    recorded: (message) => recorded.get(message.toString('latin1')),
    count,
  }
}
