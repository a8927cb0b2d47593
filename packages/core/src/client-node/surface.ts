import { buildClient, type Client, type ClientOptions, type CommitmentPolicyName } from '../envelope/index.js'

// Keyrings, materials managers, classes and types are client-node's own objects, so that its `instanceof` checks hold.
// Named one by one: `export *` would carry along the name 'module.exports', which Node 23 and later make of a CommonJS
// module, and `require` would then return client-node itself, its engine included.
export {
  AlgorithmSuiteIdentifier,
  AwsKmsMrkAwareSymmetricDiscoveryKeyringNode,
  AwsKmsMrkAwareSymmetricKeyringNode,
  BranchKeyStoreNode,
  CommitmentPolicy,
  CommitmentPolicySuites,
  EncryptedDataKey,
  KMS,
  KeyringNode,
  KeyringTraceFlag,
  KmsHierarchicalKeyRingNode,
  KmsKeyConfig,
  KmsKeyringNode,
  MessageFormat,
  MultiKeyringNode,
  NodeAlgorithmSuite,
  NodeCachingMaterialsManager,
  NodeDecryptionMaterial,
  NodeDefaultCryptographicMaterialsManager,
  NodeEncryptionMaterial,
  NotSupported,
  RawAesKeyringNode,
  RawAesWrappingSuiteIdentifier,
  RawRsaKeyringNode,
  SignaturePolicy,
  SignaturePolicySuites,
  buildAwsKmsMrkAwareDiscoveryMultiKeyringNode,
  buildAwsKmsMrkAwareStrictMultiKeyringNode,
  cacheClients,
  cacheKmsClients,
  excludeRegions,
  frozenClass,
  getClient,
  getCompatibleCommitmentPolicy,
  getDecryptionHelper,
  getEncryptHelper,
  getKmsClient,
  getLocalCryptographicMaterialsCache,
  immutableBaseClass,
  immutableClass,
  isIBranchKeyStoreNode,
  limitRegions,
  needs,
  oaepHashSupported,
  readOnlyProperty,
  unwrapDataKey,
} from '@aws-crypto/client-node'
export type * from '@aws-crypto/client-node'
export { buildClient }

/** The sealing half of `buildClient`. Throws INVALID_ARGUMENT. */
export function buildEncrypt(
  policyOrOptions?: CommitmentPolicyName | ClientOptions,
): Pick<Client, 'encrypt' | 'encryptStream'> {
  const { encrypt, encryptStream } = buildClient(policyOrOptions)
  return { encrypt, encryptStream }
}

/** The opening half of `buildClient`. Throws INVALID_ARGUMENT. */
export function buildDecrypt(
  policyOrOptions?: CommitmentPolicyName | ClientOptions,
): Pick<Client, 'decrypt' | 'decryptStream' | 'decryptUnsignedMessageStream'> {
  const { decrypt, decryptStream, decryptUnsignedMessageStream } = buildClient(policyOrOptions)
  return { decrypt, decryptStream, decryptUnsignedMessageStream }
}
