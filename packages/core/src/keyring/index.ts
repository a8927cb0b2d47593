export { anyOf } from './any-of.js'
export type { AnyOfOptions, AnyOfReport, MissingKeyring } from './any-of-options.js'
export type { BeaconKey, BranchKey, BranchKeyCallOptions, BranchKeySource } from './branch-key.js'
export { branchKeyCache, type BranchKeyCache, type BranchKeyCacheOptions } from './branch-key-cache.js'
export { cachingMaterialsManager } from './caching-materials-manager.js'
export type { CachingMaterialsManager, CachingMaterialsManagerOptions } from './caching-materials-manager.js'
export { awsErrorName } from './error-name.js'
export { hierarchicalKeyring, type HierarchicalKeyringOptions } from './hierarchical-keyring.js'
export { explainKeyring, type ExplainOptions, type KeyringAttempt } from '../explain/explain-keyring.js'
export type { AttemptCode } from '../explain/attempt-code.js'
export { keyringFrom } from './keyring-from.js'
export type {
  KeyringClasses,
  KeyringFromOptions,
  UnwrapRequest,
  WrappedDataKey,
  WrapRequest,
} from './keyring-from-options.js'
export type { MissingKey } from '../materials/missing-keys.js'
export type * from './keyring.js'
export { mOf } from './m-of.js'
export type { MOfOptions } from './m-of-options.js'
export { materialsCache, type MaterialsCache, type MaterialsCacheOptions } from './materials-cache.js'
export { rawAesKeyring, type RawAesKeyringOptions } from './raw-aes-keyring.js'
export { rawEcdhKeyring } from './raw-ecdh-keyring.js'
export type {
  EcdhCurve,
  EcdhPrivateKey,
  EcdhPublicKey,
  RawEcdhDiscoveryOptions,
  RawEcdhEphemeralOptions,
  RawEcdhKeyringOptions,
  RawEcdhStaticOptions,
} from './raw-ecdh-keyring.js'
export { rawRsaKeyring, type RawRsaKeyringOptions, type RsaPadding } from './raw-rsa-keyring.js'
export { requiredEncryptionContextManager } from './required-encryption-context-manager.js'
export type { RequiredEncryptionContextManagerOptions } from './required-encryption-context-manager.js'
