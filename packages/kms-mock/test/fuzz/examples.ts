import { constants, createPublicKey, publicEncrypt } from 'node:crypto'
import type { OperationName } from '#src/model/input.js'
import { clusterOf, proxyOf } from './ground.js'
import type { Ground } from './ground.js'
import { secretBytes, secretText } from './marks.js'

type Example = (ground: Ground) => object | Promise<object>

const context = { EncryptionContext: { tenant: '42', 'naïve ключ': '🌍' } }
const Plaintext = secretBytes(3)

const onKey =
  (kind: Parameters<Ground['key']>[0], more: object = {}): Example =>
  async ({ key }) => ({ KeyId: await key(kind), ...more })

const onOwnKey =
  (input: object = {}, more: object = {}): Example =>
  async ({ ownKey }) => ({ KeyId: await ownKey(input), ...more })

/** After another operation on the key. */
const onKeyAfter =
  (operation: string, input: object = {}, more: object = {}): Example =>
  async ({ call, ownKey }) => {
    const KeyId = await ownKey(more)
    await call(operation, { KeyId, ...input })
    return { KeyId }
  }

const ciphertextOf = async ({ call, key }: Ground): Promise<unknown> =>
  (await call('Encrypt', { KeyId: await key('symmetric'), Plaintext, ...context }))['CiphertextBlob']

const policyOf = (statement: object = {}): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'Enable',
        Effect: 'Allow',
        Principal: { AWS: 'arn:aws:iam::111122223333:root' },
        Action: 'kms:*',
        Resource: '*',
        ...statement,
      },
    ],
  })
const secretPolicy = policyOf({ Condition: { StringEquals: { 'aws:PrincipalTag/secret': secretText } } })

const signing = { Message: Plaintext, MessageType: 'RAW', SigningAlgorithm: 'ECDSA_SHA_256' }
const authenticating = { Message: Plaintext, MacAlgorithm: 'HMAC_SHA_256' }
const wrapping = { WrappingAlgorithm: 'RSAES_OAEP_SHA_256', WrappingKeySpec: 'RSA_2048' }

const asBytes = (value: unknown): Buffer => {
  if (!(value instanceof Uint8Array)) throw new TypeError('not bytes')
  return Buffer.from(value)
}

type Import = Readonly<Record<string, unknown>> & { readonly KeyId: string }
const importOf = async ({ call, ownKey }: Ground): Promise<Import> => {
  const KeyId = await ownKey({ Origin: 'EXTERNAL' })
  const { ImportToken, PublicKey } = await call('GetParametersForImport', { KeyId, ...wrapping })
  const key = createPublicKey({ key: asBytes(PublicKey), format: 'der', type: 'spki' })
  const EncryptedKeyMaterial = publicEncrypt(
    { key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' },
    secretBytes(3).subarray(0, 32),
  )
  const request = {
    KeyId,
    ImportToken,
    EncryptedKeyMaterial,
    ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE',
  }
  await call('ImportKeyMaterial', request)
  return request
}
const imports = new WeakMap<Ground, Promise<Import>>()
/**
 * An import that was made and may be made again, one for each ground: to make its wrapping key takes longer than a hundred
 * cases, and the ground begins anew each 250.
 */
const madeImport = (ground: Ground): Promise<Import> => {
  const made = imports.get(ground) ?? importOf(ground)
  imports.set(ground, made)
  return made
}

const grantee = 'arn:aws:iam::111122223333:role/grantee'
const retiree = 'arn:aws:iam::111122223333:role/retiree'
const grantOf = async ({ call, key }: Ground): Promise<{ KeyId: string; GrantId: unknown }> => {
  const KeyId = await key('symmetric')
  const request = { KeyId, GranteePrincipal: grantee, RetiringPrincipal: retiree, Operations: ['Decrypt'] }
  return { KeyId, GrantId: (await call('CreateGrant', request))['GrantId'] }
}

const externalStore = (name: string): object => {
  const { uriEndpoint, uriPath, accessKeyId, rawSecretAccessKey } = proxyOf(name)
  return {
    CustomKeyStoreName: name,
    CustomKeyStoreType: 'EXTERNAL_KEY_STORE',
    XksProxyConnectivity: 'PUBLIC_ENDPOINT',
    XksProxyUriEndpoint: uriEndpoint,
    XksProxyUriPath: uriPath,
    XksProxyAuthenticationCredential: { AccessKeyId: accessKeyId, RawSecretAccessKey: rawSecretAccessKey },
  }
}
const cloudStore = (letter: string): object => {
  const { clusterId, trustAnchorCertificate, password } = clusterOf(letter)
  return {
    CustomKeyStoreName: `cluster ${letter}`,
    CloudHsmClusterId: clusterId,
    TrustAnchorCertificate: trustAnchorCertificate,
    KeyStorePassword: password,
  }
}
const storeOf = async ({ call }: Ground, input: object): Promise<object> => {
  const { CustomKeyStoreId } = await call('CreateCustomKeyStore', input)
  return { CustomKeyStoreId }
}

/**
 * A valid request for each operation: it succeeds on the ground it was made on. An operation that isn't here gets one from
 * the model, which is valid, but names nothing that exists.
 */
export const examples: Partial<Record<OperationName, readonly Example[]>> = {
  CancelKeyDeletion: [onKeyAfter('ScheduleKeyDeletion', { PendingWindowInDays: 7 })],
  ConnectCustomKeyStore: [(ground) => storeOf(ground, externalStore('connect'))],
  CreateAlias: [async ({ key }) => ({ AliasName: 'alias/fuzz/new', TargetKeyId: await key('symmetric') })],
  CreateCustomKeyStore: [() => cloudStore('a'), () => externalStore('create')],
  CreateGrant: [
    onKey('symmetric', {
      GranteePrincipal: grantee,
      RetiringPrincipal: retiree,
      Operations: ['Encrypt', 'Decrypt', 'CreateGrant'],
      Constraints: { EncryptionContextSubset: context.EncryptionContext },
      Name: 'fuzz',
    }),
  ],
  CreateKey: [
    () => ({ Description: 'fuzz', Tags: [{ TagKey: 'Project', TagValue: 'fuzz' }], Policy: secretPolicy }),
    () => ({ KeySpec: 'HMAC_384', KeyUsage: 'GENERATE_VERIFY_MAC', MultiRegion: true, Origin: 'AWS_KMS' }),
  ],
  Decapsulate: [
    async ({ call, key }) => {
      const request = { KeyId: await key('kem'), EncapsulationAlgorithm: 'ML_KEM' }
      const { SharedSecretCiphertextBlob } = await call('Encapsulate', request)
      return { ...request, SharedSecretCiphertextBlob }
    },
  ],
  Decrypt: [
    async (ground) => ({ CiphertextBlob: await ciphertextOf(ground), ...context }),
    async ({ call, key }) => {
      const request = { KeyId: await key('rsa'), EncryptionAlgorithm: 'RSAES_OAEP_SHA_256' }
      const { CiphertextBlob } = await call('Encrypt', { ...request, Plaintext })
      return { ...request, CiphertextBlob }
    },
  ],
  DeleteAlias: [
    async ({ call, key }) => {
      await call('CreateAlias', { AliasName: 'alias/fuzz/old', TargetKeyId: await key('symmetric') })
      return { AliasName: 'alias/fuzz/old' }
    },
  ],
  DeleteCustomKeyStore: [(ground) => storeOf(ground, cloudStore('b'))],
  DeleteImportedKeyMaterial: [async (ground) => ({ KeyId: (await madeImport(ground)).KeyId })],
  DeriveSharedSecret: [
    async ({ call, key, ownKey }) => {
      const other = await ownKey({ KeySpec: 'ECC_NIST_P256', KeyUsage: 'KEY_AGREEMENT' })
      const { PublicKey } = await call('GetPublicKey', { KeyId: other })
      return { KeyId: await key('agree'), KeyAgreementAlgorithm: 'ECDH', PublicKey }
    },
  ],
  DescribeCustomKeyStores: [() => ({ Limit: 10 })],
  DescribeKey: [onKey('symmetric')],
  DisableKey: [onOwnKey()],
  DisableKeyRotation: [onKeyAfter('EnableKeyRotation')],
  DisconnectCustomKeyStore: [
    async (ground) => {
      const store = await storeOf(ground, externalStore('disconnect'))
      await ground.call('ConnectCustomKeyStore', store)
      return store
    },
  ],
  EnableKey: [onKeyAfter('DisableKey')],
  EnableKeyRotation: [onOwnKey({}, { RotationPeriodInDays: 180 })],
  Encapsulate: [onKey('kem', { EncapsulationAlgorithm: 'ML_KEM' })],
  Encrypt: [
    onKey('symmetric', { Plaintext, ...context }),
    onKey('rsa', { Plaintext, EncryptionAlgorithm: 'RSAES_OAEP_SHA_256' }),
  ],
  GenerateDataKey: [
    onKey('symmetric', { KeySpec: 'AES_256', ...context }),
    onKey('symmetric', { NumberOfBytes: 64 }),
  ],
  GenerateDataKeyPair: [onKey('symmetric', { KeyPairSpec: 'ECC_NIST_P256', ...context })],
  GenerateDataKeyPairWithoutPlaintext: [onKey('symmetric', { KeyPairSpec: 'ECC_NIST_EDWARDS25519' })],
  GenerateDataKeyWithoutPlaintext: [onKey('symmetric', { KeySpec: 'AES_128', ...context })],
  GenerateMac: [onKey('mac', authenticating)],
  GenerateRandom: [() => ({ NumberOfBytes: 32 })],
  GetKeyLastUsage: [onKey('symmetric')],
  GetKeyPolicy: [onKey('symmetric', { PolicyName: 'default' })],
  GetKeyRotationStatus: [onKey('symmetric')],
  GetParametersForImport: [onKey('external', wrapping)],
  GetPublicKey: [onKey('sign')],
  ImportKeyMaterial: [madeImport],
  ListAliases: [onKey('symmetric', { Limit: 5 }), () => ({})],
  ListGrants: [onKey('symmetric', { Limit: 5, GranteePrincipal: grantee })],
  ListKeyPolicies: [onKey('symmetric', { Limit: 5 })],
  ListKeyRotations: [onKey('symmetric', { Limit: 5, IncludeKeyMaterial: 'ALL_KEY_MATERIAL' })],
  ListKeys: [() => ({ Limit: 3 })],
  ListResourceTags: [onKey('symmetric', { Limit: 5 })],
  ListRetirableGrants: [() => ({ RetiringPrincipal: retiree, Limit: 5 })],
  PutKeyPolicy: [onOwnKey({}, { PolicyName: 'default', Policy: secretPolicy })],
  ReEncrypt: [
    async (ground) => ({
      CiphertextBlob: await ciphertextOf(ground),
      SourceEncryptionContext: context.EncryptionContext,
      DestinationKeyId: await ground.key('other'),
      DestinationEncryptionContext: { a: 'b' },
    }),
  ],
  ReplicateKey: [onOwnKey({ MultiRegion: true }, { ReplicaRegion: 'eu-west-1', Description: 'fuzz' })],
  RetireGrant: [grantOf],
  RevokeGrant: [grantOf],
  RotateKeyOnDemand: [onOwnKey()],
  ScheduleKeyDeletion: [onOwnKey({}, { PendingWindowInDays: 7 })],
  Sign: [
    onKey('sign', signing),
    onKey('sign', { ...signing, Message: Buffer.alloc(32, 7), MessageType: 'DIGEST' }),
  ],
  TagResource: [onOwnKey({}, { Tags: [{ TagKey: 'Project', TagValue: 'fuzz' }] })],
  UntagResource: [onOwnKey({ Tags: [{ TagKey: 'Project', TagValue: 'fuzz' }] }, { TagKeys: ['Project'] })],
  UpdateAlias: [
    async ({ call, key }) => {
      await call('CreateAlias', { AliasName: 'alias/fuzz/moved', TargetKeyId: await key('symmetric') })
      return { AliasName: 'alias/fuzz/moved', TargetKeyId: await key('other') }
    },
  ],
  UpdateCustomKeyStore: [
    async (ground) => ({
      ...(await storeOf(ground, externalStore('update'))),
      NewCustomKeyStoreName: 'renamed',
    }),
  ],
  UpdateKeyDescription: [onOwnKey({}, { Description: 'fuzz' })],
  UpdatePrimaryRegion: [
    async ({ call, ownKey }) => {
      const KeyId = await ownKey({ MultiRegion: true })
      await call('ReplicateKey', { KeyId, ReplicaRegion: 'eu-west-1' })
      return { KeyId, PrimaryRegion: 'eu-west-1' }
    },
  ],
  Verify: [
    async ({ call, key }) => {
      const KeyId = await key('sign')
      const { Signature } = await call('Sign', { KeyId, ...signing })
      return { KeyId, ...signing, Signature }
    },
  ],
  VerifyMac: [
    async ({ call, key }) => {
      const KeyId = await key('mac')
      const { Mac } = await call('GenerateMac', { KeyId, ...authenticating })
      return { KeyId, ...authenticating, Mac }
    },
  ],
}
