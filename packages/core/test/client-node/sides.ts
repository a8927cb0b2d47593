import * as clientNode from '@aws-crypto/client-node'
import * as dropIn from '@sealring/core/client-node'

/** What differs between the two; everything else is the same object in both. */
export type Engine = Pick<typeof clientNode, 'buildClient' | 'buildEncrypt' | 'buildDecrypt'>
export type Client = ReturnType<typeof clientNode.buildClient>

export interface Side {
  readonly name: 'client-node' | 'sealring'
  /** Ours is held to their types: `engine: dropIn` would not compile otherwise. */
  readonly engine: Engine
  /** Writes committing suites and reads all. */
  readonly client: Client
  /** Writes suites without commitment and reads all. */
  readonly older: Client
}

function side(name: Side['name'], engine: Engine): Side {
  const { REQUIRE_ENCRYPT_ALLOW_DECRYPT, FORBID_ENCRYPT_ALLOW_DECRYPT } = clientNode.CommitmentPolicy
  return {
    name,
    engine,
    client: engine.buildClient(REQUIRE_ENCRYPT_ALLOW_DECRYPT),
    older: engine.buildClient(FORBID_ENCRYPT_ALLOW_DECRYPT),
  }
}

export const theirs = side('client-node', clientNode)
export const ours = side('sealring', dropIn)
export const sides = [theirs, ours] as const
