import { KmsKeyringNode, MultiKeyringNode } from '@aws-crypto/client-node'
import { CreateAliasCommand, KMS } from '@aws-sdk/client-kms'
import type { KeyringFixture } from '@sealring/core/conformance'
import { rawAesKeyring } from '@sealring/core/keyring'
import { kmsKeyring } from '@sealring/core/kms-keyring'
import { bytesOf, oracle } from '../envelope/fixture.js'
import { kmsFixture } from './kms-fixture.js'

const { kms, keys, clients } = await kmsFixture()
const arn = keys['eu-west-1']
const otherArn = keys['us-east-1']
const alias = arn.replace(/key\/.*/, 'alias/conformance')
await clients['eu-west-1'].send(
  new CreateAliasCommand({ AliasName: 'alias/conformance', TargetKeyId: arn.split('/')[1] }),
)
const isArn = (info: Uint8Array) => Buffer.from(info).toString() === arn
const raw = { namespace: 'raw', name: 'k', key: bytesOf('beside kms', 32) }

export interface KmsFixtures {
  readonly fixtures: Readonly<Record<string, KeyringFixture>>
  readonly stop: () => Promise<void>
}

/** Keyrings of KMS, over HTTP. The server starts with the first keyring that is opened. */
export function kmsConformanceFixtures(): KmsFixtures {
  let listening: ReturnType<typeof kms.listen> | undefined
  const connected = async () => {
    const { url } = await (listening ??= kms.listen())
    const { credentials } = kms.clientConfig()
    const clientConfig = { endpoint: url, maxAttempts: 1, ...(credentials && { credentials }) }
    const strict = (generatorKeyId: string) => kmsKeyring({ generatorKeyId, clientConfig })
    const clientProvider = (region: string) => new KMS({ ...clientConfig, region })
    return { clientConfig, strict, clientProvider }
  }
  const both = { seals: true, opens: true, bindsContext: true, detectsDamage: true }
  const dispose = async (): Promise<void> => undefined

  const strict: KeyringFixture = {
    capabilities: { ...both, providerIds: ['aws-kms'], equivalent: true },
    async open() {
      const { strict, clientProvider } = await connected()
      return {
        keyring: strict(arn),
        reopen: async () => strict(arn),
        stranger: strict(otherArn),
        isProviderInfo: isArn,
        secrets: [],
        equivalent: {
          client: oracle,
          keyring: new KmsKeyringNode({ generatorKeyId: arn, clientProvider }),
        },
        dispose,
      }
    },
  }

  const byAlias: KeyringFixture = {
    capabilities: { ...both, providerIds: ['aws-kms'], equivalent: false },
    async open() {
      const { strict } = await connected()
      return {
        keyring: strict(alias),
        reopen: async () => strict(alias),
        stranger: strict(otherArn),
        isProviderInfo: isArn,
        secrets: [],
        dispose,
      }
    },
  }

  const discovery: KeyringFixture = {
    capabilities: { ...both, seals: false, providerIds: ['aws-kms'], equivalent: false },
    async open() {
      const { clientConfig, strict } = await connected()
      const keyring = () => kmsKeyring({ discovery: true, clientConfig })
      return {
        keyring: keyring(),
        reopen: async () => keyring(),
        stranger: kmsKeyring({ discovery: { accountIds: ['000000000001'] }, clientConfig }),
        partner: strict(arn),
        isProviderInfo: isArn,
        secrets: [],
        dispose,
      }
    },
  }

  const multi: KeyringFixture = {
    capabilities: { ...both, providerIds: ['raw', 'aws-kms'], equivalent: true },
    async open() {
      const { strict, clientProvider } = await connected()
      const keyring = (key: Uint8Array, keyId: string) =>
        new MultiKeyringNode({ generator: rawAesKeyring({ ...raw, key }), children: [strict(keyId)] })
      return {
        keyring: keyring(raw.key, arn),
        reopen: async () => keyring(raw.key, arn),
        stranger: keyring(bytesOf('another key', 32), otherArn),
        isProviderInfo: (info, n) => (n === 0 ? info[0] === 'k'.charCodeAt(0) : isArn(info)),
        secrets: [raw.key],
        equivalent: {
          client: oracle,
          keyring: new MultiKeyringNode({
            generator: rawAesKeyring(raw),
            children: [new KmsKeyringNode({ keyIds: [arn], clientProvider })],
          }),
        },
        dispose,
      }
    },
  }

  return {
    fixtures: {
      'KMS strict': strict,
      'KMS by alias': byAlias,
      'KMS discovery': discovery,
      'raw AES and KMS in a multi-keyring': multi,
    },
    stop: async () => (await listening)?.close(),
  }
}
