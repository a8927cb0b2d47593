import { cancelKeyDeletion } from './cancel-key-deletion.js'
import { createAlias } from './create-alias.js'
import { createKey } from './create-key.js'
import { decrypt } from './decrypt.js'
import { deleteAlias } from './delete-alias.js'
import { describeKey } from './describe-key.js'
import { disableKey } from './disable-key.js'
import { enableKey } from './enable-key.js'
import { encrypt } from './encrypt.js'
import { generateDataKeyWithoutPlaintext } from './generate-data-key-without-plaintext.js'
import { generateDataKey } from './generate-data-key.js'
import { generateRandom } from './generate-random.js'
import { listAliases } from './list-aliases.js'
import { listKeys } from './list-keys.js'
import type { Operation } from './operation.js'
import { reEncrypt } from './re-encrypt.js'
import { scheduleKeyDeletion } from './schedule-key-deletion.js'
import { updateAlias } from './update-alias.js'

/** Every operation that there is. */
const table: readonly Operation[] = [
  cancelKeyDeletion,
  createAlias,
  createKey,
  decrypt,
  deleteAlias,
  describeKey,
  disableKey,
  enableKey,
  encrypt,
  generateDataKey,
  generateDataKeyWithoutPlaintext,
  generateRandom,
  listAliases,
  listKeys,
  reEncrypt,
  scheduleKeyDeletion,
  updateAlias,
]

/** The operations by name. */
export const operations: ReadonlyMap<string, Operation> = new Map(
  table.map((operation) => [operation.name, operation]),
)
