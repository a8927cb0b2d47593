import type { KeyringFixture } from '@sealring/core/conformance'
import { hierarchicalKeyring } from '@sealring/core/keyring'
import { branchKeyFixture, type BranchKeyFixture } from '../branch-keys/branch-key-fixture.js'

export interface HierarchicalFixtures {
  readonly fixtures: Readonly<Record<string, KeyringFixture>>
  readonly stop: () => Promise<void>
}

interface Ready {
  readonly fixture: BranchKeyFixture
  readonly branchKeyId: string
  readonly otherId: string
  readonly secret: Uint8Array
}

async function prepared(): Promise<Ready> {
  const fixture = await branchKeyFixture()
  const store = fixture.store()
  const { branchKeyId } = await store.create()
  const { branchKeyId: otherId } = await store.create()
  // What is in use is a version that was rotated to.
  await store.rotate(branchKeyId)
  return { fixture, branchKeyId, otherId, secret: (await store.getActive(branchKeyId)).key }
}

/** The hierarchical keyring, over HTTP. The server starts with the first keyring that is opened. */
export function hierarchicalConformanceFixtures(): HierarchicalFixtures {
  let ready: Promise<Ready> | undefined
  const maxAge = 600_000
  const capabilities = {
    seals: true,
    opens: true,
    bindsContext: true,
    detectsDamage: true,
    providerIds: ['aws-kms-hierarchy'],
    equivalent: false,
  }
  const fixture = (ids: (id: string) => { branchKeyId: string } | { branchKeyIdFor: () => string }) => ({
    capabilities,
    async open() {
      const { fixture, branchKeyId, otherId, secret } = await (ready ??= prepared())
      const make = (id: string) => hierarchicalKeyring({ keyStore: fixture.store(), maxAge, ...ids(id) })
      return {
        keyring: make(branchKeyId),
        reopen: async () => make(branchKeyId),
        stranger: make(otherId),
        isProviderInfo: (info: Uint8Array) => Buffer.from(info).toString() === branchKeyId,
        secrets: [secret],
        dispose: async () => undefined,
      }
    },
  })
  return {
    fixtures: {
      'hierarchical, one branch key': fixture((branchKeyId) => ({ branchKeyId })),
      'hierarchical, a branch key by context': fixture((id) => ({ branchKeyIdFor: () => id })),
    },
    stop: async () => (await ready)?.fixture.stop(),
  }
}
