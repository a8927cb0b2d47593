import { cancelKeyDeletion } from './cancel-key-deletion.js'
import { createAlias } from './create-alias.js'
import { createKey } from './create-key.js'
import { decapsulate } from './decapsulate.js'
import { decrypt } from './decrypt.js'
import { deleteAlias } from './delete-alias.js'
import { deriveSharedSecret } from './derive-shared-secret.js'
import { describeKey } from './describe-key.js'
import { disableKey } from './disable-key.js'
import { enableKey } from './enable-key.js'
import { encapsulate } from './encapsulate.js'
import { encrypt } from './encrypt.js'
import { generateDataKeyPairWithoutPlaintext } from './generate-data-key-pair-without-plaintext.js'
import { generateDataKeyPair } from './generate-data-key-pair.js'
import { generateDataKeyWithoutPlaintext } from './generate-data-key-without-plaintext.js'
import { generateDataKey } from './generate-data-key.js'
import { generateMac } from './generate-mac.js'
import { generateRandom } from './generate-random.js'
import { getPublicKey } from './get-public-key.js'
import { listAliases } from './list-aliases.js'
import { listKeys } from './list-keys.js'
import type { Operation } from './operation.js'
import { reEncrypt } from './re-encrypt.js'
import { scheduleKeyDeletion } from './schedule-key-deletion.js'
import { sign } from './sign.js'
import { updateAlias } from './update-alias.js'
import { verifyMac } from './verify-mac.js'
import { verify } from './verify.js'

/** Every operation that there is. */
const table: readonly Operation[] = [
  cancelKeyDeletion,
  createAlias,
  createKey,
  decapsulate,
  decrypt,
  deleteAlias,
  deriveSharedSecret,
  describeKey,
  disableKey,
  enableKey,
  encapsulate,
  encrypt,
  generateDataKey,
  generateDataKeyPair,
  generateDataKeyPairWithoutPlaintext,
  generateDataKeyWithoutPlaintext,
  generateMac,
  generateRandom,
  getPublicKey,
  listAliases,
  listKeys,
  reEncrypt,
  scheduleKeyDeletion,
  sign,
  updateAlias,
  verify,
  verifyMac,
]

/** The operations by name. */
export const operations: ReadonlyMap<string, Operation> = new Map(
  table.map((operation) => [operation.name, operation]),
)
