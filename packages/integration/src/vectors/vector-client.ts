import { buildClient, CommitmentPolicy } from '@sealring/core/envelope'
import type { VectorClient } from './read-message.js'

/** The engine, as official messages need it: those of the suites without commitment are read. */
export function vectorClient(): VectorClient {
  return buildClient(CommitmentPolicy.REQUIRE_ENCRYPT_ALLOW_DECRYPT)
}
