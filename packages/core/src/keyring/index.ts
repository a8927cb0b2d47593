export { awsErrorName } from './error-name.js'
export type * from './keyring.js'
export { rawAesKeyring, type RawAesKeyringOptions } from './raw-aes-keyring.js'
