import { cancelKeyDeletion } from './cancel-key-deletion.js'
import { createAlias } from './create-alias.js'
import { createKey } from './create-key.js'
import { decrypt } from './decrypt.js'
import { deleteAlias } from './delete-alias.js'
import { deleteImportedKeyMaterial } from './delete-imported-key-material.js'
import { describeKey } from './describe-key.js'
import { disableKeyRotation } from './disable-key-rotation.js'
import { disableKey } from './disable-key.js'
import { enableKeyRotation } from './enable-key-rotation.js'
import { enableKey } from './enable-key.js'
import { encrypt } from './encrypt.js'
import { generateDataKeyWithoutPlaintext } from './generate-data-key-without-plaintext.js'
import { generateDataKey } from './generate-data-key.js'
import { generateRandom } from './generate-random.js'
import { getKeyRotationStatus } from './get-key-rotation-status.js'
import { getParametersForImport } from './get-parameters-for-import.js'
import { importKeyMaterial } from './import-key-material.js'
import { listAliases } from './list-aliases.js'
import { listKeyRotations } from './list-key-rotations.js'
import { listKeys } from './list-keys.js'
import type { Operation } from './operation.js'
import { reEncrypt } from './re-encrypt.js'
import { replicateKey } from './replicate-key.js'
import { rotateKeyOnDemand } from './rotate-key-on-demand.js'
import { scheduleKeyDeletion } from './schedule-key-deletion.js'
import { updateAlias } from './update-alias.js'
import { updatePrimaryRegion } from './update-primary-region.js'

/** Every operation that there is. */
const table: readonly Operation[] = [
  cancelKeyDeletion,
  createAlias,
  createKey,
  decrypt,
  deleteAlias,
  deleteImportedKeyMaterial,
  describeKey,
  disableKey,
  disableKeyRotation,
  enableKey,
  enableKeyRotation,
  encrypt,
  generateDataKey,
  generateDataKeyWithoutPlaintext,
  generateRandom,
  getKeyRotationStatus,
  getParametersForImport,
  importKeyMaterial,
  listAliases,
  listKeyRotations,
  listKeys,
  reEncrypt,
  replicateKey,
  rotateKeyOnDemand,
  scheduleKeyDeletion,
  updateAlias,
  updatePrimaryRegion,
]

/** The operations by name. */
export const operations: ReadonlyMap<string, Operation> = new Map(
  table.map((operation) => [operation.name, operation]),
)
