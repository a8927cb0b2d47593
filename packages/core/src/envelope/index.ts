export { CommitmentPolicy } from '@aws-crypto/material-management-node'
export { buildClient, type Client, type Input } from './client.js'
export {
  decryptRange,
  type DecryptRangeOptions,
  type DecryptRangeOutput,
  type PlaintextRange,
} from './decrypt-range.js'
export { fileSource } from './file-source.js'
export type { SeekableSource } from './seekable-source.js'
export {
  inspect,
  inspectHeader,
  type DataKeyInfo,
  type HeaderInfo,
  type InspectOptions,
  type MessageInfo,
} from './inspect.js'
export type { ClientOptions } from './client-settings.js'
export type { CommitmentPolicyName } from '../materials/commitment-policy.js'
export type { DecryptOutput } from './decrypt.js'
export type { DecryptOptions, DecryptStreamOptions } from './decrypt-options.js'
export type { EncryptionContext } from '../materials/encryption-context.js'
export type { EncryptOutput } from './encrypt.js'
export type { EncryptOptions, EncryptStreamOptions } from './encrypt-options.js'
export type { ContentType } from './header.js'
export { defaultLimits, type Limits } from './limits.js'
export type { MissingKey } from '../materials/missing-keys.js'
export type { MaterialsSource } from '../materials/materials-source.js'
export type { MessageHeader, MessageHeaderV1, MessageHeaderV2 } from './message-header.js'
